// This file is the options of calls, which travel in the context.

package abi

import (
	"context"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// CallOption changes the calls of activities and children under a context.
type CallOption func(*callOptions)

// callOptions are what a context says about calls. The zero value changes nothing.
type callOptions struct {
	queue   string
	childID string
	close   history.ClosePolicy
}

// With returns a context with options. An option of ctx stays in effect unless it is set again. In a plain call, options have no effect.
func With(ctx context.Context, opts ...CallOption) context.Context {
	if ctx == nil {
		panic("cannot create context from nil parent")
	}
	o := callOptionsOf(ctx)
	for _, set := range opts {
		if set != nil {
			set(&o)
		}
	}
	return optionsContext{ctx, o}
}

// OnQueue sets the task queue of activities and children.
func OnQueue(name string) CallOption { return func(o *callOptions) { o.queue = name } }

// ChildID sets the workflow id of a child.
func ChildID(id string) CallOption { return func(o *callOptions) { o.childID = id } }

// OnClose sets what happens to a child that is open when its parent closes.
func OnClose(p history.ClosePolicy) CallOption { return func(o *callOptions) { o.close = p } }

// Detached returns a context that does not end with its parent, and in which children are abandoned when their parent closes.
func Detached(ctx context.Context) context.Context {
	return With(replay.WithoutCancel(With(ctx)), OnClose(history.CloseAbandon))
}

type callOptionsKey struct{}

func callOptionsOf(ctx context.Context) callOptions {
	o, _ := ctx.Value(callOptionsKey{}).(callOptions)
	return o
}

// optionsContext is a context with options.
type optionsContext struct {
	context.Context
	options callOptions
}

// Value implements context.Context.
func (c optionsContext) Value(key any) any {
	if key == (callOptionsKey{}) {
		return c.options
	}
	return c.Context.Value(key)
}

// String is what Go prints for such a context. It contains no address, so a workflow may print it.
func (c optionsContext) String() string { return fmt.Sprint(c.Context) }

// Limits of names, in bytes: of a workflow id, and of a task queue as it is written in subjects, where a byte may take three.
const (
	maxID    = 255
	maxQueue = 240
)

// check reports values that no store accepts, and policies that do not exist.
func (o callOptions) check() error {
	if o.close < history.CloseCancel || o.close > history.CloseAbandon {
		return fmt.Errorf("its close policy is %d: use pawl.CloseCancel, pawl.CloseTerminate or pawl.CloseAbandon", o.close)
	}
	if len(o.childID) > maxID {
		return fmt.Errorf("its workflow id has %d bytes: use at most %d", len(o.childID), maxID)
	}
	if 3*len(o.queue) > maxQueue {
		return fmt.Errorf("its task queue %.40q… is too long: use at most %d bytes", o.queue, maxQueue/3)
	}
	return nil
}
