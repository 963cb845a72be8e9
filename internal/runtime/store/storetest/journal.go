package storetest

// Clauses on the journal: compared appends, reading back, closing and archiving.

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

var journal = []clause{
	{says: "the first record is appended after none", test: appendCreates},
	{says: "a record comes back as it was appended", test: recordRoundTrip},
	{says: "an append after anything but the last record conflicts and stores nothing", test: appendConflicts},
	{says: "of many appends after one record exactly one wins", test: appendRace},
	{says: "a chain of compared appends loses and doubles nothing", test: appendHammer},
	{says: "workflows do not hinder each other", test: appendSideBySide},
	{says: "an append repeated is stored once", test: appendRepeated},
	{says: "Last's CommitID tells whether an interrupted append was stored", test: appendInterrupted},
	{says: "Load returns the run's records, oldest first", test: loadInOrder},
	{says: "Load returns a long history", test: loadLong},
	{says: "Load returns a big history", test: loadBig},
	{says: "what is not there is ErrNotFound", test: journalNotFound},
	{says: "Last is never stale", test: lastFresh},
	{says: "a closing record takes the place of its run", test: closeReplaces},
	{says: "a closing record that conflicts takes nothing away", test: closeConflicts},
	{says: "a closed run is readable until its retention ends", test: closeExpires},
	{says: "a closed run is readable for days", test: closeExpiresAfterDays, long: true},
	{says: "an expired workflow id begins anew", test: appendAfterExpiry},
	{says: "Load returns only the newest run", test: loadNewest},
	{says: "LoadRun returns each closed run of an id", test: loadRunArchived},
	{says: "an archived run is readable until its retention ends", test: archiveExpires},
	{says: "a run of one record keeps the closed one before it", test: closeAtOnce},
}

func appendCreates(t *T) {
	if seq := t.append("w", 0, record("r", 0)); seq == 0 {
		t.Error("the first record has no place")
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
			t.Errorf("record %q says it was stored at %v, which was not between %v and now", r.CommitID, r.Time, before)
		}
	}

	end := closing("r", firstSeq, time.Hour)
	endSeq := t.append("w", secondSeq, end)
	t.same(t.last("w"), end, endSeq)
}

// same fails unless got is want at the place seq.
func (t *T) same(got store.Stored, want store.Record, seq store.Seq) {
	t.Helper()
	if got.Seq != seq {
		t.Errorf("record has place %d, want %d", got.Seq, seq)
	}
	t.sameRecord(got, want)
}

func (t *T) sameRecord(got store.Stored, want store.Record) {
	t.Helper()
	if got.RunID != want.RunID || got.CommitID != want.CommitID || got.First != want.First {
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
	places := t.appendRun("w", "r", 0, 2)
	t.append("other", 0, record("o", 0))
	for _, wrong := range []struct {
		id   string
		prev store.Seq
		last store.Seq
	}{
		{"w", 0, places[1]},
		{"w", places[0], places[1]},
		{"w", places[1] + 1, places[1]},
		{"w", places[1] + 1000, places[1]},
		{"nobody", 1, 0},
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
	if records := t.load("w"); len(records) != 2 || records[1].Seq != places[1] {
		t.Errorf("refused appends changed the journal: %+v", records)
	}
	_, err := t.Last(t.ctx, "nobody")
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
			t.Fatalf("round %d has %d winners", round, wins.Load())
		}
		prev = winner.Load()
	}
}

func isConflict(err error) bool {
	var conflict *store.ConflictError
	return errors.As(err, &conflict)
}

// appendHammer has many writers extend one journal, each from what Last says.
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
			t.Fatalf("record %q at %d after %d is doubled or out of order", r.CommitID, r.Seq, prev)
		}
		seen[r.CommitID], prev = true, r.Seq
	}
	if len(seen) != 1+writers*each {
		t.Errorf("the journal has %d records, want %d", len(seen), 1+writers*each)
	}
}

// appendAtEnd repeats until rec was appended after the last record.
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

// appendRepeated is what a caller does who got no answer: the store may tell it of a conflict with itself, or of
// its success, and has the record once.
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

// appendThrough appends rec although its first try is given only patience, and learns from Last how that went.
func (t *T) appendThrough(id string, prev store.Seq, rec store.Record, patience time.Duration) store.Seq {
	t.Helper()
	hasty, cancel := context.WithTimeout(t.ctx, patience)
	defer cancel()
	seq, err := t.Append(hasty, id, prev, rec)
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
	places := t.appendRun("w", "r", 0, 5)
	t.appendRun("other", "o", 0, 3)
	var got []store.Seq
	for _, r := range t.load("w") {
		got = append(got, r.Seq)
	}
	if !slices.Equal(got, places) {
		t.Errorf("loaded %v, want %v", got, places)
	}
	if !slices.IsSorted(places) {
		t.Errorf("places do not grow: %v", places)
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
	var places []store.Seq
	prev := store.Seq(0)
	for i := range n {
		rec := record("r", i)
		rec.Data = append(bytes.Clone(body), byte(i))
		if i > 0 {
			rec.First = places[0]
		}
		prev = t.append("w", prev, rec)
		places = append(places, prev)
	}
	records := t.load("w")
	if len(records) != n {
		t.Fatalf("loaded %d records, want %d", len(records), n)
	}
	for i, r := range records {
		if !bytes.Equal(r.Data, append(bytes.Clone(body), byte(i))) {
			t.Errorf("record %d came back with other data", i)
		}
	}
}

func journalNotFound(t *T) {
	t.appendRun("w", "r", 0, 1)
	_, err := t.Load(t.ctx, "nobody")
	t.is(err, store.ErrNotFound)
	_, err = t.Last(t.ctx, "nobody")
	t.is(err, store.ErrNotFound)
	_, err = t.LoadRun(t.ctx, "nobody", "r")
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

func closeReplaces(t *T) {
	places := t.appendRun("w", "r", 0, 4)
	end := t.closeRun("w", "r", places[0], places[3], time.Hour)
	for _, records := range [][]store.Stored{t.load("w"), t.loadRun("w", "r"), {t.last("w")}} {
		if len(records) != 1 {
			t.Fatalf("a closed run has %d records, want 1: %+v", len(records), records)
		}
		t.same(records[0], closing("r", places[0], time.Hour), end)
	}
}

func closeConflicts(t *T) {
	places := t.appendRun("w", "r", 0, 3)
	_, err := t.Append(t.ctx, "w", places[1], closing("r", places[0], time.Hour))
	if !isConflict(err) {
		t.Fatalf("got error %v, want a conflict", err)
	}
	if records := t.load("w"); len(records) != 3 {
		t.Errorf("the refused close left %d records of 3", len(records))
	}
}

func closeExpires(t *T) {
	places := t.appendRun("w", "r", 0, 2)
	t.closeRun("w", "r", places[0], places[1], 3*time.Second)
	time.Sleep(2 * time.Second)
	t.load("w")
	t.loadRun("w", "r")
	t.goneAfter("w", "r", 3*time.Second)
}

func closeExpiresAfterDays(t *T) {
	places := t.appendRun("w", "r", 0, 2)
	t.closeRun("w", "r", places[0], places[1], 72*time.Hour)
	time.Sleep(71 * time.Hour)
	t.load("w")
	t.loadRun("w", "r")
	time.Sleep(time.Hour)
	t.goneAfter("w", "r", time.Second)
}

// goneAfter fails unless the journal of id, with its run, is gone after about d.
func (t *T) goneAfter(id, run string, d time.Duration) {
	t.Helper()
	time.Sleep(d)
	t.eventually("the run is gone", func() bool {
		_, loadErr := t.Load(t.ctx, id)
		_, runErr := t.LoadRun(t.ctx, id, run)
		_, lastErr := t.Last(t.ctx, id)
		return notFound(loadErr) && notFound(runErr) && notFound(lastErr)
	})
}

func notFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

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
	places := t.appendRun("w", "new", end, 2)
	records := t.load("w")
	if len(records) != 2 || records[0].Seq != places[0] || records[1].Seq != places[1] {
		t.Errorf("loaded %+v, want the two records of the new run", records)
	}
	if last := t.last("w"); last.RunID != "new" {
		t.Errorf("the last record is of run %q, want the new one", last.RunID)
	}
	if records := t.loadRun("w", "new"); len(records) != 2 {
		t.Errorf("LoadRun returned %d records of the new run, want 2", len(records))
	}
}

func loadRunArchived(t *T) {
	const runs = 4
	prev := store.Seq(0)
	var ends []store.Record
	for i := range runs {
		run := fmt.Sprint("run", i)
		places := t.appendRun("w", run, prev, 2)
		end := closing(run, places[0], time.Hour)
		prev = t.append("w", places[1], end)
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
	t.eventually("the archived run is gone", func() bool {
		_, err := t.LoadRun(t.ctx, "w", "old")
		return notFound(err)
	})
	if records := t.load("w"); len(records) != 2 {
		t.Errorf("the new run has %d records, want 2", len(records))
	}
}

func closeAtOnce(t *T) {
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
