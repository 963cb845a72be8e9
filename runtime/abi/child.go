// This file calls workflows as children.

package abi

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// Child starts a run of a workflow as a child, waits for its end and decodes its results into out. In a context that has ended
// it starts nothing and returns an error that wraps the context's. channels are the arguments for channels of the workflow,
// which must be nil.
func Child(ctx context.Context, run *Run, w *Workflow, in, channels []any, out ...any) error {
	for _, ch := range channels {
		if !reflect.ValueOf(ch).IsNil() {
			return fmt.Errorf("child workflow %s was not started: it is passed a %T, and a child has channels of its own: pass nil, and send to the child with its generated functions", w.Name, ch)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("child workflow %s not started, because its context has ended: %w", w.Name, err)
	}
	input, err := payloads.Encode(w.Codec, in)
	if err != nil {
		return fmt.Errorf("input of child workflow %s: %w", w.Name, err)
	}
	how := childOptionsOf(ctx)
	if err := how.check(); err != nil {
		return fmt.Errorf("child workflow %s not started: %w", w.Name, err)
	}
	done := run.x.Await(ctx, func(op history.Op) history.Body {
		return &history.ChildScheduled{
			Op: op, Type: w.Name, Queue: cmp.Or(how.queue, w.Queue), ID: cmp.Or(how.id, childID(run.x, op.ID())), RunID: childRunID(run.x, op.ID()),
			Input: input, Close: how.close, Named: how.id != "",
		}
	})
	err = run.childOutcome(w, done, out)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, context.Canceled) {
		return ctx.Err() // the child only knew that it was cancelled, not why
	}
	return err
}

func (r *Run) childOutcome(w *Workflow, done history.Body, out []any) error {
	o := done.Details().Outcome
	if o.Failure != nil {
		payloads.DecodeBeside(o.Result, out...)
		return r.errors.Decode(o.Failure)
	}
	if err := payloads.Decode(o.Result, out...); err != nil {
		r.x.Fail(fmt.Errorf("result of child workflow %s: %w; deploy code that can decode it, or terminate the run", w.Name, err))
	}
	return nil
}

// GoChild is the go statement that calls a workflow. The goroutine has its turn immediately: when the statement completes, the
// child is scheduled, even if the workflow returns next.
func GoChild(run *Run, fn func()) { run.x.Scheduler().SpawnNow(fn) }

// childOptions are what the context of a call says about children.
type childOptions struct {
	id    string
	queue string
	close history.ClosePolicy
}

// Limits of names, in bytes: of a workflow id, and of a task queue as it is written in subjects, where a byte may take three.
const (
	maxID    = 255
	maxQueue = 240
)

// check reports names that no store accepts.
func (o childOptions) check() error {
	if len(o.id) > maxID {
		return fmt.Errorf("its workflow id has %d bytes: use at most %d", len(o.id), maxID)
	}
	if 3*len(o.queue) > maxQueue {
		return fmt.Errorf("its task queue %.40q… is too long: use at most %d bytes", o.queue, maxQueue/3)
	}
	return nil
}

type childOptionsKey struct{}

func childOptionsOf(ctx context.Context) childOptions {
	o, _ := ctx.Value(childOptionsKey{}).(childOptions)
	return o
}

// withChildOptions returns a context in which the options of children are changed.
func withChildOptions(ctx context.Context, change func(*childOptions)) context.Context {
	o := childOptionsOf(ctx)
	change(&o)
	return optionsContext{ctx, o}
}

// optionsContext is a context with options of children.
type optionsContext struct {
	context.Context
	options childOptions
}

// Value implements context.Context.
func (c optionsContext) Value(key any) any {
	if key == (childOptionsKey{}) {
		return c.options
	}
	return c.Context.Value(key)
}

// String is what Go prints for such a context. It contains no address, so a workflow may print it.
func (c optionsContext) String() string { return fmt.Sprint(c.Context) }

// WithClosePolicy returns a context whose children have a close policy.
func WithClosePolicy(ctx context.Context, p history.ClosePolicy) context.Context {
	return withChildOptions(ctx, func(o *childOptions) { o.close = p })
}

// WithChildID returns a context whose children have an id.
func WithChildID(ctx context.Context, id string) context.Context {
	return withChildOptions(ctx, func(o *childOptions) { o.id = id })
}

// WithChildQueue returns a context whose children run on a task queue.
func WithChildQueue(ctx context.Context, queue string) context.Context {
	return withChildOptions(ctx, func(o *childOptions) { o.queue = queue })
}

// Detached returns a context that does not end with its parent, and in which children are abandoned when their parent closes.
func Detached(ctx context.Context) context.Context {
	if ctx == nil {
		panic("cannot create context from nil parent")
	}
	return WithClosePolicy(replay.WithoutCancel(ctx), history.CloseAbandon)
}

// childIDMax is the length, in bytes, of the longest id that spells the operation. Children of children have long ids.
const childIDMax = 180

// childID is the default id of a child: that of its parent, the parent's run, and the operation. So it is never used again.
func childID(x *replay.Execution, op history.OpID) string {
	id := x.ID + "/" + x.RunID + "/" + op.String()
	if len(id) <= childIDMax {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return strings.ToValidUTF8(x.ID[:min(len(x.ID), 80)], "") + "~" + hex.EncodeToString(sum[:16])
}

// childRunID is the run id of a child. A start that is made again has the same.
func childRunID(x *replay.Execution, op history.OpID) string {
	sum := sha256.Sum256([]byte("child\x00" + x.RunID + "\x00" + op.String()))
	return hex.EncodeToString(sum[:16])
}
