// This file continues runs as new: with signals and updates that are unread, through crashes, cancelled, timed out, and in between
// two generations.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// relay returns a workflow that joins the words that it is sent, up to "end". Each generation takes a number of them.
func (b *bench) relay(each int) *abi.Workflow {
	w := b.workflow("t.relay", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		words := abi.Signals[string](r, "words")
		for range each {
			word := abi.Recv(r, words)
			if word == "end" {
				return in, nil
			}
			in += " " + word
		}
		return "", abi.Continue(r, []any{in})
	})
	w.Channels = []abi.Channel{abi.SignalOf[string]("words")}
	return w
}

// generations returns the events of all generations of a run.
func (b *bench) generations(run *client.Run) (all []*client.History) {
	b.Helper()
	for n := 0; ; n++ {
		h, err := b.client.History(context.Background(), run.ID(), fmt.Sprintf("%s.%d", run.RunID(), n))
		if errors.Is(err, client.ErrNotFound) {
			return all
		}
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, h)
	}
}

func TestContinueAsNew(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.relay(2)
		run := b.start(wf, "w", "0", client.SignalWithStart(wf, "words", "1"))
		b.send(wf, "w", "2", "3")
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})
		time.Sleep(time.Minute)
		b.send(wf, "w", "4", "5", "6", "7", "8")
		time.Sleep(time.Minute)

		d, err := run.Describe(context.Background())
		if err != nil || d.Status != history.StatusRunning || d.RunID != run.RunID()+".4" || !d.Closed.IsZero() {
			b.Errorf("described as %+v, %v", d, err)
		}
		first, err := b.client.Describe(context.Background(), "w", run.RunID()+".0")
		if err != nil || first.Status != history.StatusContinued || first.RunID != run.RunID() || first.Closed.IsZero() {
			b.Errorf("the first generation is described as %+v, %v", first, err)
		}
		if _, err := b.client.Start(context.Background(), wf, "w", []any{""}); !isTaken(err) {
			b.Errorf("a second start: %v", err)
		}
		stop()
		b.send(wf, "w", "9", "end")
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "0 1 2 3 4 5 6 7 8 9" {
			b.Errorf("got %q, %v\n%s", out, err, b.events("w"))
		}
		all := b.generations(run)
		if len(all) != 5 {
			b.Fatalf("%d generations", len(all))
		}
		for i, h := range all {
			started := h.Events[0].Body.(*history.RunStarted)
			if i > 0 && (started.Continued.Generation != uint64(i) || !started.Continued.FirstStarted.Equal(all[0].Events[0].Time)) {
				b.Errorf("generation %d: %+v", i, started.Continued)
			}
		}
		if err := run.Signal(context.Background(), "words", "late"); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("a signal after the end: %v", err)
		}
	})
}

func isTaken(err error) bool {
	var taken *client.AlreadyStartedError
	return errors.As(err, &taken)
}

// TestContinueAsNewThroughCrashes has senders send while workers die, and checks that each word arrives
// once and in the order of its sender, whatever generation is there when it is sent.
func TestContinueAsNewThroughCrashes(t *testing.T) {
	const senders, each = 4, 50
	world(t, func(b *bench) {
		wf := b.workflow("t.count", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			words := abi.Signals[[2]int](r, "words")
			for range 3 {
				word := abi.Recv(r, words)
				if word[0] < 0 {
					return in, nil
				}
				in += fmt.Sprintf(" %d/%d", word[0], word[1])
			}
			return "", abi.Continue(r, []any{in})
		})
		wf.Channels = []abi.Channel{abi.SignalOf[[2]int]("words")}
		run := b.start(wf, "busy", "")
		var sending sync.WaitGroup
		for sender := range senders {
			sending.Go(func() {
				for i := range each {
					// The same signal again is no other one, in whatever generation it arrives.
					for range 1 + i%2 {
						if err := run.Signal(context.Background(), "words", [2]int{sender, i}, client.DedupID(fmt.Sprint(sender, i))); err != nil {
							b.Error(err)
						}
						time.Sleep(300 * time.Millisecond)
					}
				}
			})
		}
		module := abi.Registration{Workflows: []*abi.Workflow{wf}}
		for crash := range 40 {
			end := b.launch(module)
			time.Sleep(time.Duration(100+37*crash) * time.Millisecond)
			end(errors.New("crash"))
		}
		sending.Wait()
		if err := run.Signal(context.Background(), "words", [2]int{-1, 0}); err != nil {
			b.Error(err)
		}
		defer b.work(module)()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil {
			b.Fatal(err)
		}
		next := [senders]int{}
		for _, word := range strings.Fields(out) {
			var sender, n int
			fmt.Sscanf(word, "%d/%d", &sender, &n)
			if next[sender] != n {
				b.Fatalf("sender %d: got %d, want %d", sender, n, next[sender])
			}
			next[sender]++
		}
		if next != [senders]int{each, each, each, each} {
			b.Errorf("received %v", next)
		}
		if n := len(b.generations(run)); n != senders*each/3+1 {
			b.Errorf("%d generations", n)
		}
	})
}

// TestContinueAsNewKeepsUpdates sends updates to a run whose code reads one in each generation.
func TestContinueAsNewKeepsUpdates(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.counter", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			req := abi.Recv(r, abi.Updates[int, string](r, "add"))
			switch in += fmt.Sprint(req.In); req.In {
			case 0:
				return in, nil // without an answer
			case 9: // not answered
			default:
				req.Reply(in)
			}
			return "", abi.Continue(r, []any{in})
		})
		wf.Channels = []abi.Channel{abi.UpdateOf[int, string]("add")}
		run := b.start(wf, "w", "")
		ask := func(n int, opts ...client.UpdateOption) (out string, err error) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
			defer cancel()
			err = run.Ask(ctx, "add", n, &out, opts...)
			return out, err
		}
		var asking sync.WaitGroup
		for n := 1; n <= 4; n++ {
			asking.Go(func() {
				time.Sleep(time.Duration(n) * time.Second)
				want := "1234"[:n]
				if out, err := ask(n, client.UpdateID(fmt.Sprint(n))); err != nil || out != want {
					b.Errorf("update %d: %q, %v", n, out, err)
				}
			})
		}
		time.Sleep(10 * time.Second) // until all wait for their answers
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		asking.Wait()
		if out, err := ask(7, client.UpdateID("2")); err != nil || out != "12" {
			b.Errorf("an update with the id of one that an earlier generation has answered: %q, %v", out, err)
		}
		if _, err := ask(9, client.UpdateID("nine")); !errors.Is(err, client.ErrUnanswered) {
			b.Errorf("an update that a generation has left unanswered: %v", err)
		}
		if _, err := ask(8, client.UpdateID("nine")); !errors.Is(err, client.ErrUnanswered) {
			b.Errorf("the same update again: %v", err)
		}
		if _, err := ask(0); !errors.Is(err, client.ErrUnanswered) {
			b.Errorf("an update that the run has left unanswered: %v", err)
		}
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "123490" {
			b.Errorf("got %q, %v", out, err)
		}
		if out, err := ask(1, client.UpdateID("3")); err != nil || out != "123" {
			b.Errorf("after the end: %q, %v", out, err)
		}
	})
}

// TestContinueAsNewIsOneRun checks what belongs to all generations together: cancellation, termination, the timeout, and the result
// of a run whose id was used again.
func TestContinueAsNewIsOneRun(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.workflow("t.rest", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			if len(in) >= 5 {
				return in, nil
			}
			abi.Sleep(r, time.Hour)
			if ctx.Err() != nil && len(in) > 1 {
				return in, ctx.Err()
			}
			return "", abi.Continue(r, []any{in + "x"})
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		old := b.start(wf, "again", "")
		cancelled, terminated := b.start(wf, "cancelled", ""), b.start(wf, "terminated", "")
		late := b.start(wf, "late", "", client.RunTimeout(150*time.Minute))
		time.Sleep(30 * time.Minute)
		if err := cancelled.Cancel(ctx, "enough"); err != nil { // its first generation ignores that
			b.Error(err)
		}
		time.Sleep(time.Hour)
		if err := terminated.Terminate(ctx, "enough"); err != nil {
			b.Error(err)
		}
		for run, want := range map[*client.Run]history.Status{
			cancelled: history.StatusCancelled, terminated: history.StatusTerminated, late: history.StatusTimedOut,
		} {
			var ended *client.RunError
			if err := run.Wait(ctx); !errors.As(err, &ended) || ended.Status != want {
				b.Errorf("%s: %v", run.ID(), err)
			}
		}
		if d, err := late.Describe(ctx); err != nil || d.Closed.Sub(b.generations(late)[0].Events[0].Time) != 150*time.Minute {
			b.Errorf("timed out: %+v, %v", d, err)
		}
		var out string
		if err := old.Wait(ctx, &out); err != nil || out != "xxxxx" {
			b.Errorf("got %q, %v", out, err)
		}
		b.start(wf, "again", "yyyyy")
		time.Sleep(time.Minute)
		if err := old.Wait(ctx, &out); err != nil || out != "xxxxx" {
			b.Errorf("after the id was used again: %q, %v", out, err)
		}
		if d, err := old.Describe(ctx); err != nil || d.Status != history.StatusCompleted || d.RunID != old.RunID()+".5" {
			b.Errorf("described as %+v, %v", d, err)
		}
	})
}

// TestGenerationThatCannotBegin terminates a run whose next generation parks before its code runs.
func TestGenerationThatCannotBegin(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.workflow("t.config", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			return "", abi.Continue(r, []any{in})
		})
		var asked atomic.Int64
		wf.Config = func() map[string]any {
			if asked.Add(1) > 1 {
				return map[string]any{"Fee": make(chan int)}
			}
			return nil
		}
		echo := b.echo()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf, echo}})()
		run := b.start(wf, "w", "")
		b.expectParked(echo, "w", "config field Fee")
		if err := run.Terminate(ctx, "enough"); err != nil {
			b.Fatal(err)
		}
		var ended *client.RunError
		if err := run.Wait(ctx); !errors.As(err, &ended) || ended.Status != history.StatusTerminated || ended.RunID != run.RunID()+".1" {
			b.Errorf("got %v, %+v", err, ended)
		}
	})
}

// TestRequestsToAllGenerations performs requests again that an earlier generation of a run has received: a worker may have died before
// it recorded that.
func TestRequestsToAllGenerations(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.relay(1)
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w", "0")
		asked := time.Now()
		for _, word := range []string{"1", "2", "end"} {
			if err := run.Signal(ctx, "words", word, client.DedupID(word)); err != nil {
				b.Fatal(err)
			}
		}
		var out string
		if err := run.Wait(ctx, &out); err != nil || out != "0 1 2" {
			b.Fatalf("got %q, %v", out, err)
		}
		perform := func(req history.RequestScheduled, scheduled time.Time) bool {
			b.Helper()
			req.ID, req.RunID = "w", run.RunID()
			done, err := b.client.Perform(ctx, &req, scheduled, failures.NewErrors())
			if err != nil {
				b.Fatal(err)
			}
			return done.Outcome.Failure == nil
		}
		for id, want := range map[string]bool{"1": true, "2": true, "end": true, "other": false} {
			signal := &history.SignalRequest{Name: "words", ID: id, Value: encoded(b, id)}
			if got := perform(history.RequestScheduled{Signal: signal}, asked); got != want {
				b.Errorf("signal %s succeeds: %t", id, got)
			}
		}
		cancel := history.RequestScheduled{Cancel: &history.CancelRequest{Reason: "enough"}}
		if !perform(cancel, asked) || perform(cancel, time.Now().Add(time.Second)) {
			b.Error("a request to cancel succeeds if it was asked for before the last generation closed, and only then")
		}
	})
}
