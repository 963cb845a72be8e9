package worker

import (
	"context"
	"errors"

	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/history"
)

// This file runs steps: side effects inside the worker that has the workflow, without a queue. Only the outcome is
// recorded; a worker that dies leaves the step to the next one, which runs it again.

// startStep runs a step beside the turns, unless it runs already.
func (a *actor) startStep(body *history.StepScheduled, cancelled bool) {
	id := body.Op.ID()
	if a.steps[id] != nil {
		return
	}
	t := newAttempt(Info{
		ID: a.id, RunID: a.runID, WorkflowType: a.started.Type, Activity: body.Name,
		IdempotencyKey: a.runID + "/" + id.String(), Scheduled: a.x.Now(),
	}, body.Policy)
	ctx, cancel := context.WithCancelCause(a.w.ctx)
	t.stop = cancel
	if cancelled {
		cancel(context.Canceled)
	}
	a.steps[id] = t
	w := a.w
	if !w.begin() {
		return
	}
	go func() {
		defer w.busy.Done()
		defer cancel(nil)
		outcome, err := w.runStep(ctx, t, body)
		if err == nil {
			w.post(a, mail{done: &history.StepCompleted{Op: id, Outcome: outcome}})
		}
	}()
}

// runStep makes attempts until one succeeds or the policy ends them. It fails if the step is to go on elsewhere.
func (w *Worker) runStep(ctx context.Context, t *attempt, body *history.StepScheduled) (history.Outcome, error) {
	h := w.registry.handler(body.Name, body.Tag)
	if h == nil {
		h = missing(body.Name)
	}
	for t.Attempt = 1; ; t.Attempt++ {
		out, err := t.run(ctx, h, body.Input)
		if cause := context.Cause(ctx); errors.Is(cause, errForgotten) || w.ctx.Err() != nil {
			return history.Outcome{}, errForgotten
		}
		delay, again := retryable(h, body.Policy, t.Attempt, err)
		if err == nil || !again || ctx.Err() != nil {
			outcome := history.Outcome{Result: out, Failure: w.registry.errors.Encode(err), Attempts: t.Attempt, Worker: w.opt.ID}
			return outcome, w.chain.Seal(w.ctx, t.ID+"/"+t.RunID, &outcome.Result)
		}
		w.log.Info("step failed; it is tried again", "workflow", t.ID, "step", t.Activity, "attempt", t.Attempt, "after", delay, "error", err)
		pause(ctx, delay)
	}
}

// missing stands for a step that this worker's modules do not have. It is tried again: a worker that has it may come.
func missing(name string) *abi.Handler {
	return &abi.Handler{Activity: &abi.Activity{Name: name}, Run: func(context.Context, abi.Values) ([]any, error) {
		return nil, errors.New("no step " + name + " in this worker: pass its receiver to PawlModule")
	}}
}
