// Workflows that cannot go on.

package handwritten

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"

	"github.com/pawlhq/pawl/pawltest"
)

// Stuck returns tests of workflows that cannot go on, by what is wrong. Each waits for the result.
func Stuck() map[string]func(*pawltest.Env) {
	echo, call := activity(abi.Activity{Name: "byhand.Echo"}, func(_ context.Context, in string) (string, error) { return in, nil })
	step, callStep := activity(abi.Activity{Name: "byhand.Step", Step: true}, func(context.Context, string) (string, error) { return "", errors.New("no paper") })
	fails, callFails := activity(abi.Activity{Name: "byhand.Fails"}, func(context.Context, string) (string, error) { return "", errors.New("no ink") })
	flow := func(run func(r *abi.Run, ctx context.Context, in string) (string, error)) *abi.Workflow {
		return workflow("byhand.Stuck", run)
	}
	calls := flow(func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
	stale := registration(calls, echo)
	stale.Sources = []abi.Source{{File: "shop/shop.go", Text: "package shop\n", Sums: map[string]string{"Checkout": "0"}}}
	return map[string]func(*pawltest.Env){
		"panics": await(flow(func(r *abi.Run, ctx context.Context, in string) (string, error) {
			call(r, ctx, in)
			panic("out of paper")
		}), echo),
		"deadlocks": await(flow(func(r *abi.Run, ctx context.Context, in string) (string, error) {
			call(r, ctx, in)
			return abi.Recv(r, make(chan string)), nil
		}), echo),
		"blocks":                 await(flow(func(*abi.Run, context.Context, string) (string, error) { return <-make(chan string), nil })),
		"calls what is missing":  await(calls),
		"fails without end":      await(flow(func(r *abi.Run, ctx context.Context, in string) (string, error) { return callFails(r, ctx, in) }), fails),
		"step fails without end": await(flow(func(r *abi.Run, ctx context.Context, in string) (string, error) { return callStep(r, ctx, in) }), step),
		"has no worker":          func(e *pawltest.Env) { wait(e, start(e, calls, "order-1", "")) },
		"has stale code": func(e *pawltest.Env) {
			e.Work(stale)
			wait(e, start(e, calls, "order-1", ""))
		},
		"loses its worker": func(e *pawltest.Env) {
			run, worker := StartSleep(e, 48*time.Hour)
			awaitRecord(e, run)
			worker.Stop()
			wait(e, run)
		},
	}
}

// await returns a test that waits for the result of a workflow.
func await(wf *abi.Workflow, activities ...abi.Handler) func(*pawltest.Env) {
	return func(e *pawltest.Env) {
		e.Work(registration(wf, activities...))
		wait(e, start(e, wf, "order-1", ""))
	}
}

func wait(e *pawltest.Env, run *pawl.Run) {
	if err := run.Wait(e.Context()); err != nil {
		e.Error(err)
	}
}

// Redeployed parks a run, and replaces its worker by one with code that works.
func Redeployed(e *pawltest.Env) {
	broken := true
	wf := workflow("byhand.Redeployed", func(*abi.Run, context.Context, string) (string, error) {
		if broken {
			panic("out of paper")
		}
		return "done", nil
	})
	worker := e.Work(registration(wf))
	run := start(e, wf, "order-1", "")
	for d, err := run.Describe(e.Context()); err != nil || d.Status != pawl.StatusParked; d, err = run.Describe(e.Context()) {
		time.Sleep(time.Second)
	}
	worker.Stop()
	broken = false
	worker.Start()
	wait(e, run)
}
