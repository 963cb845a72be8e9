package worker

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/runtime/abi"
)

// This file runs steps: side effects inside the worker that has the workflow, without a queue. Only the outcome is
// recorded; a worker that dies leaves the step to the next one, which runs it again.

// startStep runs a step beside the turns, unless it runs already.
func (a *actor) startStep(body *history.StepScheduled, cancelled bool) {
	id := body.Op.ID()
	if a.steps[id] != nil {
		return
	}
	w := a.w
	t := newAttempt(w.ctx, Info{
		ID: a.id, RunID: a.runID, WorkflowType: a.started.Type, Activity: body.Name,
		IdempotencyKey: a.runID + "/" + id.String(), Scheduled: a.x.Now(),
	}, body.Policy)
	if cancelled {
		t.cancel(context.Canceled)
	}
	a.steps[id] = t
	if !w.begin() {
		return
	}
	w.track(t, true)
	go func() {
		defer w.busy.Done()
		defer t.cancel(nil)
		defer w.track(t, false)
		outcome, err := w.runStep(t, body)
		if err == nil {
			w.post(a, mail{done: &history.StepCompleted{Op: id, Outcome: outcome}})
		}
	}()
}

// runStep makes attempts until one succeeds, the policy ends them or the step is cancelled. It fails if the step is to
// go on elsewhere.
func (w *Worker) runStep(t *attempt, body *history.StepScheduled) (history.Outcome, error) {
	h := w.registry.handler(body.Name, body.Tag)
	if h == nil {
		h = missing(body.Name)
	}
	for t.Attempt = 1; ; t.Attempt++ {
		out, err := t.run(h, body.Input)
		delay, again := retryable(h, body.Policy, t.Attempt, err)
		if err != nil && again && t.ctx.Err() == nil {
			w.log.Info("step failed; it is tried again", "workflow", t.ID, "step", t.Activity, "attempt", t.Attempt, "after", delay, "error", err)
			if backoff.Sleep(t.ctx, delay); t.ctx.Err() == nil {
				continue
			}
			err = context.Canceled
		}
		if w.ctx.Err() != nil || errors.Is(context.Cause(t.ctx), errForgotten) {
			return history.Outcome{}, errForgotten
		}
		outcome := history.Outcome{Result: out, Failure: w.registry.errors.Encode(err), Attempts: t.Attempt, Worker: w.opt.ID}
		return outcome, w.chain.Seal(w.ctx, journal.Owner(t.ID, t.RunID), &outcome.Result)
	}
}

// errElsewhere says that a step of the run is under way in another worker, which has the run in memory.
var errElsewhere = errors.New("a step of the run is under way in another worker")

// elsewhereDelay is after how long a wake-up is looked at again whose run is busy in another worker.
const elsewhereDelay = 3 * time.Second

// stepElsewhere reports whether another living worker runs a step. Ownership may move while it does.
func (a *actor) stepElsewhere(ctx context.Context, id history.OpID) (bool, error) {
	if a.steps[id] != nil {
		return false, nil
	}
	return a.w.ask(ctx, stepTopic(a.queue), &history.TaskRef{RunID: a.runID, Op: id})
}

func stepTopic(queue string) string { return "step." + queue }

// missing stands for a step that this worker's registrations do not have. It is tried again: a worker that has it may come.
func missing(name string) *abi.Handler {
	return &abi.Handler{Activity: &abi.Activity{Name: name}, Run: func(context.Context, abi.Values) ([]any, error) {
		return nil, errors.New("no step " + name + " in this worker: pass its receiver to PawlRegistration")
	}}
}
