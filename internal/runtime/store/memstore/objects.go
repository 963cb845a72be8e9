package memstore

// Objects: payloads of any size by name.

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// PutObject stores data of any size under name, in place of what was there.
func (s *Store) PutObject(ctx context.Context, name string, data []byte) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	s.objects[name] = copyOf(data)
	return nil
}

// GetObject returns what is stored under name.
func (s *Store) GetObject(ctx context.Context, name string) ([]byte, error) {
	if err := s.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer s.leave()
	data, ok := s.objects[name]
	if !ok {
		return nil, fmt.Errorf("object %q: %w", name, store.ErrNotFound)
	}
	return copyOf(data), nil
}

// ListObjects calls yield with the name of every object until it returns false.
func (s *Store) ListObjects(ctx context.Context, yield func(name string) bool) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(s.objects))
	s.leave()
	for _, name := range names {
		if !yield(name) {
			break
		}
	}
	return nil
}

// DeleteObject removes what is stored under name, if anything.
func (s *Store) DeleteObject(ctx context.Context, name string) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	delete(s.objects, name)
	return nil
}
