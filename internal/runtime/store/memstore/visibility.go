// Visibility: the newest entry of each workflow id.

package memstore

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// visibility implements store.Visibility.
type visibility struct {
	*conn
	byID map[string]expiring[entry]
}

// entry is an entry with the sequence of its last change.
type entry struct {
	store.Entry
	seq store.Seq
}

// PutEntry implements store.Visibility.
func (v visibility) PutEntry(ctx context.Context, e store.Entry) error {
	if err := v.lock(ctx, e.Data); err != nil {
		return err
	}
	defer v.unlock()
	if old, ok := v.get(e.ID); ok && old.Version > e.Version {
		return nil
	}
	stored := entry{copyEntry(e), v.nextSeq()}
	stored.Changed = time.Now()
	if e.Keep == 0 {
		v.byID[e.ID] = permanent(stored)
	} else {
		v.byID[e.ID] = expireAfter(stored, e.Keep)
	}
	return nil
}

// DropEntry implements store.Visibility.
func (v visibility) DropEntry(ctx context.Context, e store.Entry) error {
	if err := v.lock(ctx, nil); err != nil {
		return err
	}
	defer v.unlock()
	if stored, ok := v.get(e.ID); ok && stored.Version == e.Version {
		delete(v.byID, e.ID)
	}
	return nil
}

// GetEntry implements store.Visibility.
func (v visibility) GetEntry(ctx context.Context, id string) (store.Entry, error) {
	if err := v.lock(ctx, nil); err != nil {
		return store.Entry{}, err
	}
	defer v.unlock()
	e, ok := v.get(id)
	if !ok {
		return store.Entry{}, fmt.Errorf("visibility entry of workflow %q: %w", id, store.ErrNotFound)
	}
	return copyEntry(e.Entry), nil
}

// ListEntries implements store.Visibility.
func (v visibility) ListEntries(ctx context.Context, yield func(store.Entry) bool) error {
	if err := v.lock(ctx, nil); err != nil {
		return err
	}
	all := v.list()
	v.unlock()
	for _, e := range slices.Backward(all) {
		if !yield(e.Entry) {
			break
		}
	}
	return nil
}

// ReadEntries implements store.Visibility.
func (v visibility) ReadEntries(ctx context.Context, from store.Position, max int) (entries []store.Entry, next store.Position, err error) {
	if err := v.lock(ctx, nil); err != nil {
		return nil, from, err
	}
	defer v.unlock()
	for _, e := range v.list() {
		switch {
		case e.seq < from.Seq:
		case len(entries) >= max:
			return entries, store.Position{Seq: e.seq}, nil
		default:
			entries = append(entries, e.Entry)
		}
	}
	return entries, store.Position{}, nil
}

func (v visibility) get(id string) (entry, bool) {
	e, ok := v.byID[id]
	if ok && e.expired() {
		delete(v.byID, id)
		return entry{}, false
	}
	return e.value, ok
}

// list returns a copy of all entries, oldest change first.
func (v visibility) list() []entry {
	var all []entry
	for id := range v.byID {
		if e, ok := v.get(id); ok {
			e.Entry = copyEntry(e.Entry)
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

func copyEntry(e store.Entry) store.Entry {
	e.Data = bytes.Clone(e.Data)
	return e
}
