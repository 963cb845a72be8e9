package replay

import (
	"container/list"
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// This file is package context in a run. The tree is like Go's, with two differences: a context that is cancelled cancels
// its children in the order in which they were made, and the deadlines are timers of the run. Done is a native channel
// that is really closed, so code that was not lowered sees the end of a context as well.

// Context is one that can be cancelled.
type Context struct {
	context.Context // its parent
	x               *Execution
	done            chan struct{}
	err, cause      error
	children        list.List // of child
	leave           func()    // its parent's list
	deadline        time.Time
	timer           *Timer
}

// child is told of the end of the context that it stands under.
type child interface{ parentDone(err, cause error) }

type (
	executionKey struct{}
	contextKey   struct{}
)

// newRoot makes the context that a workflow is given.
func newRoot(x *Execution) *Context {
	return &Context{Context: context.Background(), x: x, done: make(chan struct{}), leave: func() {}}
}

// FromContext returns the run whose workflow was given ctx, or a context made from it; nil elsewhere.
func FromContext(ctx context.Context) *Execution {
	x, _ := ctx.Value(executionKey{}).(*Execution)
	return x
}

// Done is closed when the context ends.
func (c *Context) Done() <-chan struct{} { return c.done }

// Err is why the context has ended; nil as long as it has not.
func (c *Context) Err() error { return c.err }

// Deadline is when the context ends by itself.
func (c *Context) Deadline() (time.Time, bool) {
	if !c.deadline.IsZero() {
		return c.deadline, true
	}
	return c.Context.Deadline()
}

// Value looks for a value in the context and those it was made from.
func (c *Context) Value(key any) any {
	switch key {
	case contextKey{}:
		return c
	case executionKey{}:
		return c.x
	}
	return c.Context.Value(key)
}

// String is what Go prints for such a context. There is no address in it, so it may be printed in a workflow.
func (c *Context) String() string {
	if c.deadline.IsZero() {
		return nameOf(c.Context) + ".WithCancel"
	}
	return fmt.Sprintf("%s.WithDeadline(%s [%s])", nameOf(c.Context), c.deadline, c.deadline.Sub(c.x.now))
}

// nameOf is what a context is called where one that was made from it is printed.
func nameOf(ctx context.Context) string {
	if s, ok := ctx.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", ctx)
}

// WithCancel makes a context that ends with its parent, or when Cancel is called.
func (x *Execution) WithCancel(parent context.Context) *Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	c := &Context{Context: parent, x: x, done: make(chan struct{}), leave: func() {}}
	c.leave = x.under(parent, c)
	return c
}

// WithDeadline makes a context that also ends at a time, with cause if that is not nil.
func (x *Execution) WithDeadline(parent context.Context, at time.Time, cause error) *Context {
	c := x.WithCancel(parent)
	if before, ok := parent.Deadline(); ok && before.Before(at) {
		return c
	}
	c.deadline = at
	expire := func() { c.Cancel(context.DeadlineExceeded, cause) }
	switch d := at.Sub(x.now); {
	case c.err != nil:
	case d <= 0:
		expire()
	default:
		c.timer = x.StartFunc(NameDeadline, d, expire)
	}
	return c
}

// Cancel ends the context and all that stands under it. Cause nil means err.
func (c *Context) Cancel(err, cause error) {
	if c.err != nil {
		return
	}
	if cause == nil {
		cause = err
	}
	c.err, c.cause = err, cause
	c.timer.Stop()
	sched.Close(c.x.sched, c.done)
	for e := c.children.Front(); e != nil; e = c.children.Front() {
		c.children.Remove(e)
		e.Value.(child).parentDone(err, cause)
	}
	c.leave()
}

func (c *Context) parentDone(err, cause error) { c.Cancel(err, cause) }

// under has ch told of the end of parent, now if it has ended. The function that it returns takes that back.
func (x *Execution) under(parent context.Context, ch child) (leave func()) {
	done := parent.Done()
	if done == nil {
		return func() {}
	}
	c, ok := parent.Value(contextKey{}).(*Context)
	if !ok || c.done != done {
		return x.follow(parent, ch)
	}
	if c.err != nil {
		ch.parentDone(c.err, c.cause)
		return func() {}
	}
	e := c.children.PushBack(ch)
	return func() { c.children.Remove(e) }
}

// follow has a coroutine wait for a context that the author has implemented.
func (x *Execution) follow(parent context.Context, ch child) (leave func()) {
	if x.sched.Current() == nil {
		return func() {}
	}
	stop := make(chan struct{})
	x.sched.Spawn(func() {
		if sched.Select(x.sched, sched.OnRecv(parent.Done()), sched.OnRecv(stop)) == 0 {
			ch.parentDone(parent.Err(), Cause(parent))
		}
	})
	return func() {
		if stop != nil {
			sched.Close(x.sched, stop)
			stop = nil
		}
	}
}

// Cause is why a context has ended: what it was cancelled with, or its error.
func Cause(ctx context.Context) error {
	if c, ok := ctx.Value(contextKey{}).(*Context); ok {
		return c.cause
	}
	return ctx.Err()
}

// detached is a context that keeps the values of another, and nothing else.
type detached struct{ context.Context }

// WithoutCancel makes a context that does not end with its parent.
func WithoutCancel(parent context.Context) context.Context { return detached{parent} }

func (detached) Deadline() (time.Time, bool) { return time.Time{}, false }
func (detached) Done() <-chan struct{}       { return nil }
func (detached) Err() error                  { return nil }
func (d detached) String() string            { return nameOf(d.Context) + ".WithoutCancel" }
func (d detached) Value(key any) any {
	if key == (contextKey{}) {
		return nil
	}
	return d.Context.Value(key)
}

// after is a function that runs in a coroutine of its own when a context ends.
type after struct {
	x   *Execution
	c   *sched.Coroutine
	fn  func()
	ran bool
}

func (a *after) parentDone(error, error) {
	a.ran = true
	a.x.sched.Start(a.c, a.fn)
}

// AfterDone runs fn in a coroutine of its own when ctx ends. stop takes that back, and reports whether it was in time.
func (x *Execution) AfterDone(ctx context.Context, fn func()) (stop func() bool) {
	a := &after{x: x, c: x.sched.Reserve(sched.Callers()), fn: fn}
	leave := x.under(ctx, a)
	stopped := false
	return func() bool {
		if a.ran || stopped {
			return false
		}
		stopped = true
		leave()
		return true
	}
}

// parentDone passes the end of its context on to whoever runs the operation.
func (op *operation) parentDone(error, error) {
	op.cancelled = true
	op.x.issue(newCommand(&history.ActivityCancelRequested{Op: op.id}, nil))
}

// awaited reports whether anything waits for the end of the context or of one under it.
func (c *Context) awaited() bool {
	if c.err != nil {
		return false
	}
	if c.x.sched.HasReceiver(sched.Key(c.done)) {
		return true
	}
	for e := c.children.Front(); e != nil; e = e.Next() {
		switch ch := e.Value.(type) {
		case *Context:
			if ch.awaited() {
				return true
			}
		case *after:
			return true
		}
	}
	return false
}
