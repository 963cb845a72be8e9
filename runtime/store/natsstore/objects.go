package natsstore

// Objects: payloads too large for a message, in a JetStream object store.

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/runtime/store"
)

// PutObject implements store.Objects.
func (s *Store) PutObject(ctx context.Context, name string, data []byte) error {
	err := s.withObjects(ctx, func(o jetstream.ObjectStore) error {
		_, err := o.PutBytes(ctx, name, data)
		return err
	})
	if err != nil {
		return fmt.Errorf("store object %q: %w", name, err)
	}
	return nil
}

// GetObject implements store.Objects.
func (s *Store) GetObject(ctx context.Context, name string) (data []byte, err error) {
	err = s.withObjects(ctx, func(o jetstream.ObjectStore) (err error) {
		data, err = o.GetBytes(ctx, name)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read object %q: %w", name, err)
	}
	return data, nil
}

// ListObjects implements store.Objects.
func (s *Store) ListObjects(ctx context.Context, yield func(name string) bool) error {
	var infos []*jetstream.ObjectInfo
	err := s.withObjects(ctx, func(o jetstream.ObjectStore) (err error) {
		infos, err = o.List(ctx)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("list objects: %w", err)
	}
	for _, info := range infos {
		if !yield(info.Name) {
			return nil
		}
	}
	return nil
}

// DeleteObject implements store.Objects.
func (s *Store) DeleteObject(ctx context.Context, name string) error {
	err := s.withObjects(ctx, func(o jetstream.ObjectStore) error { return o.Delete(ctx, name) })
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("delete object %q: %w", name, err)
	}
	return nil
}

// withObjects calls use with the object store until its outcome is known.
func (s *Store) withObjects(ctx context.Context, use func(jetstream.ObjectStore) error) error {
	return s.link.persist(ctx, func() error {
		if _, err := s.link.await(ctx); err != nil {
			return err
		}
		o, err := s.openObjects(ctx)
		if err == nil {
			err = use(o)
		}
		if errors.Is(err, jetstream.ErrObjectNotFound) || errors.Is(err, jetstream.ErrNoObjectsFound) {
			return store.ErrNotFound
		}
		return managed(ctx, err)
	})
}

// openObjects returns the bucket, and creates it when it is used for the first time.
func (s *Store) openObjects(ctx context.Context) (jetstream.ObjectStore, error) {
	if o := s.objects.Load(); o != nil {
		return *o, nil
	}
	o, err := s.js.ObjectStore(ctx, s.name.bucket())
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		o, err = s.js.CreateObjectStore(ctx, jetstream.ObjectStoreConfig{
			Bucket:      s.name.bucket(),
			Description: "Pawl: large payloads of namespace " + s.name.namespace,
			Storage:     s.storage(),
			Replicas:    s.opt.Replicas,
		})
	}
	if err != nil {
		return nil, err
	}
	s.objects.Store(&o)
	return o, nil
}
