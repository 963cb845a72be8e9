// Package load contains the workflows that the chaos program runs. The result of each workflow is a function of its input, and
// each activity and step reports every attempt, so that the outcome of any run can be checked.
package load

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Input is the input of every workflow.
type Input struct {
	Seed int
	N    int           // how many operations
	Work time.Duration // how long an attempt takes
	Wait time.Duration // how long timers run
}

// Attempt is reported by the attempts of activities and steps.
type Attempt struct {
	Key     string // the idempotency key: one for each operation of each run
	Name    string // the activity or step, without its package
	Limit   int    // how many attempts are allowed; 0 means any number
	Attempt int    // as the attempt itself sees it, from 1
	Effect  bool   // false when the attempt begins, true when it has had its effect
	Time    time.Time
}

// Report receives the attempts made in this process. The program sets it before it works.
var Report = func(Attempt) {}

func report(ctx context.Context, name string, limit int, effect bool) {
	info := pawl.ActivityInfo(ctx)
	Report(Attempt{Key: info.IdempotencyKey, Name: name, Limit: limit, Attempt: info.Attempt, Effect: effect, Time: time.Now()})
}

// perform is the body of an attempt: it takes a while, has its effect, and returns the next value.
func perform(ctx context.Context, name string, limit, value int, work time.Duration) (int, error) {
	report(ctx, name, limit, false)
	select {
	case <-time.After(work):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	report(ctx, name, limit, true)
	return next(value), nil
}

// next is the function that every operation computes.
func next(v int) int { return (v*31 + 7) % 1_000_003 }

// errNever is the error of an activity that always fails.
var errNever = errors.New("this activity always fails")

// Compute returns the value after value.
//
//pawl:activity timeout=20s backoff=100ms..2s
func Compute(ctx context.Context, value int, work time.Duration) (int, error) {
	return perform(ctx, "Compute", 0, value, work)
}

// Once may start once, and not again.
//
//pawl:activity timeout=20s attempts=1
func Once(ctx context.Context, value int, work time.Duration) (int, error) {
	return perform(ctx, "Once", 1, value, work)
}

// Fail fails in each of its three attempts.
//
//pawl:activity timeout=20s attempts=3 backoff=100ms..1s
func Fail(ctx context.Context, value int) error {
	report(ctx, "Fail", 3, false)
	return errNever
}

// Mark returns the value after value.
//
//pawl:step
func Mark(ctx context.Context, value int) (int, error) {
	return perform(ctx, "Mark", 0, value, 0)
}

// Chain calls N activities, one after the other.
//
//pawl:workflow
func Chain(ctx context.Context, in Input) (int, error) {
	value := in.Seed
	for range in.N {
		var err error
		if value, err = Compute(ctx, value, in.Work); err != nil {
			return 0, err
		}
	}
	return value, nil
}

// Generations calls N activities, one after the other, and continues as new after each.
//
//pawl:workflow
func Generations(ctx context.Context, in Input) (int, error) {
	if in.N == 0 {
		return in.Seed, nil
	}
	value, err := Compute(ctx, in.Seed, in.Work)
	if err != nil {
		return 0, err
	}
	in.Seed, in.N = value, in.N-1
	//pawl:continue
	return Generations(ctx, in)
}

// Steps takes N steps, with a short sleep after each.
//
//pawl:workflow
func Steps(ctx context.Context, in Input) (int, error) {
	value := in.Seed
	for range in.N {
		var err error
		if value, err = Mark(ctx, value); err != nil {
			return 0, err
		}
		before := time.Now()
		time.Sleep(in.Wait)
		if slept := time.Since(before); slept < in.Wait {
			return 0, fmt.Errorf("a sleep of %v ended after %v", in.Wait, slept)
		}
	}
	return value, nil
}

// FanOnce calls N activities concurrently that may start once. If one is lost with its worker, the workflow computes its value.
//
//pawl:workflow
func FanOnce(ctx context.Context, in Input) (int, error) {
	values := make(chan int, in.N)
	for i := range in.N {
		go func() {
			value, err := Once(ctx, in.Seed+i, in.Work)
			if err != nil {
				value = next(in.Seed + i)
			}
			values <- value
		}()
	}
	sum := 0
	for range in.N {
		sum += <-values
	}
	return sum, nil
}

// Retry calls an activity whose attempts all fail.
//
//pawl:workflow
func Retry(ctx context.Context, in Input) (int, error) {
	if err := Fail(ctx, in.Seed); err == nil {
		return 0, errors.New("an activity that always fails succeeded")
	}
	return Compute(ctx, in.Seed, in.Work)
}

// Compensate calls N activities and waits to be cancelled. Then it calls N more to compensate.
//
//pawl:workflow
func Compensate(ctx context.Context, in Input) (int, error) {
	cleanup := context.WithoutCancel(ctx)
	value := in.Seed
	for range in.N {
		var err error
		if value, err = Compute(cleanup, value, in.Work); err != nil {
			return 0, err
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(in.Wait):
	}
	for range in.N {
		var err error
		if value, err = Compute(cleanup, value, in.Work); err != nil {
			return 0, err
		}
	}
	return value, nil
}

// Family calls N children concurrently, each of which calls an activity.
//
//pawl:workflow
func Family(ctx context.Context, in Input) (int, error) {
	type outcome struct {
		value int
		err   error
	}
	outcomes := make(chan outcome, in.N)
	for i := range in.N {
		go func() {
			value, err := Chain(ctx, Input{Seed: in.Seed + i, N: 1, Work: in.Work})
			outcomes <- outcome{value, err}
		}()
	}
	sum := 0
	for range in.N {
		o := <-outcomes
		if o.err != nil {
			return 0, o.err
		}
		sum += o.value
	}
	return sum, nil
}

// Delegate starts another run and waits for its result.
//
//pawl:workflow
func Delegate(ctx context.Context, in Input) (int, error) {
	run, err := StartChain(ctx, nil, "", in)
	if err != nil {
		return 0, err
	}
	return run.Result(ctx)
}
