// Runs: handles to them, and what is known about them.

package pawl

import (
	"context"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Run is a handle to one run of a workflow or, if it has no run id, to the newest run of a workflow id. Generated
// handles embed it and add a typed Result method. Its methods may be called from several goroutines at the same time.
type Run struct{ run *client.Run }

// ID returns the workflow id.
func (r *Run) ID() string { return r.run.ID() }

// RunID returns the run id. It is empty if the handle is to the newest run.
func (r *Run) RunID() string { return r.run.RunID() }

// Wait waits until the run has closed, and decodes the results of the workflow into out, which holds one pointer for
// each result. It returns a *[RunError] if the run did not complete, and an error that matches ctx.Err() if ctx ends
// first; the run then continues. A handle without a run id returns an error that matches [ErrNotFound] if the workflow id
// has no run.
func (r *Run) Wait(ctx context.Context, out ...any) error { return r.run.Wait(ctx, out...) }

// Describe returns the state of the run and the operations that it waits for.
func (r *Run) Describe(ctx context.Context) (*Description, error) { return r.run.Describe(ctx) }

// History returns the history of the run as text for people, with a line for each event. Times are relative to the start of
// the run.
func (r *Run) History(ctx context.Context) (string, error) {
	h, err := r.run.History(ctx)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	err = show.History(&text, h)
	return text.String(), err
}

// Cancel asks the run to cancel the context of its workflow. The reason is recorded in the history. Cancel returns when
// the request is stored; use Wait to see how the run closed. It returns an error that matches [ErrNotFound] if the run
// is not open.
func (r *Run) Cancel(ctx context.Context, reason string) error { return r.run.Cancel(ctx, reason) }

// Terminate closes the run without running its code again: no deferred function runs. The reason is recorded in the
// history. Terminate returns when the request is stored. It returns an error that matches [ErrNotFound] if the run is
// not open.
func (r *Run) Terminate(ctx context.Context, reason string) error {
	return r.run.Terminate(ctx, reason)
}

// Description is the state of a run: its ids, type, task queue, status and times, the reason if it failed or is parked,
// and in Pending the operations that it waits for.
type Description = client.Description

// Status is the status of a run. Its Closed method reports whether the run has ended.
type Status = history.Status

// The statuses of a run.
const (
	StatusWaiting    Status = history.StatusWaiting    // started, and no worker has begun it
	StatusRunning    Status = history.StatusRunning    // open
	StatusParked     Status = history.StatusParked     // open, but stopped by an error in its code or by a missing worker
	StatusCompleted  Status = history.StatusCompleted  // the workflow returned without an error
	StatusFailed     Status = history.StatusFailed     // the workflow returned an error
	StatusCancelled  Status = history.StatusCancelled  // the workflow was cancelled, and returned an error that says so
	StatusTerminated Status = history.StatusTerminated // Terminate closed it
	StatusTimedOut   Status = history.StatusTimedOut   // its timeout passed
)

// RunInfo is what the code of a workflow can learn about its run: its workflow id, run id, type and start time.
type RunInfo = abi.RunInfo

// Info returns information about the run of the workflow that ctx belongs to. It returns the zero RunInfo outside of a
// run.
func Info(ctx context.Context) RunInfo { return abi.Info(ctx) }
