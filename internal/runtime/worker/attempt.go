package worker

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// This file runs one attempt at an activity or a step, and gives the author's code its context.

// Info is what an activity can learn about itself from its context.
type Info struct {
	ID           string // workflow id
	RunID        string
	WorkflowType string
	Activity     string
	Attempt      int // from 1; a worker that died during an attempt has used it up
	// IdempotencyKey is the same in every attempt at this activity and in no other activity. Hand it to the
	// service that makes the effect.
	IdempotencyKey string
	Scheduled      time.Time
}

// attempt is one run of an activity's function; of a step it is all of them, one after the other.
type attempt struct {
	Info
	ctx       context.Context // ends when the activity or step is cancelled, with the cause
	cancel    context.CancelCauseFunc
	policy    abi.Policy
	heartbeat history.Payload // details of the last heartbeat of an earlier attempt
	beat      func(history.Payload)

	signal chan struct{} // a heartbeat came
}

var (
	errForgotten     = errors.New("the run goes on elsewhere")
	errWorkerStopped = errors.New("the worker stops")
)

func newAttempt(ctx context.Context, info Info, policy abi.Policy) *attempt {
	t := &attempt{Info: info, policy: policy, beat: func(history.Payload) {}, signal: make(chan struct{}, 1)}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	return t
}

// run calls the author's function and waits for it, or for one of the attempt's time-outs. A function that ignores
// its context is left behind. The error is the author's, a *codec.TimeoutError or a *codec.PanicError.
func (t *attempt) run(h *abi.Handler, in history.Payload) (history.Payload, error) {
	ctx, cancel := context.WithCancelCause(context.WithValue(t.ctx, attemptKey{}, t))
	defer cancel(nil)
	if limit := t.policy.StartToClose; limit > 0 {
		var release context.CancelFunc
		ctx, release = context.WithTimeout(ctx, limit)
		defer release()
	}
	done := make(chan result, 1)
	go func() { done <- call(ctx, h, in) }()
	return t.wait(ctx, cancel, done)
}

// result is what an author's function returned.
type result struct {
	out history.Payload
	err error
}

// call runs the author's function, whose panic is an error.
func call(ctx context.Context, h *abi.Handler, in history.Payload) (r result) {
	defer func() {
		if v := recover(); v != nil {
			r.err = &codec.PanicError{Value: fmt.Sprint(v), Stack: string(debug.Stack())}
		}
	}()
	out, err := h.Run(ctx, abi.Values{Payload: in})
	payload, encodeErr := codec.Encode(h.Activity.Codec, out)
	if encodeErr != nil {
		err = errors.Join(err, codec.Final(fmt.Errorf("result of activity %s: %w", h.Activity.Name, encodeErr)))
	}
	return result{payload, err}
}

// grace is how long a function may take to return once its context is done, so that its own error is heard.
const grace = 100 * time.Millisecond

// wait ends with the function, or with the first limit that passes.
func (t *attempt) wait(ctx context.Context, cancel context.CancelCauseFunc, done <-chan result) (history.Payload, error) {
	var silence <-chan time.Time
	var alarm *time.Timer
	if limit := t.policy.Heartbeat; limit > 0 {
		alarm = time.NewTimer(limit)
		defer alarm.Stop()
		silence = alarm.C
	}
	for {
		select {
		case r := <-done:
			return r.out, t.judge(ctx, r.err)
		case <-t.signal:
			if alarm != nil {
				alarm.Reset(t.policy.Heartbeat)
			}
		case <-silence:
			err := &codec.TimeoutError{Kind: codec.Heartbeat, Activity: t.Activity, Limit: t.policy.Heartbeat}
			cancel(err)
			return history.Payload{}, err
		case <-ctx.Done():
			return t.last(ctx, done)
		}
	}
}

// last gives a function whose context is done a moment to return.
func (t *attempt) last(ctx context.Context, done <-chan result) (history.Payload, error) {
	timeout := time.NewTimer(grace)
	defer timeout.Stop()
	select {
	case r := <-done:
		return r.out, t.judge(ctx, r.err)
	case <-timeout.C:
		return history.Payload{}, t.judge(ctx, context.Cause(ctx))
	}
}

// judge replaces the error that a function made of its context's end by the one that says which limit passed.
func (t *attempt) judge(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == context.DeadlineExceeded && errors.Is(err, context.DeadlineExceeded) {
		if timeout := new(codec.TimeoutError); errors.As(context.Cause(ctx), &timeout) {
			return timeout // of the whole activity
		}
		return &codec.TimeoutError{Kind: codec.StartToClose, Activity: t.Activity, Limit: t.policy.StartToClose}
	}
	return err
}

type attemptKey struct{}

func fromContext(ctx context.Context) *attempt {
	t, _ := ctx.Value(attemptKey{}).(*attempt)
	return t
}

// ActivityInfo tells an activity or step about itself. Outside of one, in a plain unit test, it is zero.
func ActivityInfo(ctx context.Context) Info {
	if t := fromContext(ctx); t != nil {
		return t.Info
	}
	return Info{}
}

// Heartbeat says that the activity is alive, and keeps details for its next attempt. An activity with a heartbeat
// limit must call it at shorter intervals than that. Outside of an activity it does nothing.
func Heartbeat(ctx context.Context, details ...any) error {
	t := fromContext(ctx)
	if t == nil {
		return nil
	}
	payload, err := codec.Encode("", details)
	if err != nil {
		return err
	}
	select {
	case t.signal <- struct{}{}:
	default:
	}
	t.beat(payload)
	return nil
}

// LastHeartbeat fills details from the last heartbeat of an earlier attempt. It reports false if there was none.
func LastHeartbeat(ctx context.Context, details ...any) (bool, error) {
	t := fromContext(ctx)
	if t == nil || t.heartbeat.Encoding == "" {
		return false, nil
	}
	return true, codec.Decode(t.heartbeat, details...)
}

// retryable reports whether an error may be followed by another attempt, and after which pause.
func retryable(h *abi.Handler, policy abi.Policy, attempts int, err error) (time.Duration, bool) {
	if policy.Attempts > 0 && attempts >= policy.Attempts || codec.IsFinal(err) || h.Activity.Final != nil && h.Activity.Final(err) {
		return 0, false
	}
	return backoff.Policy{Min: policy.BackoffMin, Max: policy.BackoffMax, Factor: policy.BackoffFactor}.Pause(attempts), true
}
