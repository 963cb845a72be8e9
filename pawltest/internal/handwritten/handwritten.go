// Package handwritten has workflows for tests of the engine without the compiler. They are written as the compiler would
// generate them. Their names begin with byhand, which is part of the histories in testdata.
package handwritten

import (
	"context"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/runtime/abi"
)

// stub is the function with which workflow code calls an activity or step.
type stub[In, Out any] func(r *abi.Run, ctx context.Context, in In) (Out, error)

// activity returns the handler and the stub of an activity or step.
func activity[In, Out any](a abi.Activity, run func(ctx context.Context, in In) (Out, error)) (abi.Handler, stub[In, Out]) {
	a.Queue = "activities"
	if a.Policy.StartToClose == 0 {
		a.Policy.StartToClose = time.Minute
	}
	a.Policy.BackoffMin, a.Policy.BackoffMax, a.Policy.BackoffFactor = time.Second, time.Minute, 2
	h := abi.Handler{Activity: &a, Run: func(ctx context.Context, values abi.Values) ([]any, error) {
		var in In
		if err := values.Decode(&in); err != nil {
			return nil, err
		}
		out, err := run(ctx, in)
		return []any{out}, err
	}}
	return h, func(r *abi.Run, ctx context.Context, in In) (out Out, err error) {
		err = abi.Call(ctx, r, &a, []any{in}, &out)
		return
	}
}

// workflow returns a workflow with the given lowered function.
func workflow[In, Out any](name string, run func(r *abi.Run, ctx context.Context, in In) (Out, error)) *abi.Workflow {
	return &abi.Workflow{Name: name, Queue: "workflows", Errors: errs, Run: func(ctx context.Context, r *abi.Run, values abi.Values) ([]any, error) {
		var in In
		if err := values.Decode(&in); err != nil {
			return nil, err
		}
		out, err := run(r, ctx, in)
		return []any{out}, err
	}}
}

// registration registers one workflow.
func registration(wf *abi.Workflow, activities ...abi.Handler) abi.Registration {
	return abi.Registration{Package: "byhand", Errors: errs, Workflows: []*abi.Workflow{wf}, Activities: activities}
}

// start starts a workflow. If that fails, the test fails.
func start(e *pawltest.Env, wf *abi.Workflow, id string, in any, opts ...pawl.StartOption) *pawl.Run {
	e.Helper()
	run, err := e.Client.Start(e.Context(), wf, id, []any{in}, opts...)
	if err != nil {
		e.Fatal(err)
	}
	return run
}
