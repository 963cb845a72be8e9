// Requirements of the journal: conditional appends, loading, closing and archiving.

package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var journal = []requirement{
	{name: "the first record of an id is appended after record 0", test: appendCreates},
	{name: "a record is read as it was appended", test: recordRoundTrip},
	{name: "an append after any record but the last conflicts and stores nothing", test: appendConflicts},
	{name: "of many concurrent appends after one record exactly one succeeds", test: appendRace},
	{name: "concurrent writers that retry neither lose nor duplicate records", test: appendHammer},
	{name: "appends to different workflows do not conflict", test: appendSideBySide},
	{name: "a repeated append is stored once", test: appendRepeated},
	{name: "the CommitID of Last tells whether an interrupted append was stored", test: appendInterrupted},
	{name: "Load returns the run's records, oldest first", test: loadInOrder},
	{name: "Load returns a long history", test: loadLong},
	{name: "Load returns a big history", test: loadBig},
	{name: "reading what does not exist fails with ErrNotFound", test: journalNotFound},
	{name: "Last is never stale", test: lastFresh},
	{name: "a closing record replaces the records of its run", test: closeReseqs},
	{name: "a closing record that conflicts removes nothing", test: closeConflicts},
	{name: "a closed run is readable until its retention ends", test: closeExpires},
	{name: "a closed run that is held stays until the next run begins", test: heldStays},
	{name: "a closed run is readable for days", test: closeExpiresAfterDays, long: true},
	{name: "Expire may be repeated, and does not change what is read", test: expireKeeps},
	{name: "Expire of anything but the newest run, closed, conflicts", test: expireConflicts},
	{name: "a closed run that Expire was not called for expires too", test: expireForgotten},
	{name: "an expired workflow id can be used again", test: appendAfterExpiry},
	{name: "Load returns only the newest run", test: loadNewest},
	{name: "LoadRun returns each closed run of an id", test: loadRunArchived},
	{name: "FindRun returns the newest run of a request", test: findRun},
	{name: "an archived run is readable until its retention ends", test: archiveExpires},
	{name: "a run of one record keeps the closed run before it", test: closeImmediately},
}

func appendCreates(t *T) {
	if seq := t.append("w", 0, record("r", 0)); seq == 0 {
		t.Error("the first record has sequence 0")
	}
}

func recordRoundTrip(t *T) {
	before := time.Now()
	first := record("r", 0)
	firstSeq := t.append("w", 0, first)
	second := record("r", 1)
	second.First, second.Data = firstSeq, nil
	secondSeq := t.append("w", firstSeq, second)
	records := t.load("w")
	if len(records) != 2 {
		t.Fatalf("loaded %d records, want 2", len(records))
	}
	t.same(records[0], first, firstSeq)
	t.same(records[1], second, secondSeq)
	t.same(t.last("w"), second, secondSeq)
	for _, r := range records {
		if r.Time.Before(before.Add(-time.Second)) || r.Time.After(time.Now().Add(time.Second)) {
			t.Errorf("record %q was stored at %v, which is not between %v and now", r.CommitID, r.Time, before)
		}
	}

	end := closing("r", firstSeq, time.Hour)
	endSeq := t.append("w", secondSeq, end)
	t.same(t.last("w"), end, endSeq)
}

// same fails unless got is want with sequence seq.
func (t *T) same(got store.Stored, want store.Record, seq store.Seq) {
	t.Helper()
	if got.Seq != seq {
		t.Errorf("record has sequence %d, want %d", got.Seq, seq)
	}
	t.sameRecord(got, want)
}

func (t *T) sameRecord(got store.Stored, want store.Record) {
	t.Helper()
	if got.RunID != want.RunID || got.Request != want.Request || got.CommitID != want.CommitID || got.First != want.First {
		t.Errorf("record is %q %q %d, want %q %q %d",
			got.RunID, got.CommitID, got.First, want.RunID, want.CommitID, want.First)
	}
	if !bytes.Equal(got.Data, want.Data) {
		t.Errorf("record %q has data %.40q, want %.40q", want.CommitID, got.Data, want.Data)
	}
	switch {
	case (got.Close == nil) != (want.Close == nil):
		t.Errorf("record %q has Close %v, want %v", want.CommitID, got.Close, want.Close)
	case got.Close != nil && got.Close.Retention != want.Close.Retention:
		t.Errorf("record %q has retention %v, want %v", want.CommitID, got.Close.Retention, want.Close.Retention)
	}
}

func appendConflicts(t *T) {
	seqs := t.appendRun("w", "r", 0, 2)
	t.append("other", 0, record("o", 0))
	for _, wrong := range []struct {
		id   string
		prev store.Seq
		last store.Seq
	}{
		{"w", 0, seqs[1]},
		{"w", seqs[0], seqs[1]},
		{"w", seqs[1] + 1, seqs[1]},
		{"w", seqs[1] + 1000, seqs[1]},
		{"unknown", 1, 0},
	} {
		_, err := t.Append(t.ctx, wrong.id, wrong.prev, record("wrong", 9))
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) {
			t.Errorf("append to %q after %d: got error %v, want a conflict", wrong.id, wrong.prev, err)
			continue
		}
		if conflict.ID != wrong.id || conflict.Prev != wrong.prev || conflict.Last != 0 && conflict.Last != wrong.last {
			t.Errorf("append to %q after %d: got %+v", wrong.id, wrong.prev, *conflict)
		}
	}
	if records := t.load("w"); len(records) != 2 || records[1].Seq != seqs[1] {
		t.Errorf("failed appends changed the journal: %+v", records)
	}
	_, err := t.Last(t.ctx, "unknown")
	t.is(err, store.ErrNotFound)
}

func appendRace(t *T) {
	const racers, rounds = 16, 20
	stores := []store.Store{t.Store, t.open(), t.open()}
	var prev store.Seq
	for round := range rounds {
		var winner atomic.Uint64
		var wins atomic.Int32
		together(racers, func(i int) {
			seq, err := stores[i%len(stores)].Append(t.ctx, "w", prev, record("r", round*racers+i))
			switch {
			case err == nil:
				wins.Add(1)
				winner.Store(seq)
			case !isConflict(err):
				t.Errorf("append: %v", err)
			}
		})
		if wins.Load() != 1 {
			t.Fatalf("in round %d, %d appends succeeded", round, wins.Load())
		}
		prev = winner.Load()
	}
}

func isConflict(err error) bool {
	var conflict *store.ConflictError
	return errors.As(err, &conflict)
}

// appendHammer has many writers append to one journal, each after the record that Last returns.
func appendHammer(t *T) {
	const writers, each = 8, 15
	first := t.append("w", 0, record("r", 0))
	stores := []store.Store{t.Store, t.open()}
	together(writers, func(i int) {
		for n := range each {
			rec := record(fmt.Sprint("writer", i), n)
			rec.RunID, rec.First = "r", first
			if err := appendAtEnd(t.ctx, stores[i%len(stores)], "w", rec); err != nil {
				t.Errorf("writer %d: %v", i, err)
				return
			}
		}
	})
	seen := map[string]bool{}
	prev := store.Seq(0)
	for _, r := range t.load("w") {
		if seen[r.CommitID] || r.Seq <= prev {
			t.Fatalf("record %q with sequence %d, after %d, is a duplicate or out of order", r.CommitID, r.Seq, prev)
		}
		seen[r.CommitID], prev = true, r.Seq
	}
	if len(seen) != 1+writers*each {
		t.Errorf("the journal has %d records, want %d", len(seen), 1+writers*each)
	}
}

// appendAtEnd retries until rec is appended after the last record.
func appendAtEnd(ctx context.Context, s store.Store, id string, rec store.Record) error {
	for {
		last, err := s.Last(ctx, id)
		if err != nil {
			return err
		}
		if _, err = s.Append(ctx, id, last.Seq, rec); !isConflict(err) {
			return err
		}
	}
}

func appendSideBySide(t *T) {
	const workflows, each = 50, 10
	together(workflows, func(i int) {
		id, prev, first := fmt.Sprint("w", i), store.Seq(0), store.Seq(0)
		for n := range each {
			rec := record(id, n)
			rec.First = first
			seq, err := t.Append(t.ctx, id, prev, rec)
			if err != nil {
				t.Errorf("append %d to %q: %v", n, id, err)
				return
			}
			if first == 0 {
				first = seq
			}
			prev = seq
		}
	})
	for i := range workflows {
		if got := len(t.load(fmt.Sprint("w", i))); got != each {
			t.Errorf("journal %d has %d records, want %d", i, got, each)
		}
	}
}

// appendRepeated does what a caller does that got no answer. The store may report a conflict or success, and has the
// record once.
func appendRepeated(t *T) {
	seq := t.append("w", 0, record("r", 0))
	again, err := t.Append(t.ctx, "w", 0, record("r", 0))
	if err == nil && again != seq || err != nil && !isConflict(err) {
		t.Errorf("repeated append got %d and error %v, want a conflict or %d", again, err, seq)
	}
	if records := t.load("w"); len(records) != 1 {
		t.Errorf("the journal has %d records, want 1", len(records))
	}
}

func appendInterrupted(t *T) {
	const appends = 60
	first := t.append("w", 0, record("r", 0))
	prev := first
	for n := 1; n <= appends; n++ {
		rec := record("r", n)
		rec.First = first
		prev = t.appendThrough("w", prev, rec, time.Duration(n)*10*time.Microsecond)
	}
	records := t.load("w")
	if len(records) != 1+appends {
		t.Fatalf("the journal has %d records, want %d", len(records), 1+appends)
	}
	for n, r := range records {
		if want := record("r", n).CommitID; r.CommitID != want {
			t.Errorf("record %d is %q, want %q", n, r.CommitID, want)
		}
	}
}

// appendThrough appends rec. Its first attempt times out after d; Last then tells whether it succeeded.
func (t *T) appendThrough(id string, prev store.Seq, rec store.Record, d time.Duration) store.Seq {
	t.Helper()
	short, cancel := context.WithTimeout(t.ctx, d)
	defer cancel()
	seq, err := t.Append(short, id, prev, rec)
	for range 2 {
		if err == nil {
			return seq
		}
		if last := t.last(id); last.CommitID == rec.CommitID {
			return last.Seq
		}
		seq, err = t.Append(t.ctx, id, prev, rec)
	}
	t.Fatalf("append of %q: %v", rec.CommitID, err)
	return 0
}

func loadInOrder(t *T) {
	seqs := t.appendRun("w", "r", 0, 5)
	t.appendRun("other", "o", 0, 3)
	var got []store.Seq
	for _, r := range t.load("w") {
		got = append(got, r.Seq)
	}
	if !slices.Equal(got, seqs) {
		t.Errorf("loaded %v, want %v", got, seqs)
	}
	if !slices.IsSorted(seqs) {
		t.Errorf("sequences do not increase: %v", seqs)
	}
}

func loadLong(t *T) {
	const n = 1500
	t.appendRun("w", "r", 0, n)
	records := t.load("w")
	if len(records) != n {
		t.Fatalf("loaded %d records, want %d", len(records), n)
	}
	for i, r := range records {
		if want := record("r", i).CommitID; r.CommitID != want {
			t.Fatalf("record %d is %q, want %q", i, r.CommitID, want)
		}
	}
}

func loadBig(t *T) {
	const n = 8
	body := bytes.Repeat([]byte("payload "), t.MaxPayload()/16)
	var seqs []store.Seq
	prev := store.Seq(0)
	for i := range n {
		rec := record("r", i)
		rec.Data = append(bytes.Clone(body), byte(i))
		if i > 0 {
			rec.First = seqs[0]
		}
		prev = t.append("w", prev, rec)
		seqs = append(seqs, prev)
	}
	records := t.load("w")
	if len(records) != n {
		t.Fatalf("loaded %d records, want %d", len(records), n)
	}
	for i, r := range records {
		if !bytes.Equal(r.Data, append(bytes.Clone(body), byte(i))) {
			t.Errorf("record %d has different data", i)
		}
	}
}

func journalNotFound(t *T) {
	t.appendRun("w", "r", 0, 1)
	_, err := t.Load(t.ctx, "unknown")
	t.is(err, store.ErrNotFound)
	_, err = t.Last(t.ctx, "unknown")
	t.is(err, store.ErrNotFound)
	_, err = t.LoadRun(t.ctx, "unknown", "r")
	t.is(err, store.ErrNotFound)
	_, err = t.LoadRun(t.ctx, "w", "another run")
	t.is(err, store.ErrNotFound)
}

func lastFresh(t *T) {
	other := t.open()
	prev := store.Seq(0)
	for n := range 50 {
		prev = t.append("w", prev, record("r", n))
		last, err := other.Last(t.ctx, "w")
		t.ok(err)
		if last.Seq != prev {
			t.Fatalf("Last is %d, want %d", last.Seq, prev)
		}
	}
}

func closeReseqs(t *T) {
	seqs := t.appendRun("w", "r", 0, 4)
	end := t.closeRun("w", "r", seqs[0], seqs[3], time.Hour)
	for _, records := range [][]store.Stored{t.load("w"), t.loadRun("w", "r"), {t.last("w")}} {
		if len(records) != 1 {
			t.Fatalf("a closed run has %d records, want 1: %+v", len(records), records)
		}
		t.same(records[0], closing("r", seqs[0], time.Hour), end)
	}
}

func closeConflicts(t *T) {
	seqs := t.appendRun("w", "r", 0, 3)
	_, err := t.Append(t.ctx, "w", seqs[1], closing("r", seqs[0], time.Hour))
	if !isConflict(err) {
		t.Fatalf("got error %v, want a conflict", err)
	}
	if records := t.load("w"); len(records) != 3 {
		t.Errorf("after the failed close there are %d records, want 3", len(records))
	}
}

func closeExpires(t *T) {
	seqs := t.appendRun("w", "r", 0, 2)
	t.closeRun("w", "r", seqs[0], seqs[1], 3*time.Second)
	time.Sleep(2 * time.Second)
	t.load("w")
	t.loadRun("w", "r")
	t.goneAfter("w", "r", 3*time.Second)
}

func heldStays(t *T) {
	for _, records := range []int{0, 2} {
		id := fmt.Sprint("w", records)
		end := closing("r", 0, 2*time.Second)
		var prev store.Seq
		if records > 0 {
			seqs := t.appendRun(id, "r", 0, records)
			end.First, prev = seqs[0], seqs[records-1]
		}
		end.Close.Held = true
		last := t.append(id, prev, end)
		if seq := t.expire(id, "r"); seq != last {
			t.Errorf("Expire stored record %d after the closing one %d", seq, last)
		}
		time.Sleep(4 * time.Second)
		t.sameRecord(t.last(id), end)
		t.sameRecord(t.load(id)[0], end)
		t.append(id, last, record("next", 1))
		t.eventually("the run that was held has expired", func() bool {
			_, err := t.LoadRun(t.ctx, id, "r")
			return notFound(err)
		})
		if got := t.load(id); len(got) != 1 || got[0].RunID != "next" {
			t.Errorf("loaded %+v, want the next run", got)
		}
	}
}

func closeExpiresAfterDays(t *T) {
	seqs := t.appendRun("w", "r", 0, 2)
	t.closeRun("w", "r", seqs[0], seqs[1], 72*time.Hour)
	time.Sleep(71 * time.Hour)
	t.load("w")
	t.loadRun("w", "r")
	time.Sleep(time.Hour)
	t.goneAfter("w", "r", time.Second)
}

// goneAfter waits for d, and fails unless the journal of id and its run expire about then.
func (t *T) goneAfter(id, run string, d time.Duration) {
	t.Helper()
	time.Sleep(d)
	t.eventually("the run has expired", func() bool {
		_, loadErr := t.Load(t.ctx, id)
		_, runErr := t.LoadRun(t.ctx, id, run)
		_, lastErr := t.Last(t.ctx, id)
		return notFound(loadErr) && notFound(runErr) && notFound(lastErr)
	})
}

func expireKeeps(t *T) {
	seqs := t.appendRun("w", "r", 0, 2)
	end := closing("r", seqs[0], time.Hour)
	t.append("w", seqs[1], end)
	stored := t.last("w").Time
	seq := t.expire("w", "r")
	if again := t.expire("w", "r"); again != seq {
		t.Errorf("Expire returned sequence %d, then %d", seq, again)
	}
	last := t.last("w")
	t.same(last, end, seq)
	if records := t.load("w"); len(records) != 1 || records[0].Seq != seq {
		t.Errorf("loaded %+v, want the closing record alone", records)
	}
	if d := last.Time.Sub(stored).Abs(); d > time.Millisecond {
		t.Errorf("Expire moved the time of the record by %v", d)
	}
	t.appendRun("w", "new", seq, 1)
	if records := t.loadRun("w", "r"); len(records) != 1 {
		t.Errorf("%d records of the closed run, want 1", len(records))
	}
}

func expireConflicts(t *T) {
	conflicts := func(why, run string) {
		t.Helper()
		var conflict *store.ConflictError
		if _, err := t.Expire(t.ctx, "w", run); !errors.As(err, &conflict) {
			t.Errorf("Expire of %s: %v, want a conflict", why, err)
		}
	}
	conflicts("an id without a journal", "r")
	seqs := t.appendRun("w", "r", 0, 2)
	conflicts("an open run", "r")
	end := t.append("w", seqs[1], closing("r", seqs[0], time.Hour))
	conflicts("another run", "other")
	t.appendRun("w", "new", end, 1)
	conflicts("an older run", "r")
	conflicts("an open run", "new")
}

func expireForgotten(t *T) {
	seqs := t.appendRun("w", "r", 0, 2)
	t.append("w", seqs[1], closing("r", seqs[0], time.Second))
	t.goneAfter("w", "r", time.Second)
	t.appendRun("w", "new", 0, 2)
	if records := t.load("w"); len(records) != 2 || records[0].RunID != "new" {
		t.Errorf("loaded %+v, want the new run", records)
	}
}

func appendAfterExpiry(t *T) {
	t.append("w", 0, closing("old", 0, time.Second))
	t.goneAfter("w", "old", time.Second)
	t.appendRun("w", "new", 0, 2)
	if records := t.load("w"); len(records) != 2 || records[0].RunID != "new" {
		t.Errorf("loaded %+v, want the new run", records)
	}
}

func loadNewest(t *T) {
	old := t.appendRun("w", "old", 0, 3)
	end := t.closeRun("w", "old", old[0], old[2], time.Hour)
	seqs := t.appendRun("w", "new", end, 2)
	records := t.load("w")
	if len(records) != 2 || records[0].Seq != seqs[0] || records[1].Seq != seqs[1] {
		t.Errorf("loaded %+v, want the two records of the new run", records)
	}
	if last := t.last("w"); last.RunID != "new" {
		t.Errorf("the last record is of run %q, want the new one", last.RunID)
	}
	if records := t.loadRun("w", "new"); len(records) != 2 {
		t.Errorf("LoadRun returned %d records of the new run, want 2", len(records))
	}
}

func findRun(t *T) {
	var prev store.Seq
	run := func(id, request string, keep time.Duration) {
		rec := closing(id, 0, keep)
		rec.Request = request
		prev = t.append("w", prev, rec)
	}
	expect := func(request, want string) {
		t.Helper()
		got, err := t.open().FindRun(t.ctx, "w", request)
		if got != want || want == "" && !notFound(err) {
			t.Errorf("request %q began run %q, %v, want %q", request, got, err, want)
		}
	}
	expect("a b", "")
	run("1", "a b", time.Hour)
	expect("a b", "1")
	expect("a", "")
	run("2", "", time.Hour)
	run("3", "other.*", 2*time.Second)
	expect("a b", "1")
	expect("other.*", "3")
	open := record("4", 0)
	open.Request = "open"
	t.append("w", prev, open)
	expect("a b", "1")
	expect("open", "4")
	expect("*", "")
	t.eventually("the run of the other request has expired", func() bool {
		_, err := t.FindRun(t.ctx, "w", "other.*")
		return notFound(err)
	})
	expect("a b", "1")
}

func loadRunArchived(t *T) {
	const runs = 4
	prev := store.Seq(0)
	var ends []store.Record
	for i := range runs {
		run := fmt.Sprint("run", i)
		seqs := t.appendRun("w", run, prev, 2)
		end := closing(run, seqs[0], time.Hour)
		prev = t.append("w", seqs[1], end)
		ends = append(ends, end)
	}
	t.appendRun("w", "open", prev, 2)
	for i, end := range ends {
		records := t.loadRun("w", fmt.Sprint("run", i))
		if len(records) != 1 {
			t.Fatalf("closed run %d has %d records, want 1", i, len(records))
		}
		t.sameRecord(records[0], end)
	}
}

func archiveExpires(t *T) {
	end := t.append("w", 0, closing("old", 0, 3*time.Second))
	t.appendRun("w", "new", end, 2)
	t.loadRun("w", "old")
	time.Sleep(2 * time.Second)
	t.loadRun("w", "old")
	t.eventually("the archived run has expired", func() bool {
		_, err := t.LoadRun(t.ctx, "w", "old")
		return notFound(err)
	})
	if records := t.load("w"); len(records) != 2 {
		t.Errorf("the new run has %d records, want 2", len(records))
	}
}

func closeImmediately(t *T) {
	end := t.append("w", 0, closing("old", 0, time.Hour))
	t.append("w", end, closing("new", 0, time.Hour))
	if records := t.load("w"); len(records) != 1 || records[0].RunID != "new" {
		t.Errorf("loaded %+v, want the new run", records)
	}
	for _, run := range []string{"old", "new"} {
		if records := t.loadRun("w", run); len(records) != 1 || records[0].RunID != run {
			t.Errorf("run %q is %+v", run, records)
		}
	}
}
