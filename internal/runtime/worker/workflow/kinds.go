// This file lists what a worker does for each kind of event. To add an operation, write a file like activity.go and add
// its line here.

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
	// repair makes sure that an open operation gets an outcome, after a worker that may have died between storing its
	// event and carrying out what follows.
	repair func(ctx context.Context, r *run, op replay.Open) error
	// dues lists when something happens to an open operation if it has no outcome by then.
	dues func(r *run, op replay.Open) []due
	// abandon ends the work on an operation that is open when its run closes.
	abandon func(r *run, op replay.Open)
}

// effect writes to the store.
type effect func(ctx context.Context) error

var kinds = map[history.Kind]kind{
	history.KindRunStarted:              {recorded: showStarted},
	history.KindActivityScheduled:       activityKind,
	history.KindActivityCancelRequested: {recorded: cancelOperation},
	history.KindStepScheduled:           stepKind,
	history.KindStepCompleted:           {recorded: stepRecorded},
	history.KindTimerStarted:            timerKind,
}

func kindOf(body history.Body) kind { return kinds[body.Details().Kind] }

// showStarted shows a new run in visibility.
func showStarted(r *run, e history.Event) effect {
	return func(ctx context.Context) error { return r.putEntry(ctx, history.StatusRunning, nil, e.Time) }
}
