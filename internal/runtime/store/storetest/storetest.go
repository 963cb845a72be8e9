// Package storetest tests that a store keeps the contract of package store: one subtest for each requirement.
//
// A store runs it with a few lines:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) func() store.Store {
//			server := memstore.New()
//			return func() store.Store { return server.Open() }
//		}, storetest.Options{Virtual: true})
//	}
//
// To add a requirement, add a function to the list at the top of the file of its area.
package storetest

import (
	"testing"
	"testing/synctest"
	"time"
)

// Options says how the suite runs.
type Options struct {
	// Virtual runs each subtest in a synctest bubble, where waiting takes no time. Subtests that wait for minutes or
	// days are skipped otherwise. Without Virtual, subtests run in parallel and mostly wait: 80 seconds with
	// go test -parallel=2, 15 with -parallel=16.
	Virtual bool
}

// Run tests a store. As with all parallel subtests, it may return before they end: release what they need in
// t.Cleanup.
func Run(t *testing.T, dataset Dataset, opts Options) {
	for _, area := range contract {
		t.Run(area.name, func(t *testing.T) {
			if !opts.Virtual {
				t.Parallel()
			}
			for _, r := range area.requirements {
				t.Run(r.name, func(t *testing.T) { opts.run(t, dataset, r) })
			}
		})
	}
}

// contract lists all requirements, in the order of package store.
var contract = []struct {
	name         string
	requirements []requirement
}{
	{"Store", general},
	{"Journal", journal},
	{"Inbox", inbox},
	{"Receive", receive},
	{"Tasks", tasks},
	{"Timers", timers},
	{"Visibility", visibility},
	{"Objects", objects},
	{"Bus", bus},
}

func (o Options) run(t *testing.T, dataset Dataset, r requirement) {
	switch {
	case o.Virtual:
		synctest.Test(t, func(t *testing.T) { r.test(newT(t, dataset, virtualLimit)) })
	case r.long:
		t.Skip("takes minutes in real time")
	default:
		t.Parallel()
		r.test(newT(t, dataset, realLimit))
	}
}

// The limits end a subtest whose store never answers.
const (
	realLimit    = 2 * time.Minute
	virtualLimit = 30 * 24 * time.Hour
)
