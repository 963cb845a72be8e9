// Workflows with a mistake that crash tests must detect.

package handwritten

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/runtime/abi"

	"github.com/pawlhq/pawl/pawltest"
)

// ChargesTwice has an activity that is not idempotent: its service counts every attempt.
func ChargesTwice(e *pawltest.Env) {
	var charged atomic.Int64
	charge, call := activity(abi.Activity{Name: "byhand.Charge"}, func(context.Context, string) (int64, error) {
		return charged.Add(1), nil
	})
	wf := workflow("byhand.Twice", func(r *abi.Run, ctx context.Context, in string) (int64, error) { return call(r, ctx, in) })
	e.Effects(func() any { return charged.Load() })
	e.Work(registration(wf, charge))
	if err := start(e, wf, "order-1", "").Wait(e.Context()); err != nil {
		e.Error(err)
	}
}

// OrderWithoutSleep returns the order workflow of Cases without its second sleep.
func OrderWithoutSleep() abi.Registration {
	echo := func(ctx context.Context, in string) (string, error) { return in, nil }
	_, charge := activity(abi.Activity{Name: "byhand.Charge"}, echo)
	_, label := activity(abi.Activity{Name: "byhand.Label", Step: true}, echo)
	return registration(workflow("byhand.Order", func(r *abi.Run, ctx context.Context, item string) (string, error) {
		paid, err := charge(r, ctx, item)
		if err != nil {
			return "", err
		}
		abi.Sleep(r, 200*time.Millisecond)
		return label(r, ctx, paid)
	}))
}

// NotDeterministic passes a different input to an activity in each execution.
func NotDeterministic(e *pawltest.Env, chance int) {
	echo, call := activity(abi.Activity{Name: "byhand.Echo"}, func(_ context.Context, in string) (string, error) { return in, nil })
	var executions atomic.Int64
	wf := workflow("byhand.Wavers", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		return call(r, ctx, fmt.Sprint(chance, executions.Add(1)))
	})
	e.Work(registration(wf, echo))
	if err := start(e, wf, "order-1", "").Wait(e.Context()); err != nil {
		e.Error(err)
	}
}
