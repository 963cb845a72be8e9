// This file is the step operation: side effects that run in this worker.

package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

var stepKind = kind{
	recorded: func(r *run, e history.Event) effect {
		body := e.Body.(*history.StepScheduled)
		op, _ := r.x.Find(body.Op.ID())
		if opened, ok := op.Body.(*history.StepScheduled); ok {
			body = opened // its input is sealed in the record, but not in memory
		}
		r.startStep(body, false)
		return nil
	},
	missing: stepMissing,
	again: func(r *run, op replay.Open) effect {
		r.startStep(op.Body.(*history.StepScheduled), op.Cancelled)
		return nil
	},
}

// startStep runs a step, unless it runs already.
func (r *run) startStep(body *history.StepScheduled, cancelled bool) {
	id, runID := body.Op.ID(), r.runID
	if r.hasStep(id) {
		return
	}
	info := activity.Info{ID: r.id, RunID: runID, WorkflowType: r.started.Type, Scheduled: r.x.Now()}
	r.local.steps[id] = r.tasks.StartStep(info, body, cancelled, func(o history.Outcome) {
		r.post(message{outcome: &outcome{runID: runID, op: id, event: &history.StepCompleted{Op: id, Outcome: o}}})
	})
}

// errStepElsewhere says that another worker, which has the run in memory, runs a step of it.
var errStepElsewhere = errors.New("a step of the run is under way in another worker")

// stepRecorded forgets a step whose outcome is in the journal.
func stepRecorded(r *run, e history.Event) effect {
	r.forgetStep(e.Body.(*history.StepCompleted).Op)
	return nil
}

func (r *run) forgetStep(op history.OpID) {
	if step := r.local.steps[op]; step != nil {
		step.Forget()
		delete(r.local.steps, op)
	}
	r.forgetKept(stepRef{r.runID, op})
}

// stepRef names a step of any run of a workflow id.
type stepRef struct {
	runID string
	op    history.OpID
}

// keepSteps lets the steps whose attempts are limited go on while the run is not in memory. It may leave the memory because a
// record could not be stored, or because its code cannot go on, and that must not cost an attempt.
func (r *run) keepSteps() {
	for op, step := range r.local.steps {
		if step.Limited {
			r.kept[stepRef{r.runID, op}] = step
			delete(r.local.steps, op)
		}
	}
}

// hasStep reports whether a step of the run goes on in this process.
func (r *run) hasStep(op history.OpID) bool {
	ref := stepRef{r.runID, op}
	if step := r.kept[ref]; step != nil {
		r.local.steps[op] = step
		delete(r.kept, ref)
	}
	return r.local.steps[op] != nil
}

func (w *workflow) forgetKept(ref stepRef) {
	if step := w.kept[ref]; step != nil {
		step.Forget()
		delete(w.kept, ref)
	}
}

// endKept ends all steps that have been kept.
func (w *workflow) endKept(cause error) {
	for ref, step := range w.kept {
		step.Cancel(cause)
		w.forgetKept(ref)
	}
}

// stepMissing reports whether a step runs in no worker. It fails with errStepElsewhere if another living worker runs it:
// ownership of a run may move while a step is under way. A worker that no longer runs it has recorded the outcome, or
// never will.
func stepMissing(ctx context.Context, r *run, op replay.Open) (bool, error) {
	if r.hasStep(op.ID) {
		return false, nil
	}
	elsewhere, err := r.tasks.StepRuns(ctx, activity.Ref{Queue: r.queue, ID: r.id, RunID: r.runID, Op: op.ID})
	if elsewhere {
		err = errStepElsewhere
	}
	return err == nil, err
}

// unknownStepError says that a worker received a run with a step that it does not have. It must not begin the step: an attempt that
// cannot be made is none.
type unknownStepError struct{ id, name string }

func (e *unknownStepError) Error() string {
	return fmt.Sprintf("no worker of this queue has step %s: run one that registers it, with a receiver that is not nil; run %q resumes by itself", e.name, e.id)
}

// canRun returns an error if body schedules a step that this worker does not have.
func (r *run) canRun(body history.Body) error {
	if step, ok := body.(*history.StepScheduled); ok && r.worker.Handlers.Activity(step.Name, step.Tag) == nil {
		return &unknownStepError{r.id, step.Name}
	}
	return nil
}
