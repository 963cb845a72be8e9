// This file makes one attempt: it calls the author's function once, within the time limits of its policy.

package activity

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// attempt is one attempt at an activity or step.
type attempt struct {
	Info
	ctx       context.Context // ends when the activity or step is cancelled, with the cause
	cancel    context.CancelCauseFunc
	policy    abi.Policy
	function  function
	previous  history.Payload             // details of the last heartbeat of an earlier attempt
	heartbeat func(history.Payload) error // is given the details of each heartbeat
	alive     chan struct{}               // receives something after each heartbeat
}

func newAttempt(ctx context.Context, info Info, policy abi.Policy, fn function) *attempt {
	a := &attempt{
		Info: info, policy: policy, function: fn,
		heartbeat: func(history.Payload) error { return nil }, alive: make(chan struct{}, 1),
	}
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	return a
}

// run calls the function and waits until it returns or a limit of the attempt has passed. A function that
// ignores the end of its context is left running.
func (a *attempt) run(in history.Payload) result {
	ctx, cancel := context.WithCancelCause(withAttempt(a.ctx, a))
	defer cancel(nil)
	if limit := a.policy.StartToClose; limit > 0 {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, limit)
		defer release()
	}
	done := make(chan result, 1)
	go a.function.call(ctx, in, func(r result) { done <- r })
	r := a.wait(ctx, cancel, done)
	// That a function returned an error that says so proves nothing: it may be about a context of its own.
	r.cancelled = a.ctx.Err() == context.Canceled
	return r
}

// wait returns when the function has returned or the first limit has passed.
func (a *attempt) wait(ctx context.Context, cancel context.CancelCauseFunc, done <-chan result) result {
	var missed <-chan time.Time
	var timer *time.Timer
	if limit := a.policy.Heartbeat; limit > 0 {
		timer = time.NewTimer(limit)
		defer timer.Stop()
		missed = timer.C
	}
	for {
		select {
		case r := <-done:
			return a.timedOut(ctx, r)
		case <-a.alive:
			if timer != nil {
				timer.Reset(a.policy.Heartbeat)
			}
		case <-missed:
			err := &failures.TimeoutError{Kind: failures.Heartbeat, Activity: a.Activity, Limit: a.policy.Heartbeat}
			cancel(err)
			return a.function.failed(err)
		case <-ctx.Done():
			return a.waitGrace(ctx, done)
		}
	}
}

// grace is how long a function may take to return after its context has ended, so that its own error is used.
const grace = 100 * time.Millisecond

func (a *attempt) waitGrace(ctx context.Context, done <-chan result) result {
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case r := <-done:
		return a.timedOut(ctx, r)
	case <-timeout.C:
		return a.timedOut(ctx, a.function.failed(context.Cause(ctx)))
	}
}

// timedOut replaces the failure of a function that failed because its context ended by the one that says which limit has
// passed.
func (a *attempt) timedOut(ctx context.Context, r result) result {
	if r.failure == nil || !r.late || ctx.Err() != context.DeadlineExceeded {
		return r
	}
	if timeout := new(failures.TimeoutError); errors.As(context.Cause(ctx), &timeout) {
		return a.function.failed(timeout) // of the whole activity
	}
	return a.function.failed(&failures.TimeoutError{Kind: failures.StartToClose, Activity: a.Activity, Limit: a.policy.StartToClose})
}

// retryDelay returns the pause before the next attempt. It reports false if none may follow.
func (a *attempt) retryDelay(r result) (time.Duration, bool) {
	p := a.policy
	if r.final || r.cancelled || p.Attempts > 0 && a.Attempt >= p.Attempts {
		return 0, false
	}
	return backoff.Policy{Min: p.BackoffMin, Max: p.BackoffMax, Factor: p.BackoffFactor}.Pause(a.Attempt), true
}
