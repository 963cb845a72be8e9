// This file runs a workflow: its execution, and the calls of activities and steps.

package abi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// Run is one execution of a workflow as its lowered code sees it: the hidden first parameter. One coroutine of a run
// executes at a time, so closures may hold it freely.
type Run struct {
	x        *replay.Execution
	workflow *Workflow
	errors   *failures.Errors
	tags     map[any]string   // receivers made by Receiver that have a tag
	next     *history.Payload // input of the next generation, if the run continues as new
}

// NewExecution returns a run of w that has not started.
func NewExecution(w *Workflow, known *failures.Errors, id, runID string) *replay.Execution {
	return replay.New(id, runID, func(x *replay.Execution, ctx context.Context) (history.Body, error) {
		run := &Run{x: x, workflow: w, errors: known}
		out, err := w.Run(ctx, run, Values{x.Started.Input, run, !x.Silent()})
		return run.close(out, err), nil
	})
}

// close returns the event that closes the run, from what the workflow returned. A result that does not encode fails the run.
// An error about a context of the workflow's own does not make the run a cancelled one. Before version 3 of the rules, it did.
func (r *Run) close(out []any, err error) history.Body {
	if r.next != nil {
		return r.x.Continue(*r.next)
	}
	if err == nil {
		result, err := payloads.Encode(r.workflow.Codec, out)
		if err == nil {
			return &history.RunCompleted{Result: result}
		}
		return &history.RunFailed{Failure: *r.errors.Encode(fmt.Errorf("result of workflow %s: %w", r.workflow.Name, err))}
	}
	result, failure := payloads.EncodeBeside(r.workflow.Codec, out), *r.errors.Encode(err)
	if failures.Is(err, context.Canceled) && (r.x.Cancelled() || r.x.Started.SchedulerVersion < 3) {
		return &history.RunCancelled{Result: result, Failure: failure}
	}
	return &history.RunFailed{Result: result, Failure: failure}
}

// Call schedules an activity or runs a step, waits for its outcome and decodes the results into out. In a context that is
// has ended already it schedules nothing and returns an error that names the activity and is the context's to errors.Is.
func Call(ctx context.Context, run *Run, a *Activity, in []any, out ...any) error {
	return run.call(ctx, a, "", in, out)
}

// CallOn is Call for a method. The tag of the receiver distinguishes it from others of its type.
func CallOn(ctx context.Context, run *Run, recv any, a *Activity, in []any, out ...any) error {
	return run.call(ctx, a, run.tag(recv), in, out)
}

func (r *Run) call(ctx context.Context, a *Activity, tag string, in, out []any) error {
	if err := r.ended(ctx, a.subject(), a.Name); err != nil {
		return err
	}
	input, err := payloads.Encode(a.Codec, in)
	if err != nil {
		return fmt.Errorf("input of activity %s: %w", a.Name, err)
	}
	how := callOptionsOf(ctx)
	if err := how.check(); err != nil {
		return fmt.Errorf("%s %s not started: %w", a.subject(), a.Name, err)
	}
	done := r.x.Await(ctx, func(op history.Op) history.Body {
		if a.Step {
			return &history.StepScheduled{Op: op, Name: a.Name, Tag: tag, Input: input, Policy: a.Policy}
		}
		return &history.ActivityScheduled{Op: op, Name: a.Name, Tag: tag, Queue: cmp.Or(how.queue, a.Queue), Input: input, Policy: a.Policy}
	})
	err = r.outcome(a, done, out)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.Is(err, context.Canceled) {
		return ctx.Err() // the worker only knew that the activity was cancelled, not why
	}
	return err
}

func (r *Run) outcome(a *Activity, done history.Body, out []any) error {
	o := done.Details().Outcome
	if o.Failure != nil {
		payloads.DecodeBeside(o.Result, out...)
		return r.errors.Decode(o.Failure)
	}
	if err := payloads.Decode(o.Result, out...); err != nil {
		r.x.Fail(fmt.Errorf("result of activity %s: %w; deploy code that can decode it, or terminate the run", a.Name, err))
	}
	return nil
}

// Tagged is a receiver that knows its tag: a generated stand-in for an annotated interface.
type Tagged interface{ PawlTag() string }

func (r *Run) tag(recv any) string {
	if t, ok := recv.(Tagged); ok {
		return t.PawlTag()
	}
	if len(r.tags) == 0 || reflect.TypeOf(recv).Kind() != reflect.Pointer {
		return ""
	}
	return r.tags[recv]
}

// Receiver returns the stand-in for an activity receiver of type T in a workflow's receiver. It is empty: the fields that its
// methods need exist only in the workers that run them.
func Receiver[T any](run *Run, tag string) *T {
	// Pointers to values of size zero may be equal; an additional byte makes them different.
	p := &new(struct {
		value T
		_     byte
	}).value
	if tag != "" {
		if run.tags == nil {
			run.tags = map[any]string{}
		}
		run.tags[p] = tag
	}
	return p
}

// Config fills dst with the recorded value of a config field. A field that the record lacks keeps its zero value.
func Config(run *Run, field string, dst any) error {
	for _, s := range run.x.Started.Config {
		if s.Name == field {
			return Values{Payload: s.Value, run: run}.Decode(dst)
		}
	}
	return nil
}

// RunInfo describes a run to its workflow's code.
type RunInfo struct {
	ID      string
	RunID   string
	Type    string
	Started time.Time
}

// Info returns the description of the run whose workflow was given ctx, or a context derived from it; zero elsewhere.
func Info(ctx context.Context) RunInfo {
	x := replay.FromContext(ctx)
	if x == nil {
		return RunInfo{}
	}
	return RunInfo{x.ID, x.RunID, x.Started.Type, x.StartTime()}
}
