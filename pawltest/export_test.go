package pawltest

import "github.com/pawlhq/pawl/internal/runtime/store"

// Broken gives workers a store that does not keep its word.
func Broken(wrap func(store.Store) store.Store) Option {
	return func(o *options) { o.worker = wrap }
}
