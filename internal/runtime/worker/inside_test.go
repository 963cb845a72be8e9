// This file tests what workflow code asks of other runs: with a nil client, through crashes, and under contexts that end.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// inside is the client of workflow code.
var inside *client.Client

func TestRequestsOfWorkflows(t *testing.T) {
	world(t, func(b *bench) {
		account := b.account()
		slow := b.sleeper("t.slow", time.Hour)
		caller := b.workflow("t.caller", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			run, err := inside.Start(ctx, account, "acc", []any{"x"})
			if err != nil || run.RunID() == "" || run.ID() != "acc" {
				return "", fmt.Errorf("start: %v %w", run, err)
			}
			var taken *client.AlreadyStartedError
			if _, err := inside.Start(ctx, account, "acc", []any{"x"}); !errors.As(err, &taken) {
				return "", fmt.Errorf("started twice: %w", err)
			}
			var sum int
			if err := inside.Run(account, "acc").Ask(ctx, "add", amount(40), &sum); err != nil || sum != 40 {
				return "", fmt.Errorf("update: %d %w", sum, err)
			}
			if err := run.Ask(ctx, "add", amount(13), &sum); !errors.Is(err, errDeclined) {
				return "", fmt.Errorf("rejected update: %w", err)
			}
			if err := run.Ask(ctx, "add", amount(-1), &sum); !errors.Is(err, errDeclined) {
				return "", fmt.Errorf("invalid update: %w", err)
			}
			soon, cancel := abi.WithTimeout(r, ctx, time.Minute)
			defer cancel()
			if err := run.Ask(soon, "add", amount(1), &sum); !errors.Is(err, context.DeadlineExceeded) { // answered after an hour
				return "", fmt.Errorf("late update: %w", err)
			}
			if err := run.Ask(soon, "add", amount(1), &sum); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "not done") {
				return "", fmt.Errorf("ended context: %w", err)
			}
			if err := run.Ask(ctx, "add", amount(59), &sum); err != nil || sum != 100 {
				return "", fmt.Errorf("last update: %d %w", sum, err)
			}
			var out string
			if err := run.Wait(ctx, &out); err != nil || out != "100" {
				return "", fmt.Errorf("result: %q %w", out, err)
			}
			if err := run.Ask(ctx, "add", amount(1), &sum); !errors.Is(err, client.ErrNotFound) {
				return "", fmt.Errorf("update of a closed run: %w", err)
			}
			if err := inside.Run(account, "nobody").Cancel(ctx, ""); !errors.Is(err, client.ErrNotFound) {
				return "", fmt.Errorf("cancel nobody: %w", err)
			}
			for i, stop := range []func(*client.Run) error{
				func(run *client.Run) error { return run.Cancel(ctx, "enough") },
				func(run *client.Run) error { return run.Terminate(ctx, "enough") },
			} {
				run, err := inside.Start(ctx, slow, fmt.Sprint("slow", i), []any{"x"})
				if err == nil {
					err = stop(run)
				}
				if err != nil {
					return "", err
				}
				var ended *client.RunError
				err = run.Wait(ctx)
				if want := []history.Status{history.StatusCancelled, history.StatusTerminated}[i]; !errors.As(err, &ended) || ended.Status != want {
					return "", fmt.Errorf("want %v: %w", want, err)
				}
			}
			if _, err := run.Describe(ctx); !errors.Is(err, client.ErrOutside) {
				return "", fmt.Errorf("describe: %w", err)
			}
			run, err = inside.Start(ctx, slow, "", []any{"x"})
			return run.ID(), err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{account, slow, caller}})()
		run := b.start(caller, "w", "")
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || !strings.HasPrefix(out, "w/"+run.RunID()) {
			b.Errorf("got %q, %v", out, err)
		}
		time.Sleep(2 * time.Hour)
		if got := b.status(out); got != history.StatusCompleted {
			b.Errorf("the run without an id is %v", got)
		}
	})
}

// A run waits for another one although its worker ends meanwhile, and nothing else leads to it.
func TestWaitForARunSurvivesTheWorker(t *testing.T) {
	world(t, func(b *bench) {
		slow := b.sleeper("t.slow", 5*time.Hour)
		waiter := b.workflow("t.waiter", func(r *abi.Run, ctx context.Context, _ string) (out string, err error) {
			err = inside.Run(slow, "slow").Wait(ctx, &out)
			return out, err
		})
		waiter.Queue = "waiters"
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{slow}})()
		b.start(slow, "slow", "x")
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{waiter}})
		run := b.start(waiter, "w", "")
		time.Sleep(time.Hour)
		stop()
		time.Sleep(time.Hour)
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{waiter}})()
		began := time.Now()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "x" {
			b.Errorf("got %q, %v", out, err)
		}
		if d := time.Since(began); d > 3*time.Hour+time.Minute {
			b.Errorf("it took %v", d)
		}
	})
}

func TestNoClientOutside(t *testing.T) {
	flow := &abi.Workflow{Name: "t.flow", Queue: "q", Channels: []abi.Channel{abi.SignalOf[int]("n")}}
	ctx := context.Background()
	run := inside.Run(flow, "w")
	_, started := inside.Start(ctx, flow, "w", nil)
	for _, err := range []error{started, run.Signal(ctx, "n", 1), run.Cancel(ctx, ""), run.Terminate(ctx, ""), run.Wait(ctx)} {
		if !errors.Is(err, client.ErrNoClient) {
			t.Errorf("got %v", err)
		}
	}
}
