// This file replaces package context in lowered code.

package abi

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// WithCancel is context.WithCancel.
func WithCancel(run *Run, parent context.Context) (context.Context, context.CancelFunc) {
	c := run.x.WithCancel(parent)
	return c, cancel(c)
}

// WithCancelCause is context.WithCancelCause.
func WithCancelCause(run *Run, parent context.Context) (context.Context, context.CancelCauseFunc) {
	c := run.x.WithCancel(parent)
	return c, func(cause error) { c.Cancel(context.Canceled, cause) }
}

// WithTimeout is context.WithTimeout.
func WithTimeout(run *Run, parent context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(run, parent, Now(run).Add(d), nil)
}

// WithTimeoutCause is context.WithTimeoutCause.
func WithTimeoutCause(run *Run, parent context.Context, d time.Duration, cause error) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(run, parent, Now(run).Add(d), cause)
}

// WithDeadline is context.WithDeadline.
func WithDeadline(run *Run, parent context.Context, at time.Time) (context.Context, context.CancelFunc) {
	return WithDeadlineCause(run, parent, at, nil)
}

// WithDeadlineCause is context.WithDeadlineCause.
func WithDeadlineCause(run *Run, parent context.Context, at time.Time, cause error) (context.Context, context.CancelFunc) {
	c := run.x.WithDeadline(parent, at, cause)
	return c, cancel(c)
}

func cancel(c *replay.Context) context.CancelFunc { return func() { c.Cancel(context.Canceled, nil) } }

// WithoutCancel is context.WithoutCancel.
func WithoutCancel(_ *Run, parent context.Context) context.Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	return replay.WithoutCancel(parent)
}

// ContextAfterFunc is context.AfterFunc.
func ContextAfterFunc(run *Run, ctx context.Context, fn func()) (stop func() bool) {
	return run.x.AfterDone(ctx, fn)
}

// Cause is context.Cause.
func Cause(_ *Run, ctx context.Context) error { return replay.Cause(ctx) }
