// The options of a test.

package pawltest

import (
	"context"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Option changes the engine of a test.
type Option func(*options)

type options struct {
	memory     bool
	disk       bool
	dir        string
	parkedRuns bool
	exact      bool
	oneGroup   bool // one worker owns all runs of a queue
	client     []pawl.Option
	wrapStore  func(store.Store) store.Store // wraps the store of workers; may be nil
}

// InMemory uses an in-memory store instead of a NATS server. It is several times faster, and sufficient to test the logic
// of a workflow.
func InMemory() Option { return func(o *options) { o.memory = true } }

// OnDisk makes the NATS server store its data in files and sync every write, as in production. By default it keeps its data
// in memory.
func OnDisk() Option { return func(o *options) { o.disk = true } }

// Connected passes options to the client and the workers, such as payload transforms, a logger, or limits.
func Connected(opts ...pawl.Option) Option {
	return func(o *options) { o.client = append(o.client, opts...) }
}

// ExactHistory makes crash tests compare whole histories: the operations of each goroutine of a workflow, their inputs and
// their outcomes. Use it for workflows that do the same in every execution: that do not compute with the current time, and
// whose goroutines do not compete for work.
func ExactHistory() Option { return func(o *options) { o.exact = true } }

// ParkedRuns allows runs to be parked. Without it, a test fails as soon as one of its runs is parked.
func ParkedRuns() Option { return func(o *options) { o.parkedRuns = true } }

func newOptions(list []Option) options {
	var opt options
	for _, o := range list {
		o(&opt)
	}
	return opt
}

// background is the context of calls that must not fail when the context of the test has ended.
var background = context.Background()
