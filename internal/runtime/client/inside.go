// This file is what stubs do that workflow code calls, with no client: each call is an operation of the run, which a worker performs.

package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// ErrNoClient says that a stub was called with a nil client outside of the workflow code of a run.
var ErrNoClient = errors.New("there is no client: nil is for workflow code that runs on the engine; elsewhere, pass the client that pawl.Connect returns")

// ErrOutside says that workflow code has called a method of a handle that only other code may call.
var ErrOutside = errors.New("workflow code cannot do that: call it with a client, in an activity or outside of workflows")

// ask schedules a request and waits for its outcome. The request may fail with the errors of the workflow w.
func ask(ctx context.Context, what string, w *abi.Workflow, build func(x *replay.Execution, op history.Op) *history.RequestScheduled) (*history.RequestCompleted, error) {
	x := replay.FromContext(ctx)
	if x == nil {
		return nil, fmt.Errorf("%s: %w", what, ErrNoClient)
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("%s: not done, because the context has ended: %w", what, err)
	}
	done, ok := x.Await(ctx, func(op history.Op) history.Body { return build(x, op) }).(*history.RequestCompleted)
	if !ok {
		return nil, fmt.Errorf("%s: an outcome of another kind", what)
	}
	var err error
	if done.Outcome.Failure != nil {
		err = failures.NewErrors(w.Errors...).Decode(done.Outcome.Failure)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, context.Canceled) {
		err = ctx.Err() // the worker only knew that the request was cancelled, not why
	}
	return done, err
}

// requestID returns the id of a request of a run. A request that is performed again after a crash has the same id.
func requestID(x *replay.Execution, op history.Op) string {
	return "request/" + x.RunID + "/" + op.ID().String()
}

// startInside is Start in workflow code.
func startInside(ctx context.Context, w *abi.Workflow, id string, in []any, opts []StartOption) (*Run, error) {
	what := fmt.Sprintf("start workflow %q", id)
	input, err := payloads.Encode(w.Codec, in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	req := history.StartRequest{Type: w.Name, Queue: w.Queue, ID: id, Input: input, Retention: DefaultRetention}
	for _, opt := range opts {
		if opt != nil {
			if err := opt(&req); err != nil {
				return nil, fmt.Errorf("%s: %w", what, err)
			}
		}
	}
	complete := func(x *replay.Execution, op history.Op) *history.StartRequest {
		start := req
		if start.ID == "" {
			start.ID = x.ID + "/" + x.RunID + "/" + op.ID().String()
		}
		if start.RequestID == "" {
			start.RequestID, start.RunID = requestID(x, op), uniqueRunID(start.ID, requestID(x, op))
		}
		return &start
	}
	if x := replay.FromContext(ctx); x != nil {
		if err := checkStart(complete(x, history.Op{})); err != nil {
			return nil, err
		}
	}
	done, err := ask(ctx, what, w, func(x *replay.Execution, op history.Op) *history.RequestScheduled {
		start := complete(x, op)
		req.ID = start.ID
		return &history.RequestScheduled{Op: op, ID: start.ID, Start: start}
	})
	if err != nil {
		return nil, err
	}
	return &Run{nil, w, req.ID, done.RunID}, nil
}

// sendInside sends a signal or an update in workflow code.
func (r *Run) sendInside(ctx context.Context, m *history.SignalRequest) (*history.RequestCompleted, error) {
	kind := "signal"
	if m.Update {
		kind = "update"
	}
	return ask(ctx, fmt.Sprintf("send %s %s to workflow %q", kind, m.Name, r.id), r.workflow, func(x *replay.Execution, op history.Op) *history.RequestScheduled {
		sent := *m
		if sent.ID == "" {
			sent.ID = requestID(x, op)
		}
		return &history.RequestScheduled{Op: op, ID: r.id, RunID: r.runID, Signal: &sent}
	})
}

// askInside is Ask in workflow code.
func (r *Run) askInside(ctx context.Context, name string, in, out any, opts []UpdateOption) error {
	if err := validate(in); err != nil {
		return err
	}
	m, err := newUpdate(r.workflow, name, in, opts)
	if err != nil {
		return fmt.Errorf("cannot send update %s to workflow %q: %w", name, r.id, err)
	}
	done, err := r.sendInside(ctx, m)
	if err != nil {
		return err
	}
	return payloads.Decode(done.Outcome.Result, out)
}

// stopInside is Cancel or Terminate in workflow code.
func (r *Run) stopInside(ctx context.Context, how history.RequestScheduled) error {
	what := "cancel"
	if how.Terminate != nil {
		what = "terminate"
	}
	_, err := ask(ctx, fmt.Sprintf("%s workflow %q", what, r.id), r.workflow, func(_ *replay.Execution, op history.Op) *history.RequestScheduled {
		req := how
		req.Op, req.ID, req.RunID = op, r.id, r.runID
		return &req
	})
	return err
}

// waitInside is Wait in workflow code.
func (r *Run) waitInside(ctx context.Context, out []any) error {
	done, err := ask(ctx, fmt.Sprintf("wait for workflow %q", r.id), r.workflow, func(_ *replay.Execution, op history.Op) *history.RequestScheduled {
		return &history.RequestScheduled{Op: op, ID: r.id, RunID: r.runID, Wait: true}
	})
	switch {
	case done == nil:
		return err
	case err != nil:
		payloads.DecodeBeside(done.Outcome.Result, out...)
		return err
	}
	return payloads.Decode(done.Outcome.Result, out...)
}
