// Package stubs has a workflow that starts, signals, updates, cancels and waits for runs with the generated functions.
package stubs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Counter adds up.
//
//pawl:workflow
func Counter(ctx context.Context, sum int, add <-chan int, ask <-chan pawl.Request[string, int]) (int, error) {
	late := time.After(time.Hour)
	for {
		select {
		case n := <-add:
			sum += n
		case req := <-ask:
			if req.In == "" {
				req.Reject(errors.New("ask something"))
				continue
			}
			req.Reply(sum)
		case <-ctx.Done():
			return sum, fmt.Errorf("at %d: %w", sum, ctx.Err())
		case <-late:
			return sum, nil
		}
	}
}

// Conduct has other runs do something.
//
//pawl:workflow
func Conduct(ctx context.Context, id string) (log []string, err error) {
	note := func(what string, values ...any) { log = append(log, what+" "+fmt.Sprint(values...)) }

	run, err := StartCounter(ctx, nil, id, 1, pawl.RunRetention(time.Hour), WithCounterAdd(2))
	if err != nil {
		return nil, err
	}
	time.Sleep(10 * time.Second) // the counter has begun
	_, err = StartCounter(ctx, nil, id, 1)
	_, taken := errors.AsType[*pawl.AlreadyStartedError](err)
	note("taken", taken)
	for n := range 3 {
		if err := run.Add(ctx, n); err != nil {
			return log, err
		}
		time.Sleep(10 * time.Second)
	}
	sum, err := FindCounter(nil, id).Ask(ctx, "the sum")
	note("sum", sum, err)
	_, err = run.Ask(ctx, "")
	note("rejected", err)
	note("nobody", pawl.IsNotFound(FindCounter(nil, "nobody").Cancel(ctx, "no reason")))
	ended, cancel := context.WithCancel(ctx)
	cancel()
	note("ended", errors.Is(run.Add(ended, 1), context.Canceled))
	if err := run.Cancel(ctx, "enough"); err != nil {
		return log, err
	}
	sum, err = run.Result(ctx)
	failed, _ := errors.AsType[*pawl.RunError](err)
	note("cancelled", sum, failed.Status, errors.Is(err, context.Canceled))
	note("closed", pawl.IsNotFound(run.Add(ctx, 1)))
	return log, nil
}
