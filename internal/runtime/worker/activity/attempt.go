// This file makes one attempt: it calls the author's function once, within the time limits of its policy.

package activity

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/runtime/abi"
)

// attempt is one attempt at an activity. For a step it is used for all attempts, one after the other.
type attempt struct {
	Info
	ctx       context.Context // ends when the activity or step is cancelled, with the cause
	cancel    context.CancelCauseFunc
	policy    abi.Policy
	previous  history.Payload       // details of the last heartbeat of an earlier attempt
	heartbeat func(history.Payload) // is given the details of each heartbeat
	alive     chan struct{}         // receives something after each heartbeat
}

func newAttempt(ctx context.Context, info Info, policy abi.Policy) *attempt {
	a := &attempt{Info: info, policy: policy, heartbeat: func(history.Payload) {}, alive: make(chan struct{}, 1)}
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	return a
}

// run calls the author's function and waits until it returns or a limit of the attempt has passed. A function that
// ignores the end of its context is left running. The error is the author's, a *failures.TimeoutError or a
// *failures.PanicError.
func (a *attempt) run(h *abi.Handler, in history.Payload) (history.Payload, error) {
	ctx, cancel := context.WithCancelCause(withAttempt(a.ctx, a))
	defer cancel(nil)
	if limit := a.policy.StartToClose; limit > 0 {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, limit)
		defer release()
	}
	done := make(chan result, 1)
	go func() { done <- call(ctx, h, in) }()
	return a.wait(ctx, cancel, done)
}

// result is what an author's function returned.
type result struct {
	out history.Payload
	err error
}

// call runs the author's function. A panic becomes an error.
func call(ctx context.Context, h *abi.Handler, in history.Payload) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r.err = &failures.PanicError{Value: fmt.Sprint(v), Stack: string(debug.Stack())}
		}
	}()
	out, err := h.Run(ctx, abi.Values{Payload: in})
	payload, encodeErr := payloads.Encode(h.Activity.Codec, out)
	if encodeErr != nil {
		err = errors.Join(err, failures.Final(fmt.Errorf("result of activity %s: %w", h.Activity.Name, encodeErr)))
	}
	return result{payload, err}
}

// wait returns when the function has returned or the first limit has passed.
func (a *attempt) wait(ctx context.Context, cancel context.CancelCauseFunc, done <-chan result) (history.Payload, error) {
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
			return r.out, a.timeoutError(ctx, r.err)
		case <-a.alive:
			if timer != nil {
				timer.Reset(a.policy.Heartbeat)
			}
		case <-missed:
			err := &failures.TimeoutError{Kind: failures.Heartbeat, Activity: a.Activity, Limit: a.policy.Heartbeat}
			cancel(err)
			return history.Payload{}, err
		case <-ctx.Done():
			return a.waitGrace(ctx, done)
		}
	}
}

// grace is how long a function may take to return after its context has ended, so that its own error is used.
const grace = 100 * time.Millisecond

func (a *attempt) waitGrace(ctx context.Context, done <-chan result) (history.Payload, error) {
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case r := <-done:
		return r.out, a.timeoutError(ctx, r.err)
	case <-timeout.C:
		return history.Payload{}, a.timeoutError(ctx, context.Cause(ctx))
	}
}

// timeoutError replaces an error that a function returned because its context ended by the one that says which limit
// has passed. It returns other errors unchanged.
func (a *attempt) timeoutError(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == context.DeadlineExceeded && errors.Is(err, context.DeadlineExceeded) {
		if timeout := new(failures.TimeoutError); errors.As(context.Cause(ctx), &timeout) {
			return timeout // of the whole activity
		}
		return &failures.TimeoutError{Kind: failures.StartToClose, Activity: a.Activity, Limit: a.policy.StartToClose}
	}
	return err
}

// retryDelay returns the pause before the next attempt. It reports false if the policy or the error allows none.
func retryDelay(h *abi.Handler, policy abi.Policy, attempts int, err error) (time.Duration, bool) {
	if policy.Attempts > 0 && attempts >= policy.Attempts || failures.IsFinal(err) || h.Activity.Final != nil && h.Activity.Final(err) {
		return 0, false
	}
	return backoff.Policy{Min: policy.BackoffMin, Max: policy.BackoffMax, Factor: policy.BackoffFactor}.Pause(attempts), true
}
