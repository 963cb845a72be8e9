// Objects: payloads of any size, by name.

package memstore

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// objects implements store.Objects.
type objects struct {
	*conn
	byName map[string][]byte
}

// PutObject implements store.Objects.
func (o objects) PutObject(ctx context.Context, name string, data []byte) error {
	if err := o.lock(ctx, nil); err != nil {
		return err
	}
	defer o.unlock()
	o.byName[name] = bytes.Clone(data)
	return nil
}

// GetObject implements store.Objects.
func (o objects) GetObject(ctx context.Context, name string) ([]byte, error) {
	if err := o.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer o.unlock()
	data, ok := o.byName[name]
	if !ok {
		return nil, fmt.Errorf("object %q: %w", name, store.ErrNotFound)
	}
	return bytes.Clone(data), nil
}

// ListObjects implements store.Objects.
func (o objects) ListObjects(ctx context.Context, yield func(name string) bool) error {
	if err := o.lock(ctx, nil); err != nil {
		return err
	}
	names := slices.Sorted(maps.Keys(o.byName))
	o.unlock()
	for _, name := range names {
		if !yield(name) {
			break
		}
	}
	return nil
}

// DeleteObject implements store.Objects.
func (o objects) DeleteObject(ctx context.Context, name string) error {
	if err := o.lock(ctx, nil); err != nil {
		return err
	}
	defer o.unlock()
	delete(o.byName, name)
	return nil
}
