// Package storetest is the contract of package store as tests: one subtest for each of its sentences.
//
// A store passes it with a few lines:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) func() store.Store {
//			server := memstore.New()
//			return func() store.Store { return server.Open() }
//		}, storetest.Options{Virtual: true})
//	}
package storetest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Dataset makes an empty data set for one subtest and returns how to connect to it once more. Each connection is
// the store of another process: closing it is that process's death. The suite closes what it opens; the data set
// itself is cleaned up by t.Cleanup.
type Dataset func(t *testing.T) (open func() store.Store)

// Options says how the suite runs.
type Options struct {
	// Virtual runs each subtest in a synctest bubble, where waiting takes no time; what takes minutes and more
	// runs only there. Otherwise subtests run in parallel, mostly waiting: 80 seconds with go test -parallel=2,
	// 15 with -parallel=16.
	Virtual bool
}

// Run holds a store to the contract. As with all parallel subtests, it may return before they end: what they need
// must be released by t.Cleanup.
func Run(t *testing.T, dataset Dataset, opts Options) {
	for _, chapter := range contract {
		t.Run(chapter.name, func(t *testing.T) {
			if !opts.Virtual {
				t.Parallel()
			}
			for _, c := range chapter.clauses {
				t.Run(c.says, func(t *testing.T) { opts.run(t, dataset, c) })
			}
		})
	}
}

// contract is all that a store promises, in the order of package store.
var contract = []chapter{
	{"Store", whole},
	{"Journal", journal},
	{"Inbox", inbox},
	{"Receive", receive},
	{"Tasks", tasks},
	{"Timers", timers},
	{"Registry", registry},
	{"Objects", objects},
	{"Bus", bus},
}

// chapter is what one interface promises.
type chapter struct {
	name    string
	clauses []clause
}

// clause is one sentence of the contract with the test that holds a store to it.
type clause struct {
	says string
	test func(*T)
	long bool // takes minutes or more of the store's time
}

func (o Options) run(t *testing.T, dataset Dataset, c clause) {
	switch {
	case o.Virtual:
		synctest.Test(t, func(t *testing.T) { c.test(newT(t, dataset, virtualLimit)) })
	case c.long:
		t.Skip("takes minutes in real time")
	default:
		t.Parallel()
		c.test(newT(t, dataset, realLimit))
	}
}

// The limits end a subtest whose store never answers.
const (
	realLimit    = 2 * time.Minute
	virtualLimit = 30 * 24 * time.Hour
)

// T is one subtest with a data set of its own. The calls that a test makes on it go to a first connection.
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

// open connects to the data set once more.
func (t *T) open() store.Store {
	s := t.connect()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing a store: %v", err)
		}
	})
	return s
}
