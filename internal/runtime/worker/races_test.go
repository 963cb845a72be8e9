// This file tests what workers do at the same time: one finishes an operation while another one loads its run.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

// gated is a store whose user can be stopped at a call.
type gated struct {
	store.Store
	gate     func(call string) // returns when the call may go on; may be nil
	wakeups  atomic.Int32      // how many more wake-ups are delivered
	enqueued atomic.Int32
}

func (g *gated) TaskQueued(ctx context.Context, t store.Task) (bool, error) {
	g.gate("TaskQueued")
	return g.Store.TaskQueued(ctx, t)
}

func (g *gated) EnqueueTask(ctx context.Context, t store.Task) error {
	g.enqueued.Add(1)
	return g.Store.EnqueueTask(ctx, t)
}

func (g *gated) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	g.gate("Append")
	return g.Store.Append(ctx, id, prev, rec)
}

func (g *gated) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	handler := opt.Handler
	opt.Handler = func(w store.Wakeup) {
		if g.wakeups.Add(-1) >= 0 {
			handler(w)
		}
	}
	return g.Store.Receive(ctx, opt)
}

// launchGated starts a worker that gets n wake-ups, with a gate.
func (b *bench) launchGated(m abi.Registration, n int32, gate func(call string)) (g *gated, end func(error)) {
	open := b.open
	defer func() { b.open = open }()
	g = &gated{Store: open(), gate: gate}
	g.wakeups.Store(n)
	b.open = func() store.Store { return g }
	return g, b.launch(m)
}

// A worker loads a run and finds that a task is missing, because another worker has sent or recorded the outcome in between. It
// must not enqueue the task again.
func TestRepairDoesNotEnqueueATaskWithAnOutcome(t *testing.T) {
	for _, recorded := range []bool{false, true} {
		world(t, func(b *bench) {
			owner, acts, wf, begun := b.counted(0, func(context.Context, int) error { return nil })
			end := b.launch(owner)
			run := b.start(wf, "w1", "")
			time.Sleep(time.Second)
			end(worker.ErrKilled)
			st := b.open()
			defer st.Close()
			wake := &history.Message{RunID: run.RunID(), Wake: &history.Wake{}}
			if err := st.Send(context.Background(), store.Message{Queue: "q", ID: "w1", Data: wake.Marshal()}); err != nil {
				t.Fatal(err)
			}

			reached, goOn := make(chan struct{}), make(chan struct{})
			var once sync.Once
			g, end := b.launchGated(owner, 1, func(call string) {
				if call == "TaskQueued" {
					once.Do(func() { close(reached); <-goOn })
				}
			})
			<-reached
			defer b.work(acts)()
			time.Sleep(time.Second)
			if recorded {
				defer b.work(owner)()
				time.Sleep(3 * store.AckWait)
			}
			close(goOn)
			time.Sleep(time.Second)
			if n := g.enqueued.Load(); n != 0 {
				t.Errorf("recorded %v: the task was enqueued again", recorded)
			}
			end(worker.ErrKilled)
			defer b.work(owner)()
			_ = run.Wait(context.Background())
			begun.expect(t, 1)
		})
	}
}

// A step is known to run until its outcome is recorded: in between, another worker that loads the run must not begin it.
func TestStepCountsAsRunningUntilItsOutcomeIsRecorded(t *testing.T) {
	world(t, func(b *bench) {
		m, wf, begun := b.longStep(time.Second)
		appending, goOn := make(chan struct{}), make(chan struct{})
		var appends atomic.Int32
		_, end := b.launchGated(m, 100, func(call string) {
			if call == "Append" && appends.Add(1) == 2 {
				close(appending)
				<-goOn
			}
		})
		defer end(nil)
		run := b.start(wf, "w1", "")
		<-appending
		if n := begun.Load(); n != 1 {
			t.Fatalf("the step has begun %d times before its outcome is recorded", n)
		}
		st := b.open()
		defer st.Close()
		ask := func() error {
			ctx, cancel := context.WithTimeout(context.Background(), activity.AnswerTime)
			defer cancel()
			_, err := st.Request(ctx, "step.q", (&history.TaskRef{RunID: run.RunID(), Op: history.OpID{Coroutine: "0", Index: 1}}).Marshal())
			return err
		}
		if err := ask(); err != nil {
			t.Errorf("whether the step runs: %v", err)
		}
		close(goOn)
		if err := run.Wait(context.Background()); err != nil {
			t.Error(err)
		}
		synctest.Wait() // the end of a run is announced before its worker forgets its steps
		if err := ask(); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("after the step: %v", err)
		}
	})
}

// An activity with attempts=1 never starts twice, while workers come, go and are killed.
func TestAtMostOnce(t *testing.T) {
	const calls = 3
	world(t, func(b *bench) {
		runs := 2000
		if testing.Short() || strings.Contains(b.Name(), "nats") {
			runs /= 10
		}
		var mu sync.Mutex
		begun := map[string]int{}
		act, call := newActivity(abi.Activity{Name: "t.once", Policy: abi.Policy{Attempts: 1}}, func(ctx context.Context, _ string) (string, error) {
			key := activity.InfoFrom(ctx).IdempotencyKey
			mu.Lock()
			begun[key]++
			mu.Unlock()
			time.Sleep(time.Duration(len(key)%7) * 100 * time.Millisecond)
			return "done", nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			for range calls {
				_, _ = call(r, ctx, in) // an attempt may be lost with its worker
			}
			return "done", nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}}
		ctx, stop := context.WithCancel(context.Background())
		var workers sync.WaitGroup
		for i := range 3 {
			r := rand.New(rand.NewPCG(uint64(i), 1))
			workers.Go(func() {
				for ctx.Err() == nil {
					end := b.launch(m)
					time.Sleep(time.Duration(500+r.IntN(4000)) * time.Millisecond)
					end([]error{nil, worker.ErrKilled}[r.IntN(2)])
				}
			})
		}
		var waiting sync.WaitGroup
		for i := range runs {
			run := b.start(wf, fmt.Sprint("w", i), "")
			waiting.Go(func() {
				if err := run.Wait(context.Background()); err != nil {
					t.Errorf("run %d: %v", i, err)
				}
			})
			time.Sleep(20 * time.Millisecond)
		}
		waiting.Wait()
		stop()
		workers.Wait()
		synctest.Wait()
		for key, n := range begun {
			if n > 1 {
				t.Errorf("activity %s has begun %d times", key, n)
			}
		}
		if len(begun) < runs*calls*9/10 {
			t.Errorf("%d of %d activities have begun", len(begun), runs*calls)
		}
	})
}
