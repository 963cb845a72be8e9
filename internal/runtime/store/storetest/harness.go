// The harness of one subtest: its data set, and its connections to it.

package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Dataset creates an empty data set for one subtest, and returns a function that opens a connection to it. Each
// connection is the store of another process; closing it has the effect of that process dying. The suite closes the
// connections. The data set itself is removed by t.Cleanup.
type Dataset func(t *testing.T) (open func() store.Store)

// requirement is one sentence of the contract, with its test.
type requirement struct {
	name string
	test func(*T)
	long bool // waits for minutes or more
}

// T is one subtest with a data set of its own. Calls of store methods on it go to its first connection.
type T struct {
	*testing.T
	store.Store
	ctx     context.Context
	connect func() store.Store
}

func newT(t *testing.T, dataset Dataset, limit time.Duration) *T {
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	s := &T{T: t, ctx: ctx, connect: dataset(t)}
	s.Store = s.open()
	return s
}

// open returns another connection to the data set.
func (t *T) open() store.Store {
	s := t.connect()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the store: %v", err)
		}
	})
	return s
}
