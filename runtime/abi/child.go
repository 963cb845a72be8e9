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
	how := callOptionsOf(ctx)
	if err := how.check(); err != nil {
		return fmt.Errorf("child workflow %s not started: %w", w.Name, err)
	}
	done := run.x.Await(ctx, func(op history.Op) history.Body {
		return &history.ChildScheduled{
			Op: op, Type: w.Name, Queue: cmp.Or(how.queue, w.Queue), ID: cmp.Or(how.childID, childID(run.x, op.ID())), RunID: childRunID(run.x, op.ID()),
			Input: input, Close: how.close, Named: how.childID != "",
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
