// This file tests runs: what they record, and how they start, wait, close and are parked.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestActivityStepAndSleep(t *testing.T) {
	world(t, func(b *bench) {
		act, callAct := newActivity(abi.Activity{Name: "t.act"}, func(_ context.Context, in string) (string, error) { return in + " acted", nil })
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true}, func(_ context.Context, in string) (string, error) { return in + " stepped", nil })
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			s, err := callAct(r, ctx, in)
			if err != nil {
				return "", err
			}
			before := abi.Now(r)
			abi.Sleep(r, time.Hour)
			if d := abi.Since(r, before); d != time.Hour {
				return "", fmt.Errorf("slept %v", d)
			}
			return callStep(r, ctx, s)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act, step}})()
		out, err := b.result(wf, "w1", "order")
		if out != "order acted stepped" || err != nil {
			t.Errorf("got %q, %v", out, err)
		}
		want := "RunStarted ActivityScheduled ActivityCompleted TimerStarted TimerFired StepScheduled StepCompleted RunCompleted"
		if got := b.events("w1"); got != want {
			t.Errorf("history %s", got)
		}
	})
}

func TestAFailedRunGivesItsErrorToTheClient(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(*abi.Run, context.Context, string) (string, error) {
			return "partly", fmt.Errorf("no: %w", errDeclined)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		out, err := b.result(wf, "w1", "")
		var re *client.RunError
		if !errors.Is(err, errDeclined) || !errors.As(err, &re) || re.Status != history.StatusFailed || out != "partly" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

// A workflow that panics is parked, and resumes when a worker starts whose code does not panic.
func TestParkedRunResumesWithBetterCode(t *testing.T) {
	world(t, func(b *bench) {
		var ran atomic.Int32
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(context.Context, string) (string, error) { ran.Add(1); return "x", nil })
		code := func(fixed bool) *abi.Workflow {
			return b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
				s, err := call(r, ctx, in)
				if !fixed {
					var none []int
					_ = none[len(s)]
				}
				return s, err
			})
		}
		other := b.workflow("t.other", func(r *abi.Run, ctx context.Context, in string) (string, error) { return "fine", nil })
		bad := code(false)
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{bad, other}, Activities: []abi.Handler{act}})
		run := b.start(bad, "w1", "")
		time.Sleep(10 * time.Second)
		d, err := run.Describe(context.Background())
		if err != nil || d.Status != history.StatusParked || !strings.Contains(d.Parked, "index out of range") || !strings.Contains(d.Parked, "worker_test.go") {
			t.Fatalf("got %+v, %v", d, err)
		}
		if out, err := b.result(other, "w2", ""); out != "fine" || err != nil {
			t.Errorf("another run: %q, %v", out, err)
		}
		stop()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{code(true), other}, Activities: []abi.Handler{act}})()
		begun := time.Now()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "x" || ran.Load() != 1 {
			t.Errorf("got %q, %v, %d activities", out, err, ran.Load())
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("took %v to resume", took)
		}
		if d, _ := run.Describe(context.Background()); d.Status != history.StatusCompleted {
			t.Errorf("status %v", d.Status)
		}
	})
}

func TestReplayMismatchSaysWhatAndWhere(t *testing.T) {
	world(t, func(b *bench) {
		block := make(chan struct{})
		one, callOne := newActivity(abi.Activity{Name: "t.one"}, func(ctx context.Context, _ string) (string, error) {
			<-block
			return "1", nil
		})
		two, callTwo := newActivity(abi.Activity{Name: "t.two"}, func(context.Context, string) (string, error) { return "2", nil })
		first := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return callOne(r, ctx, in) })
		second := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return callTwo(r, ctx, in) })
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{first}, Activities: []abi.Handler{one, two}})
		run := b.start(first, "w1", "")
		time.Sleep(time.Second)
		stop()
		close(block)
		stop = b.work(abi.Registration{Workflows: []*abi.Workflow{second}, Activities: []abi.Handler{one, two}})
		time.Sleep(30 * time.Second)
		d, err := run.Describe(context.Background())
		if err != nil || d.Status != history.StatusParked || !strings.Contains(d.Parked, "activity t.one (operation 0/1 at worker_test/harness_test.go:") ||
			!strings.Contains(d.Parked, "activity t.two (operation 0/1) at worker_test/harness_test.go:") {
			t.Errorf("got %+v, %v", d, err)
		}
		stop()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{first}, Activities: []abi.Handler{one, two}})()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "1" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

func TestTerminateAndTimeoutClose(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, 24*time.Hour)
			return "", nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w1", "")
		time.Sleep(time.Second)
		if err := run.Terminate(context.Background(), "enough"); err != nil {
			t.Fatal(err)
		}
		var re *client.RunError
		if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated || re.Reason != "enough" {
			t.Errorf("got %v", err)
		}
		begun := time.Now()
		run = b.start(wf, "w2", "", client.RunTimeout(time.Hour))
		if err := run.Wait(context.Background()); !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) < time.Hour {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
	})
}

func TestStartPolicies(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, time.Minute)
			if in == "bad" {
				return "", errDeclined
			}
			return in, nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		start := func(in string, opts ...client.StartOption) (*client.Run, error) {
			return b.client.Start(ctx, wf, "w1", []any{in}, opts...)
		}
		first, err := start("one", client.RequestID("r1"))
		if err != nil {
			t.Fatal(err)
		}
		var taken *client.AlreadyStartedError
		if _, err := start("two"); !errors.As(err, &taken) {
			t.Errorf("pending start: %v", err)
		}
		if again, err := start("one", client.RequestID("r1")); err != nil || again.RunID() != first.RunID() {
			t.Errorf("same request: %v, %v", again, err)
		}
		time.Sleep(time.Second)
		if _, err := start("two"); !errors.As(err, &taken) || taken.RunID != first.RunID() {
			t.Errorf("open run: %v", err)
		}
		if again, err := start("one", client.RequestID("r1")); err != nil || again.RunID() != first.RunID() {
			t.Errorf("same request: %v, %v", again, err)
		}
		if other, err := start("two", client.OnConflict(history.ConflictUseExisting)); err != nil || other.RunID() != first.RunID() {
			t.Errorf("use existing: %v, %v", other, err)
		}
		second, err := start("bad", client.OnConflict(history.ConflictTerminate))
		if err != nil {
			t.Fatal(err)
		}
		var re *client.RunError
		if err := first.Wait(ctx); !errors.As(err, &re) || re.Status != history.StatusTerminated {
			t.Errorf("replaced run: %v", err)
		}
		if err := second.Wait(ctx); !errors.Is(err, errDeclined) {
			t.Errorf("replacing run: %v", err)
		}
		if _, err := start("x", client.OnReuse(history.ReuseReject)); !errors.As(err, &taken) {
			t.Errorf("reuse rejected: %v", err)
		}
		third, err := start("three", client.OnReuse(history.ReuseIfFailed))
		if err != nil {
			t.Fatal(err)
		}
		var out string
		if err := third.Wait(ctx, &out); err != nil || out != "three" {
			t.Errorf("third: %q, %v", out, err)
		}
		if _, err := start("x", client.OnReuse(history.ReuseIfFailed)); !errors.As(err, &taken) {
			t.Errorf("reuse after success: %v", err)
		}
		if err := second.Wait(ctx); !errors.Is(err, errDeclined) {
			t.Errorf("older run after reuse: %v", err)
		}
	})
}

// hold keeps a delivery from being delivered again until giveBack is called.
func hold(wk store.Wakeup) (giveBack func()) {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		for ctx.Err() == nil {
			wk.InProgress()
			select {
			case <-time.After(time.Second):
			case <-ctx.Done():
			}
		}
	}()
	return func() { stop(); wk.Nak(0) }
}

// A message to whatever run an id has is taken in by one run, and delivered again when the id has another run.
func TestAMessageIsTakenInByOneRun(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, time.Minute)
			return in, ctx.Err()
		})
		taken, leave := b.receive(2)
		first := b.start(wf, "w1", "first")
		st := b.open()
		defer st.Close()
		cancel := &history.Message{Cancel: &history.CancelRequest{Reason: "no longer wanted"}}
		if err := st.Send(ctx, store.Message{Queue: "q", ID: "w1", DedupID: "cancel", Data: cancel.Marshal()}); err != nil {
			t.Fatal(err)
		}
		start, held := <-taken, <-taken
		leave()
		giveBack := hold(held)
		defer giveBack()
		start.Nak(0)
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})() // it finds the cancellation in the inbox
		var ended *client.RunError
		if err := first.Wait(ctx); !errors.As(err, &ended) || ended.Status != history.StatusCancelled {
			t.Fatalf("the first run ended with %v", err)
		}
		second := b.start(wf, "w1", "second")
		time.Sleep(time.Second)
		giveBack() // to the worker, which has the second run in memory
		var out string
		if err := second.Wait(ctx, &out); err != nil || out != "second" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

func TestLongTimerSurvivesTheWorker(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, 12*time.Hour)
			return "woke", nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{wf}}
		stop := b.work(m)
		run := b.start(wf, "w1", "")
		time.Sleep(time.Minute)
		stop()
		begun := time.Now()
		time.Sleep(3 * time.Hour)
		defer b.work(m)()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "woke" {
			t.Errorf("got %q, %v", out, err)
		}
		if late := time.Since(begun) - (12*time.Hour - time.Minute); late < 0 || late > 6*time.Second {
			t.Errorf("late by %v", late)
		}
	})
}

func TestBigPayloadsAndLongHistories(t *testing.T) {
	world(t, func(b *bench) {
		big := strings.Repeat("x", 600<<10)
		step, call := newActivity(abi.Activity{Name: "t.step", Step: true}, func(_ context.Context, in string) (string, error) { return in, nil })
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			for range 150 {
				if out, err := call(r, ctx, "small"); err != nil || out != "small" {
					return "", err
				}
			}
			return call(r, ctx, in)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}})()
		if out, err := b.result(wf, "w1", big); err != nil || out != big {
			t.Errorf("got %d bytes, %v", len(out), err)
		}
		if n := strings.Count(b.events("w1"), "StepCompleted"); n != 151 {
			t.Errorf("%d steps in the history", n)
		}
	})
}

func TestUnknownTypeIsParkedUntilAWorkerHasIt(t *testing.T) {
	world(t, func(b *bench) {
		known := b.workflow("t.known", func(*abi.Run, context.Context, string) (string, error) { return "k", nil })
		later := b.workflow("t.later", func(*abi.Run, context.Context, string) (string, error) { return "l", nil })
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{known}})
		run := b.start(later, "w1", "")
		time.Sleep(5 * time.Second)
		d, err := run.Describe(context.Background())
		if err != nil || d.Status != history.StatusParked || d.Type != "t.later" || !strings.Contains(d.Parked, "t.later") {
			t.Errorf("got %+v, %v", d, err)
		}
		stop()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{known, later}})()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "l" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

// A run that is listed as open but has no journal is removed from the list: its entry came back after a crash of the server,
// or the journal is lost.
func TestEntryWithoutJournalIsRemoved(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return in, nil })
		st := b.open()
		defer st.Close()
		s := &history.RunSummary{ID: "gone", RunID: "r", Type: "t.wf", Queue: "q", Status: history.StatusRunning}
		if err := st.PutEntry(context.Background(), store.Entry{ID: "gone", Version: 2, Data: s.Marshal()}); err != nil {
			b.Fatal(err)
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		time.Sleep(5 * time.Minute)
		if listed, err := b.client.List(context.Background(), client.Filter{}); err != nil || len(listed) != 0 {
			b.Errorf("listed %+v (%v), want none", listed, err)
		}
	})
}
