// This file sends updates to runs: before their worker, twice, through crashes, to runs that close, and invalid ones.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// amount is the input of an update.
type amount int

func (a *amount) Validate() error {
	switch {
	case *a == 0:
		panic("zero")
	case *a < 0:
		return errDeclined
	}
	return nil
}

// account returns a workflow that adds up what it is asked to add, until that is at least a hundred. It answers with the sum, later
// if that is odd, and rejects 13.
func (b *bench) account() *abi.Workflow {
	w := b.workflow("t.account", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		adding, sum := abi.Updates[amount, int](r, "add"), 0
		for sum < 100 {
			req := abi.Recv(r, adding)
			if req.In == 13 {
				req.Reject(fmt.Errorf("unlucky: %w", errDeclined))
				continue
			}
			sum += int(req.In)
			if now := sum; now%2 == 1 {
				abi.Go(r, func() { abi.Sleep(r, time.Hour); req.Reply(now) })
				continue
			}
			req.Reply(sum)
		}
		return fmt.Sprint(sum), nil
	})
	w.Channels = []abi.Channel{abi.UpdateOf[amount, int]("add")}
	return w
}

func add(run *client.Run, n amount, opts ...client.UpdateOption) (sum int, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
	defer cancel()
	err = run.Ask(ctx, "add", n, &sum, opts...)
	return sum, err
}

func TestUpdatesAreAnswered(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.account()
		run := b.start(wf, "w", "", client.UpdateWithStart(wf, "add", amount(2), client.UpdateID("first")))
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})
		check := func(n amount, want int, opts ...client.UpdateOption) {
			b.Helper()
			if sum, err := add(run, n, opts...); err != nil || sum != want {
				b.Errorf("%d: got %d, %v, want %d", n, sum, err, want)
			}
		}
		check(2, 2, client.UpdateID("first"))
		check(4, 6)
		check(6, 12, client.UpdateID("six"))
		check(70, 12, client.UpdateID("six")) // the same update
		if _, err := add(run, 13); !errors.Is(err, errDeclined) || !strings.Contains(err.Error(), "unlucky") {
			b.Errorf("a rejection: %v", err)
		}
		stop()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		check(3, 15) // answered an hour later, by code that was replayed
		accepted, err := run.Update(context.Background(), "add", amount(4))
		if err != nil {
			b.Fatal(err)
		}
		check(81, 100, client.UpdateID("last"))
		var sum int
		if err := accepted.Result(context.Background(), &sum); !errors.Is(err, client.ErrUnanswered) {
			b.Errorf("the run closed before it answered: %d, %v", sum, err)
		}
		check(81, 100, client.UpdateID("last"))
		check(1, 12, client.UpdateID("six"))
		if _, err := add(run, 1); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("to a closed run: %v", err)
		}
	})
}

func TestUpdatesThatAreRefused(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.account()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w", "")
		if _, err := add(run, -1); err != errDeclined {
			b.Errorf("invalid input: %v", err)
		}
		if err := run.Ask(context.Background(), "other", amount(1), new(int)); err == nil {
			b.Error("an unknown update was answered")
		}
		// Past the stub, the owner of the run refuses them, and answers.
		for i, m := range []history.SignalRequest{
			{Name: "add", Value: encoded(b, -1)}, {Name: "add", Value: encoded(b, 0)}, {Name: "add", Value: encoded(b, "x")}, {Name: "other", Value: encoded(b, 1)},
		} {
			m.ID, m.Update = fmt.Sprint("raw", i), true
			b.sendRaw("w", &history.Message{Signal: &m})
		}
		time.Sleep(time.Minute)
		if events := b.events("w"); events != "RunStarted" {
			b.Errorf("refused updates left events: %s", events)
		}
		if sum, err := add(run, 100); err != nil || sum != 100 {
			b.Errorf("got %d, %v", sum, err)
		}
	})
}

// TestUpdatesSurviveCrashes asks while workers die: every request is counted once, and gets an answer.
func TestUpdatesSurviveCrashes(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.count", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			adding := abi.Updates[amount, int](r, "add")
			for n := range 40 {
				abi.Recv(r, adding).Reply(n + 1)
			}
			return "", nil
		})
		wf.Channels = []abi.Channel{abi.UpdateOf[amount, int]("add")}
		run := b.start(wf, "w", "")
		var asking sync.WaitGroup
		var mu sync.Mutex
		answers := map[int]bool{}
		for range 4 {
			asking.Go(func() {
				for range 10 {
					n, err := add(run, 1)
					if err != nil {
						b.Error(err)
					}
					mu.Lock()
					answers[n] = true
					mu.Unlock()
					time.Sleep(200 * time.Millisecond)
				}
			})
		}
		for range 6 {
			end := b.launch(abi.Registration{Workflows: []*abi.Workflow{wf}})
			time.Sleep(500 * time.Millisecond)
			end(errors.New("crash"))
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		asking.Wait()
		if len(answers) != 40 {
			b.Errorf("%d different answers to 40 requests", len(answers))
		}
	})
}
