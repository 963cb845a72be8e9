// This file runs steps: side effects inside the worker that has the workflow, without a queue. Only the outcome is
// recorded. If the worker dies, the next owner of the run runs the step again.

package activity

import (
	"context"
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

// ErrUnloaded is the cause with which a step is cancelled when its run leaves the memory of this worker. Such a step has
// no outcome: the next owner of the run starts it again.
var ErrUnloaded = errors.New("the run is no longer in the memory of this worker")

// Step is a step that this worker has started.
type Step struct {
	// Limited reports whether the policy of the step limits its attempts.
	Limited bool

	cancel context.CancelCauseFunc
	remove func()
}

// Cancel ends the context of the step with a cause.
func (s *Step) Cancel(cause error) { s.cancel(cause) }

// Forget ends the answers to other workers that the step runs here. It must be called once the outcome is recorded, or will never
// be. If it were called before the record is stored, another worker could start the step again in between.
func (s *Step) Forget() { s.remove() }

// StartStep runs a step on a goroutine of its own, with attempts as its policy allows, and passes the outcome to done.
// The worker must have it. If cancelled is set, the step starts with a context that has ended. The caller must cancel the step with ErrUnloaded, or
// forget it.
func (r *Runner) StartStep(info Info, body *history.StepScheduled, cancelled bool, done func(history.Outcome)) *Step {
	info.Activity, info.IdempotencyKey = body.Name, idempotencyKey(info.RunID, body.Op.ID())
	ctx, cancel := context.WithCancelCause(r.Context())
	if cancelled {
		cancel(context.Canceled)
	}
	if !r.Begin() {
		return &Step{cancel: cancel, remove: func() {}}
	}
	s := &Step{Limited: body.Policy.Attempts > 0, cancel: cancel, remove: r.running.add(info.IdempotencyKey, cancel)}
	go func() {
		defer r.End()
		defer cancel(nil)
		outcome, err := r.runStep(ctx, info, body)
		if err != nil {
			s.Forget()
			return
		}
		done(outcome)
	}()
	return s
}

// runStep makes attempts until one succeeds, the policy allows no more, or the step is cancelled. It fails if the step
// has no outcome because another worker will run it.
func (r *Runner) runStep(ctx context.Context, info Info, body *history.StepScheduled) (history.Outcome, error) {
	fn := function{r.Handlers.Activity(body.Name, body.Tag), r.Handlers.Errors}
	for info.Attempt = 1; ; info.Attempt++ {
		// An attempt that ignores the end of its context may still run when the next one starts, so they share nothing.
		a := newAttempt(ctx, info, body.Policy, fn)
		result := a.run(body.Input)
		a.cancel(nil)
		if delay, again := a.retryDelay(result); result.failure != nil && again {
			r.Log.Info("step failed and will be retried", "workflow", a.ID, "step", a.Activity, "attempt", a.Attempt, "after", delay, "error", result.failure.Message)
			if backoff.Sleep(ctx, delay) == nil {
				continue
			}
			result = fn.failed(context.Canceled)
		}
		if r.Context().Err() != nil || errors.Is(context.Cause(ctx), ErrUnloaded) {
			return history.Outcome{}, ErrUnloaded
		}
		return r.outcome(a.Info, result)
	}
}
