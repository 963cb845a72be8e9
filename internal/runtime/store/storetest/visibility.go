// Requirements of visibility: versions that only increase, expiry, listing.

package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var visibility = []requirement{
	{name: "an entry is read as it was stored", test: entryRoundTrip},
	{name: "reading an entry that does not exist fails with ErrNotFound", test: entryNotFound},
	{name: "a higher or equal version reseqs an entry, a lower one does not", test: entryVersions},
	{name: "of concurrent writes the highest version wins", test: entryRace},
	{name: "DropEntry removes an entry of that version only", test: entryDropped},
	{name: "an entry expires after Keep", test: entryExpires},
	{name: "an entry without Keep does not expire", test: entryStays, long: true},
	{name: "the Keep of the newest version applies", test: entryKeepChanges},
	{name: "ListEntries lists every entry once, newest change first", test: listInOrder},
	{name: "ListEntries stops when yield returns false", test: listStops},
	{name: "ListEntries lists hundreds of entries", test: listMany},
	{name: "ListEntries finds few entries among many gaps", test: listSparse},
	{name: "ReadEntries reads all entries part by part", test: readInParts},
}

func entry(id string, version uint64) store.Entry {
	return store.Entry{ID: id, Version: version, Data: fmt.Appendf(nil, "%s at %d", id, version)}
}

func entryRoundTrip(t *T) {
	want := entry("w", 42)
	want.Keep = time.Hour
	t.putEntry(want)
	got, err := t.open().GetEntry(t.ctx, "w")
	t.ok(err)
	t.sameEntry(got, want)
	listed := t.entries()
	if len(listed) != 1 {
		t.Fatalf("listed %d entries, want 1", len(listed))
	}
	t.sameEntry(listed[0], want)
}

func (t *T) sameEntry(got, want store.Entry) {
	t.Helper()
	if got.ID != want.ID || got.Version != want.Version || !bytes.Equal(got.Data, want.Data) {
		t.Errorf("the entry is %q %d %q, want %q %d %q", got.ID, got.Version, got.Data, want.ID, want.Version, want.Data)
	}
}

func entryNotFound(t *T) {
	_, err := t.GetEntry(t.ctx, "unknown")
	t.is(err, store.ErrNotFound)
	if all := t.entries(); len(all) != 0 {
		t.Errorf("an empty store lists %+v", all)
	}
}

func entryDropped(t *T) {
	t.putEntry(entry("w", 2))
	t.putEntry(entry("other", 1))
	t.ok(t.DropEntry(t.ctx, entry("w", 1)))
	got, err := t.GetEntry(t.ctx, "w")
	t.ok(err)
	t.sameEntry(got, entry("w", 2))
	t.ok(t.open().DropEntry(t.ctx, entry("w", 2)))
	_, err = t.GetEntry(t.ctx, "w")
	t.is(err, store.ErrNotFound)
	t.ok(t.DropEntry(t.ctx, entry("w", 2)))
	t.putEntry(entry("w", 1))
	if all := t.entries(); len(all) != 2 {
		t.Errorf("%d entries after one was removed and stored again, want 2", len(all))
	}
}

func entryVersions(t *T) {
	other := t.open()
	for _, put := range []struct{ version, want uint64 }{{10, 10}, {12, 12}, {11, 12}, {3, 12}, {13, 13}} {
		t.ok(other.PutEntry(t.ctx, entry("w", put.version)))
		t.sameEntry(t.entry("w"), entry("w", put.want))
		t.putEntry(entry("w", put.version))
		t.sameEntry(t.entry("w"), entry("w", put.want))
	}
	update := entry("w", 13)
	update.Data = []byte("the same version with other data")
	t.putEntry(update)
	t.sameEntry(t.entry("w"), update)
}

func entryRace(t *T) {
	const writers, versions = 8, 40
	stores := []store.Store{t.Store, t.open(), t.open()}
	together(writers, func(i int) {
		for n := range versions {
			version := uint64((n*7+i*13)%versions + 1)
			if err := stores[i%len(stores)].PutEntry(t.ctx, entry("w", version)); err != nil {
				t.Errorf("put: %v", err)
			}
		}
	})
	t.sameEntry(t.entry("w"), entry("w", versions))
}

func entryExpires(t *T) {
	brief := entry("w", 8)
	brief.Keep = 3 * time.Second
	t.putEntry(brief)
	t.putEntry(entry("other", 1))
	time.Sleep(2 * time.Second)
	t.sameEntry(t.entry("w"), brief)
	t.eventually("the entry has expired", func() bool {
		_, err := t.GetEntry(t.ctx, "w")
		return notFound(err)
	})
	if all := t.entries(); len(all) != 1 || all[0].ID != "other" {
		t.Errorf("listed %+v, want only the entry that does not expire", all)
	}
	t.putEntry(entry("w", 2))
	t.sameEntry(t.entry("w"), entry("w", 2))
}

func entryStays(t *T) {
	t.putEntry(entry("w", 1))
	time.Sleep(3 * 24 * time.Hour)
	t.sameEntry(t.entry("w"), entry("w", 1))
}

func entryKeepChanges(t *T) {
	brief := entry("w", 1)
	brief.Keep = time.Second
	t.putEntry(brief)
	t.putEntry(entry("w", 2))
	time.Sleep(3 * time.Second)
	t.sameEntry(t.entry("w"), entry("w", 2))
}

func listInOrder(t *T) {
	put := func(e store.Entry) {
		t.putEntry(e)
		time.Sleep(time.Millisecond) // a store that merges several streams orders entries by time
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		put(entry(id, 10))
	}
	put(entry("b", 11))
	put(entry("c", 9)) // no change
	put(entry("a", 12))
	var ids []string
	for _, e := range t.entries() {
		ids = append(ids, e.ID)
	}
	if want := []string{"a", "b", "d", "c"}; !slices.Equal(ids, want) {
		t.Errorf("listed %v, want %v", ids, want)
	}
}

func listStops(t *T) {
	for i := range 10 {
		t.putEntry(entry(fmt.Sprint("w", i), 1))
	}
	calls := 0
	t.ok(t.ListEntries(t.ctx, func(store.Entry) bool {
		calls++
		return calls < 3
	}))
	if calls != 3 {
		t.Errorf("yield was called %d times, want 3", calls)
	}
}

func listMany(t *T) {
	const n = 700
	together(n, func(i int) {
		if err := t.PutEntry(t.ctx, entry(fmt.Sprint("w", i), 1)); err != nil {
			t.Errorf("put: %v", err)
		}
	})
	seen := map[string]bool{}
	for _, e := range t.entries() {
		seen[e.ID] = true
	}
	if len(seen) != n {
		t.Errorf("listed %d different entries, want %d", len(seen), n)
	}
}

func listSparse(t *T) {
	t.putEntry(entry("old", 1))
	time.Sleep(time.Millisecond) // entries of different streams are ordered by time
	for i := range 600 {
		t.putEntry(entry("busy", uint64(i+1)))
	}
	time.Sleep(time.Millisecond)
	t.putEntry(entry("new", 1))
	var ids []string
	for _, e := range t.entries() {
		ids = append(ids, e.ID)
	}
	if want := []string{"new", "busy", "old"}; !slices.Equal(ids, want) {
		t.Errorf("listed %v, want %v", ids, want)
	}
}

func readInParts(t *T) {
	const n = 25
	for i := range n {
		t.putEntry(entry(fmt.Sprint("w", i), 1))
	}
	seen := map[string]int{}
	var at store.Position
	for parts := 1; ; parts++ {
		entries, next, err := t.ReadEntries(t.ctx, at, 4)
		t.ok(err)
		for _, e := range entries {
			seen[e.ID]++
			if time.Since(e.Changed).Abs() > time.Minute {
				t.Errorf("entry %q changed at %v", e.ID, e.Changed)
			}
		}
		if at = next; at == (store.Position{}) {
			break
		}
		if len(entries) != 4 || parts > n {
			t.Fatalf("part %d has %d entries, want 4", parts, len(entries))
		}
	}
	for i := range n {
		if id := fmt.Sprint("w", i); seen[id] != 1 {
			t.Errorf("entry %q was read %d times", id, seen[id])
		}
	}
}
