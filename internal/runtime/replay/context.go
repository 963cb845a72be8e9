// This file is package context in a run. The tree is like Go's, with two differences: a context that is cancelled cancels
// its children in the order in which they were created, and deadlines are timers of the run. Done is a native channel that
// is really closed, so code that was not lowered sees the end of a context as well.

package replay

import (
	"container/list"
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// contexts makes the contexts of a run.
type contexts struct {
	*state
	timers *timers
	owner  any // the run, as FromContext finds it
}

// Context is a context that can be cancelled.
type Context struct {
	context.Context // its parent
	of              *contexts
	done            chan struct{}
	err, cause      error
	children        list.List // of child
	leave           func()    // its parent's list
	deadline        time.Time
	timer           *timer // of its deadline; nil if it has none
}

type (
	ownerKey   struct{}
	contextKey struct{}
)

// root returns the context that a workflow is given.
func (cs *contexts) root() *Context {
	return &Context{Context: context.Background(), of: cs, done: make(chan struct{}), leave: func() {}}
}

// Done is closed when the context ends.
func (c *Context) Done() <-chan struct{} { return c.done }

// Err is why the context has ended; nil while it has not.
func (c *Context) Err() error {
	if c.err == nil {
		c.of.sched.Count(lookSteps) // a loop may end when the context does
	}
	return c.err
}

// Deadline is when the context ends by itself.
func (c *Context) Deadline() (time.Time, bool) {
	if !c.deadline.IsZero() {
		return c.deadline, true
	}
	return c.Context.Deadline()
}

// Value looks for a value in the context and its parents.
func (c *Context) Value(key any) any {
	switch key {
	case contextKey{}:
		return c
	case ownerKey{}:
		return c.of.owner
	}
	return c.Context.Value(key)
}

// String is what Go prints for such a context. It contains no address, so a workflow may print it.
func (c *Context) String() string {
	if c.deadline.IsZero() {
		return nameOf(c.Context) + ".WithCancel"
	}
	return fmt.Sprintf("%s.WithDeadline(%s [%s])", nameOf(c.Context), c.deadline, c.deadline.Sub(c.of.now))
}

// nameOf is the name of a context in the name of one that was derived from it.
func nameOf(ctx context.Context) string {
	if s, ok := ctx.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", ctx)
}

// WithCancel returns a context that ends with its parent, or when Cancel is called.
func (cs *contexts) WithCancel(parent context.Context) *Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	c := &Context{Context: parent, of: cs, done: make(chan struct{}), leave: func() {}}
	if leave := cs.under(parent, c); c.err == nil {
		c.leave = leave
	}
	return c
}

// WithDeadline returns a context that also ends at a time, with cause if that is not nil.
func (cs *contexts) WithDeadline(parent context.Context, at time.Time, cause error) *Context {
	if parent == nil {
		panic("cannot create context from nil parent")
	}
	if before, ok := parent.Deadline(); ok && before.Before(at) {
		return cs.WithCancel(parent)
	}
	c := cs.WithCancel(parent)
	c.deadline = at
	expire := func() { c.Cancel(context.DeadlineExceeded, cause) }
	switch d := at.Sub(cs.now); {
	case c.err != nil:
	case d <= 0:
		expire()
	default:
		c.timer = cs.timers.startFunc(nameDeadline, d, expire)
	}
	return c
}

// Cancel ends the context and all contexts derived from it. A nil cause means err.
func (c *Context) Cancel(err, cause error) {
	if c.err == nil {
		c.parentDone(err, cause)
		c.leave()
	}
}

func (c *Context) parentDone(err, cause error) {
	if err == nil { // Err of a parent that the author implements, which is done
		panic("context: internal error: missing cancel error")
	}
	if c.err != nil {
		return
	}
	if cause == nil {
		cause = err
	}
	c.err, c.cause = err, cause
	c.timer.stop()
	sched.Close(c.of.sched, c.done)
	for e := c.children.Front(); e != nil; e = c.children.Front() {
		c.children.Remove(e)
		e.Value.(child).parentDone(err, cause)
	}
}

// under tells ch when parent ends, now if it has ended already. leave undoes that.
func (cs *contexts) under(parent context.Context, ch child) (leave func()) {
	done := parent.Done()
	if done == nil {
		return func() {}
	}
	c, ok := parent.Value(contextKey{}).(*Context)
	if !ok || c.done != done {
		return cs.underOther(parent, ch)
	}
	if c.err != nil {
		if cs.version < othersSince {
			ch.parentDone(c.err, c.cause)
		} else {
			ch.parentDone(parent.Err(), Cause(parent)) // which the author may have changed
		}
		return func() {}
	}
	e := c.children.PushBack(ch)
	return func() { c.children.Remove(e) }
}

// afterFuncer is a context that package context asks to call a function when it ends.
type afterFuncer interface {
	AfterFunc(func()) (stop func() bool)
}

// othersSince is the version of the scheduler's rules since which contexts of the author are looked at and asked before
// they are followed.
const othersSince = 3

// underOther is under for a context that the author implements.
func (cs *contexts) underOther(parent context.Context, ch child) (leave func()) {
	switch a, ok := parent.(afterFuncer); {
	case cs.sched.Current() == nil || cs.sched.Killed():
		return func() {}
	case cs.version < othersSince:
	case sched.TryRecv(cs.sched, parent.Done()):
		ch.parentDone(parent.Err(), Cause(parent))
		return func() {}
	case ok:
		stop := a.AfterFunc(func() { ch.parentDone(parent.Err(), Cause(parent)) })
		return cs.inTurn(func() { stop() })
	}
	return cs.follow(parent, ch)
}

// inTurn returns a function that calls fn, which is the author's code: in a coroutine of its own if none has the turn.
func (cs *contexts) inTurn(fn func()) func() {
	c := cs.sched.Reserve(sched.Callers())
	return func() {
		if cs.sched.Current() == nil {
			cs.sched.Start(c, fn)
		} else {
			fn()
		}
	}
}

// follow starts a coroutine that waits for the end of a context that the author implements.
func (cs *contexts) follow(parent context.Context, ch child) (leave func()) {
	stop := make(chan struct{})
	cs.sched.Spawn(func() {
		if sched.Select(cs.sched, sched.OnRecv(parent.Done()), sched.OnRecv(stop)) == 0 {
			ch.parentDone(parent.Err(), Cause(parent))
		}
	})
	return func() {
		if stop != nil {
			sched.Close(cs.sched, stop)
			stop = nil
		}
	}
}

// Cause is why a context has ended: the cause that it was cancelled with, or its error.
func Cause(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		return nil
	}
	if c, ok := ctx.Value(contextKey{}).(*Context); ok && c.cause != nil {
		return c.cause
	}
	return err // of a context that the author implements
}

// detached is a context that only has the values of another.
type detached struct{ context.Context }

// WithoutCancel returns a context that does not end with its parent.
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
	s    *sched.Scheduler
	c    *sched.Coroutine
	fn   func()
	over bool // it has been started or stopped
}

func (a *after) parentDone(error, error) {
	if !a.over {
		a.over = true
		a.s.Start(a.c, a.fn)
	}
}

// AfterDone runs fn in a coroutine of its own when ctx ends. stop prevents that, and reports whether it was in time.
func (cs *contexts) AfterDone(ctx context.Context, fn func()) (stop func() bool) {
	a := &after{s: cs.sched, c: cs.sched.Reserve(sched.Callers()), fn: fn}
	leave := cs.under(ctx, a)
	return func() bool {
		if a.over {
			return false
		}
		a.over = true
		leave()
		return true
	}
}

// awaited reports whether anything waits for the end of the context or of one derived from it.
func (c *Context) awaited() bool {
	if c.err != nil {
		return false
	}
	if c.of.sched.HasReceiver(sched.Key(c.done)) {
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
