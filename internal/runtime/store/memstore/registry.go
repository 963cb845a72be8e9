package memstore

// The registry: the newest entry of each workflow id.

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// registry is the entries by workflow id.
type registry map[string]kept[change]

// change is an entry with its place in the order of changes.
type change struct {
	store.Entry
	seq store.Seq
}

// PutEntry stores e unless the entry there has a higher Version.
func (s *Store) PutEntry(ctx context.Context, e store.Entry) error {
	if err := s.enter(ctx, e.Data); err != nil {
		return err
	}
	defer s.leave()
	if there, ok := s.registry.get(e.ID); ok && there.Version > e.Version {
		return nil
	}
	s.registry[e.ID] = entryToKeep(change{copyEntry(e), s.nextSeq()})
	return nil
}

// GetEntry returns the entry of workflow id.
func (s *Store) GetEntry(ctx context.Context, id string) (store.Entry, error) {
	if err := s.enter(ctx, nil); err != nil {
		return store.Entry{}, err
	}
	defer s.leave()
	there, ok := s.registry.get(id)
	if !ok {
		return store.Entry{}, fmt.Errorf("registry entry of workflow %q: %w", id, store.ErrNotFound)
	}
	return copyEntry(there.Entry), nil
}

// ListEntries calls yield with every entry, oldest change first, until it returns false.
func (s *Store) ListEntries(ctx context.Context, yield func(store.Entry) bool) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	all := s.registry.list()
	s.leave()
	for _, c := range all {
		if !yield(c.Entry) {
			break
		}
	}
	return nil
}

func (r registry) get(id string) (change, bool) {
	there, ok := r[id]
	if ok && there.gone() {
		delete(r, id)
		return change{}, false
	}
	return there.value, ok
}

func (r registry) list() []change {
	var all []change
	for id := range r {
		if there, ok := r.get(id); ok {
			there.Entry = copyEntry(there.Entry)
			all = append(all, there)
		}
	}
	slices.SortFunc(all, func(a, b change) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

func entryToKeep(c change) kept[change] {
	if c.Keep == 0 {
		return keepForEver(c)
	}
	return keep(c, c.Keep)
}

func copyEntry(e store.Entry) store.Entry {
	e.Data = copyOf(e.Data)
	return e
}
