// This file is the state of one run in memory.

package workflow

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// workflow is one workflow id in this worker: what all its runs share.
type workflow struct {
	id     string
	queue  string
	worker *process.Process
	tasks  *activity.Runner
	alarm  *alarm
	post   func(message)              // puts a message into the mailbox, from any goroutine
	kill   func(*replay.Execution)    // ends the coroutines of a run, without waiting for them
	kept   map[stepRef]*activity.Step // steps that go on while their run is not in memory

	requests *requests // of all runs of the worker
}

// run is the newest run of a workflow id, as of the journal's record last. If the id has never been used, or the run has
// closed, x is nil.
type run struct {
	*workflow
	runID     string
	x         *replay.Execution
	started   *history.RunStarted
	startedAt time.Time
	closed    history.Status        // zero if the run is open
	ended     *history.RunContinued // the record last, if the run continues as new and the next generation has not begun

	first, last store.Seq
	archive     archive
	records     []*history.Record // read, and not yet replayed
	newest      []history.Event   // of the last record that was read, until what follows from it is repaired
	all         []history.Event   // of a run that is being closed
	inbox       inbox
	local       local
}

// inbox is what a run knows of the messages that its journal has taken in.
type inbox struct {
	consumed  map[store.Seq]bool
	unsettled map[store.Seq]bool // messages that are not acknowledged
}

// recentMax is how many acknowledged messages are remembered after the end of a run: acknowledgements can be lost.
const recentMax = 1000

// mayComeAgain returns the messages that may be delivered again: those that are not acknowledged, and the newest of the others.
func (in *inbox) mayComeAgain() []store.Seq {
	newest := slices.Sorted(maps.Keys(in.consumed))
	all := append(slices.Collect(maps.Keys(in.unsettled)), newest[max(0, len(newest)-recentMax):]...)
	slices.Sort(all)
	return slices.Compact(all)
}

// local is what happens in this process for the operations of a run.
type local struct {
	steps   map[history.OpID]*activity.Step     // steps whose outcome is not recorded
	cancels map[history.OpID]context.CancelFunc // stops the cancelling of an activity
	limits  limits
	// starting are the children whose starts follow from the record that is being published.
	starting map[history.OpID]bool
}

func newRun(w *workflow, runID string) *run {
	return &run{
		workflow: w, runID: runID,
		inbox: inbox{consumed: map[store.Seq]bool{}, unsettled: map[store.Seq]bool{}},
		local: local{steps: map[history.OpID]*activity.Step{}, cancels: map[history.OpID]context.CancelFunc{}, starting: map[history.OpID]bool{}},
	}
}

// next returns the run that follows r, which has closed. What r has taken in may be delivered to it again.
func (r *run) next(runID string) *run {
	next := newRun(r.workflow, runID)
	next.last = r.last
	next.inbox.unsettled = r.inbox.unsettled
	for _, seq := range r.inbox.mayComeAgain() {
		next.inbox.consumed[seq] = true
	}
	return next
}

// exists reports whether the workflow id has a run.
func (r *run) exists() bool { return r.started != nil }

// isOpenOrContinues reports whether the id has a run that has not ended for good.
func (r *run) isOpenOrContinues() bool {
	return r.exists() && (!r.closed.Closed() || r.ended != nil)
}

// loaded reports whether the run's code is in memory.
func (r *run) loaded() bool { return r.x != nil }

// isOpen reports whether an operation still waits for its outcome.
func (r *run) isOpen(op history.OpID) bool { return r.x != nil && r.x.IsOpen(op) }

// waits reports whether an operation that a kind of event has started is open.
func waits[B history.Body](r *run, id history.OpID) bool {
	op, _ := r.x.Find(id)
	_, is := op.Body.(B)
	return is
}

// isFunction reports whether an operation, if it is open, is an activity or step.
func (r *run) isFunction(id history.OpID) bool {
	op, open := r.x.Find(id)
	_, is := op.Body.(history.FunctionScheduled)
	return is || !open
}

// completed returns the event for an outcome from the inbox, which may be that of a step.
func (r *run) completed(o *history.ActivityCompleted) history.Body {
	if op, ok := r.x.Find(o.Op); ok {
		if scheduled, ok := op.Body.(history.FunctionScheduled); ok {
			return scheduled.Completed(o.Outcome)
		}
	}
	return o
}

// now is the time of the next event: this worker's clock, but never before the run's last event.
func (r *run) now() time.Time {
	now := time.Now().UTC()
	if r.x != nil && r.x.Now().After(now) {
		return r.x.Now()
	}
	return now
}

// stack returns where the coroutines of the run are, or nil if it is another run or its code is not in memory.
func (r *run) stack(runID string) *history.Stack {
	if !r.loaded() || r.runID != runID {
		return nil
	}
	return &history.Stack{Worker: r.worker.ID, Coroutines: r.x.Coroutines()}
}

// busy reports whether something goes on that only this process knows of.
func (r *run) busy() bool { return len(r.local.steps) > 0 || len(r.local.cancels) > 0 }

// halt ends what goes on in this process for the run, with the given cause.
func (r *run) halt(cause error) {
	for op, step := range r.local.steps {
		step.Cancel(cause)
		r.forgetStep(op)
	}
	for _, stop := range r.local.cancels {
		stop()
	}
	if r.x != nil {
		r.kill(r.x)
		r.x = nil
	}
}

// supervisor runs code of a run, and reports a run whose code does not return in time.
type supervisor func(r *run, code func() error) error

// headroom is what the headers of a message and the protocol may take of the largest payload, in bytes.
const headroom = 16 << 10
