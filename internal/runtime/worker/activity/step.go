// This file runs steps: side effects inside the worker that has the workflow, without a queue. Only the outcome is
// recorded. If the worker dies, the next owner of the run runs the step again.

package activity

import (
	"context"
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/runtime/abi"
)

// ErrUnloaded is the cause with which a step is cancelled when its run leaves the memory of this worker. Such a step has
// no outcome: the next owner of the run starts it again.
var ErrUnloaded = errors.New("the run is no longer in the memory of this worker")

// StartStep runs a step on a goroutine of its own, with attempts as its policy allows, and passes the outcome to done.
// If cancelled is set, the step starts with a context that has ended. The step ends when cancel is called with a cause
// other than nil, which must happen unless it has an outcome.
func (r *Runner) StartStep(info Info, body *history.StepScheduled, cancelled bool, done func(history.Outcome)) (cancel context.CancelCauseFunc) {
	info.Activity, info.IdempotencyKey = body.Name, idempotencyKey(info.RunID, body.Op.ID())
	a := newAttempt(r.Context(), info, body.Policy)
	if cancelled {
		a.cancel(context.Canceled)
	}
	if !r.Begin() {
		return a.cancel
	}
	remove := r.running.add(a)
	go func() {
		defer r.End()
		defer a.cancel(nil)
		defer remove()
		if outcome, err := r.runStep(a, body); err == nil {
			done(outcome)
		}
	}()
	return a.cancel
}

// runStep makes attempts until one succeeds, the policy allows no more, or the step is cancelled. It fails if the step
// has no outcome because another worker will run it.
func (r *Runner) runStep(a *attempt, body *history.StepScheduled) (history.Outcome, error) {
	h := r.Handlers.Activity(body.Name, body.Tag)
	if h == nil {
		h = missing(body.Name)
	}
	for a.Attempt = 1; ; a.Attempt++ {
		out, err := a.run(h, body.Input)
		delay, again := retryDelay(h, body.Policy, a.Attempt, err)
		if err != nil && again && a.ctx.Err() == nil {
			r.Log.Info("step failed and will be retried", "workflow", a.ID, "step", a.Activity, "attempt", a.Attempt, "after", delay, "error", err)
			if backoff.Sleep(a.ctx, delay) == nil {
				continue
			}
			err = context.Canceled
		}
		if r.Context().Err() != nil || errors.Is(context.Cause(a.ctx), ErrUnloaded) {
			return history.Outcome{}, ErrUnloaded
		}
		outcome := history.Outcome{Result: out, Failure: r.Handlers.Errors.Encode(err), Attempts: a.Attempt, Worker: r.ID}
		return outcome, r.Chain.Seal(r.Context(), journal.ObjectPrefix(a.ID, a.RunID), &outcome.Result)
	}
}

// missing stands in for a step that this worker has not registered. It fails and is retried: another worker may
// have the step.
func missing(name string) *abi.Handler {
	return &abi.Handler{Activity: &abi.Activity{Name: name}, Run: func(context.Context, abi.Values) ([]any, error) {
		return nil, errors.New("this worker has no step " + name + ": pass its receiver to PawlRegistration")
	}}
}
