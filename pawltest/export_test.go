package pawltest

import "github.com/pawlhq/pawl/internal/runtime/store"

// WrapStore wraps the store of workers, to test that faults of a store are detected.
func WrapStore(wrap func(store.Store) store.Store) Option {
	return func(o *options) { o.wrapStore = wrap }
}
