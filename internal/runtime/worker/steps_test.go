// This file tests steps: cancellation, termination, and which worker runs them.

package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

// longStep returns a workflow of one step, which takes d and honours its context, and a count of the step's attempts.
func (b *bench) longStep(d time.Duration) (abi.Registration, *abi.Workflow, *atomic.Int32) {
	var attempts atomic.Int32
	step, call := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{StartToClose: time.Hour}}, func(ctx context.Context, _ string) (string, error) {
		attempts.Add(1)
		select {
		case <-time.After(d):
			return "done", nil
		case <-ctx.Done():
			return "", ctx.Err()
		}
	})
	wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
	return abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}}, wf, &attempts
}

func TestCancelledStepIsNotTriedAgain(t *testing.T) {
	world(t, func(b *bench) {
		m, wf, attempts := b.longStep(25 * time.Second)
		defer b.work(m)()
		run := b.start(wf, "w1", "")
		time.Sleep(3 * time.Second)
		if err := run.Cancel(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		var re *client.RunError
		if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusCancelled {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took > time.Second || attempts.Load() != 1 {
			t.Errorf("took %v and %d attempts", took, attempts.Load())
		}
	})
}

func TestTerminateStopsTheStep(t *testing.T) {
	world(t, func(b *bench) {
		stopped := make(chan error, 1)
		step, call := newActivity(abi.Activity{Name: "t.step", Step: true}, func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			stopped <- ctx.Err()
			return "", ctx.Err()
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}})()
		run := b.start(wf, "w1", "")
		time.Sleep(time.Second)
		if err := run.Terminate(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
		select {
		case <-stopped:
		case <-time.After(10 * time.Second):
			t.Error("the step was not stopped")
		}
	})
}

// A step of a terminated run ends as cancelled. That must not become the outcome of the next run's step, whose operation
// has the same id.
func TestCancelledStepOfOneRunIsNotTheOutcomeOfTheNext(t *testing.T) {
	world(t, func(b *bench) {
		m, _, attempts := b.longStep(5 * time.Second)
		step := m.Activities[0].Activity
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (out string, err error) {
			if in == "first" { // wait, so that the start is acknowledged, in an operation that is not the workflow's own
				slept := make(chan int)
				abi.Go(r, func() { abi.Sleep(r, 3*time.Second); abi.Close(r, slept) })
				abi.Recv(r, slept)
			}
			err = abi.Call(ctx, r, step, []any{in}, &out)
			return out, err
		})
		m.Workflows = []*abi.Workflow{wf}
		defer b.work(m)()
		b.start(wf, "w1", "first")
		time.Sleep(4 * time.Second)
		second := b.start(wf, "w1", "second", client.OnConflict(history.ConflictTerminate))
		var out string
		if err := second.Wait(context.Background(), &out); err != nil || out != "done" {
			t.Errorf("the second run gave %q, %v", out, err)
		}
		if attempts.Load() != 2 {
			t.Errorf("%d attempts for two steps", attempts.Load())
		}
	})
}

// Ownership of runs moves when workers start. A step that runs in a living worker is not started in another one.
func TestStepIsNotBegunTwiceWhenWorkersCome(t *testing.T) {
	world(t, func(b *bench) {
		m, wf, attempts := b.longStep(10 * time.Minute)
		defer b.work(m)()
		var runs []*client.Run
		for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
			runs = append(runs, b.start(wf, id, ""))
		}
		time.Sleep(10 * time.Second)
		defer b.work(m)()
		defer b.work(m)()
		for _, run := range runs {
			var out string
			if err := run.Wait(context.Background(), &out); err != nil || out != "done" {
				t.Errorf("got %q, %v", out, err)
			}
		}
		if attempts.Load() != int32(len(runs)) {
			t.Errorf("%d attempts for %d steps", attempts.Load(), len(runs))
		}
	})
}

// receive behaves like a worker that is suspended after it has received n messages. leave makes it stop receiving.
func (b *bench) receive(n int) (taken <-chan store.Wakeup, leave func()) {
	frozen, wakeups := b.open(), make(chan store.Wakeup, n)
	b.Cleanup(func() { frozen.Close() })
	ctx, leave := context.WithCancel(context.Background())
	opt := store.ReceiveOptions{Queue: "q", Worker: "frozen", Handler: func(wk store.Wakeup) { wakeups <- wk }}
	if err := frozen.Receive(ctx, opt); err != nil {
		b.Fatal(err)
	}
	return wakeups, leave
}

// A suspended worker acknowledges, when it resumes, a message that has been delivered to another worker since. Then that
// worker holds no message that would be delivered again if it died.
func TestStepIsTakenOverThoughItsStartIsAcknowledged(t *testing.T) {
	world(t, func(b *bench) {
		taken, leave := b.receive(1)
		m, wf, _ := b.longStep(20 * time.Second)
		run := b.start(wf, "w1", "")
		start := <-taken
		leave()
		end := b.launch(m)
		time.Sleep(store.AckWait + time.Second) // the second worker has received the start, and runs the step
		if events := b.events("w1"); !strings.Contains(events, "StepScheduled") {
			b.Fatalf("the run has %s", events)
		}
		start.Ack()
		time.Sleep(time.Second)
		end(worker.ErrKilled)
		defer b.work(m)()
		ctx, cancel := context.WithTimeout(context.Background(), 45*time.Second) // before the first sweep
		defer cancel()
		if err := run.Wait(ctx); err != nil {
			t.Error(err)
		}
	})
}

// A step that the worker has not registered is not attempted, so that no attempt is lost. The run waits, parked, for a worker that
// has it: when the code schedules the step, and when a worker takes over a run whose step has no outcome.
func TestUnregisteredStep(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		step, call := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 1, StartToClose: time.Hour}}, func(ctx context.Context, in string) (string, error) {
			if attempts.Add(1) == 1 {
				<-ctx.Done()
				return "", context.Cause(ctx)
			}
			return in, nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		without := abi.Registration{Workflows: []*abi.Workflow{wf, b.echo()}}
		with := abi.Registration{Workflows: without.Workflows, Activities: []abi.Handler{step}}

		stop := b.work(without)
		run := b.start(wf, "w1", "x")
		b.expectParked(b.echo(), "w1", "no worker of this queue has step t.step", "resumes by itself")
		stop()
		if n := attempts.Load(); n != 0 {
			b.Errorf("%d attempts", n)
		}
		end := b.launch(with)
		time.Sleep(2 * time.Minute) // until the run is tried again; the step begins
		if n := attempts.Load(); n != 1 {
			b.Errorf("%d attempts, want one", n)
		}
		end(worker.ErrKilled)

		stop = b.work(without)
		b.expectParked(b.echo(), "w1", "no worker of this queue has step t.step")
		stop()
		defer b.work(with)()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "x" || attempts.Load() != 2 {
			b.Errorf("got %q, %v after %d attempts, want a second one because the worker of the first died", out, err, attempts.Load())
		}
	})
}
