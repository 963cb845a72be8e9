// This file lists what a worker does for each kind of event. To add an operation, write a file like activity.go and add
// its line here.

package workflow

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

func init() {
	kinds = map[history.Kind]kind{
		history.KindRunStarted:              {recorded: showStarted},
		history.KindActivityScheduled:       activityKind,
		history.KindActivityCancelRequested: {recorded: cancelOperation},
		history.KindStepScheduled:           stepKind,
		history.KindStepCompleted:           {recorded: stepRecorded},
		history.KindTimerStarted:            timerKind,
		history.KindStartRejected:           {recorded: (*run).refuseChild},
		history.KindChildScheduled:          childKind,
		history.KindChildCancelRequested:    {recorded: childCancelRequested},
		history.KindRequestScheduled:        requestKind,
		history.KindUpdateAccepted:          acceptedKind,
		history.KindUpdateCompleted:         answeredKind,
	}
}

// showStarted shows a new run in visibility.
func showStarted(r *run, e history.Event) effect {
	return func(ctx context.Context) error { return r.putEntry(ctx, history.StatusRunning, nil, e.Time) }
}
