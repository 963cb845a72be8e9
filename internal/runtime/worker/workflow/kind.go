// This file is what a worker can do for a kind of event. kinds.go lists what it does for each.

package workflow

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// kind is what a worker does for one kind of event. A nil function does nothing.
type kind struct {
	// recorded carries out what follows from an event once its record is stored, and returns what has to be written to
	// the store. Both can be repeated without harm.
	recorded func(r *run, e history.Event) effect
	// missing reports whether nothing leads to the outcome of an open operation any more, because the worker that stored its
	// event has died before it carried out what follows. It may report true in error, if another worker has recorded the
	// outcome since the run was loaded: the caller must confirm that it has not.
	missing func(ctx context.Context, r *run, op replay.Open) (bool, error)
	// again carries out what follows from the event of an open operation that is missing it, as recorded does.
	again func(r *run, op replay.Open) effect
	// limits lists what happens to an operation, when it has been scheduled, if it has no outcome by some time.
	limits func(r *run, op replay.Open) []due
	// expired is the event with which an operation ends that ends by itself.
	expired func(op replay.Open) history.Body
	// abandon ends the work on an operation that is open when its run closes.
	abandon func(r *run, op replay.Open)
}

// effect writes to the store.
type effect func(ctx context.Context) error

// kinds has an entry for each kind of event for which a worker does anything. kinds.go fills it: what is done for one kind may
// need to look up others.
var kinds map[history.Kind]kind

func kindOf(body history.Body) kind { return kinds[body.Details().Kind] }
