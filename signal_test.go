// Tests of signals.

package pawl_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestSignals(t *testing.T) {
	words := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) {
		more := abi.Signals[string](r, "words")
		for range 3 {
			in += " " + abi.Recv(r, more)
		}
		return in, nil
	})
	wf := words.Workflows[0]
	wf.Channels = []abi.Channel{abi.SignalOf[string]("words")}
	bubble(t, words, func(e *engine) {
		run := e.start("w", "a", pawl.SignalWithStart(wf, "words", "b"))
		for _, word := range []string{"c", "c", "d"} {
			time.Sleep(time.Second)
			if err := run.Signal(context.Background(), "words", word, pawl.DedupID(word)); err != nil {
				t.Fatal(err)
			}
		}
		if got := e.result(run); got != "a b c d" {
			t.Errorf("got %q", got)
		}
		if err := run.Signal(context.Background(), "words", "e"); !errors.Is(err, pawl.ErrNotFound) {
			t.Errorf("to a closed run: %v", err)
		}
	})
}

func TestUpdates(t *testing.T) {
	sums := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) {
		adding, sum := abi.Updates[int, int](r, "add"), 0
		for sum < 10 {
			switch req := abi.Recv(r, adding); req.In {
			case 0:
				req.Reject(errDeclined)
			case 1: // never answered
			default:
				sum += req.In
				req.Reply(sum)
			}
		}
		return in, nil
	})
	wf := sums.Workflows[0]
	wf.Channels = []abi.Channel{abi.UpdateOf[int, int]("add")}
	bubble(t, sums, func(e *engine) {
		ctx := context.Background()
		run := e.start("w", "a", pawl.UpdateWithStart(wf, "add", 2, pawl.UpdateID("two")))
		var sum int
		for _, n := range []int{2, 7} { // the same update
			if err := run.Update(ctx, "add", n, &sum, pawl.UpdateID("two")); err != nil || sum != 2 {
				t.Errorf("got %d, %v", sum, err)
			}
		}
		if err := run.Update(ctx, "add", 0, &sum); !errors.Is(err, errDeclined) {
			t.Errorf("a rejection: %v", err)
		}
		ignored, err := pawl.StartUpdate[int](ctx, run, "add", 1)
		if err != nil || ignored.ID() == "" {
			t.Fatal(ignored.ID(), err)
		}
		if err := run.Update(ctx, "add", 8, &sum); err != nil || sum != 10 {
			t.Errorf("got %d, %v", sum, err)
		}
		if _, err := ignored.Result(ctx); !errors.Is(err, pawl.ErrUnanswered) {
			t.Errorf("without an answer: %v", err)
		}
	})
}

// TestAsk asks a plain function, and answers wrongly.
func TestAsk(t *testing.T) {
	requests := make(chan pawl.Request[int, string])
	go func() {
		req := <-requests
		req.Reply("yes")
		for _, twice := range []func(){func() { req.Reply("no") }, func() { req.Reject(errDeclined) }, func() { req.Reject(nil) }, func() { pawl.Request[int, string]{}.Reply("") }} {
			func() {
				defer func() {
					if recover() == nil {
						t.Error("no panic")
					}
				}()
				twice()
			}()
		}
		(<-requests).Reject(errDeclined)
	}()
	if answer, err := pawl.Ask(t.Context(), requests, 1); err != nil || answer != "yes" {
		t.Errorf("got %q, %v", answer, err)
	}
	if _, err := pawl.Ask(t.Context(), requests, 2); !errors.Is(err, errDeclined) {
		t.Errorf("a rejection: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := pawl.Ask(ctx, requests, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("in an ended context: %v", err)
	}
}
