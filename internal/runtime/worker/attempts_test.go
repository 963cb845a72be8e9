// This file tests that attempts are counted by their beginning, whatever the queue has delivered how often.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

// starts records the numbers of the attempts that begin.
type starts struct {
	mu      sync.Mutex
	numbers []int
}

func (s *starts) begin(ctx context.Context) (total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers = append(s.numbers, activity.InfoFrom(ctx).Attempt)
	return len(s.numbers)
}

func (s *starts) expect(t testing.TB, want ...int) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if fmt.Sprint(s.numbers) != fmt.Sprint(want) {
		t.Errorf("attempts %v have begun, want %v", s.numbers, want)
	}
}

// counted returns a workflow that calls one activity, the activity, and its attempts.
func (b *bench) counted(limit int, run func(ctx context.Context, total int) error) (owner, acts abi.Registration, wf *abi.Workflow, s *starts) {
	s = &starts{}
	act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: limit}}, func(ctx context.Context, _ string) (string, error) {
		return "done", run(ctx, s.begin(ctx))
	})
	wf = b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
	return abi.Registration{Workflows: []*abi.Workflow{wf}}, abi.Registration{Activities: []abi.Handler{act}}, wf, s
}

// frozen takes n deliveries of the queue of activities and answers none, like a worker that is suspended.
func (b *bench) frozen(n int) {
	st := b.open()
	defer st.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	taken := make(chan store.TaskDelivery, n)
	err := st.ReceiveTasks(ctx, store.TaskOptions{Queue: "qa", Worker: "frozen", Slots: n, Handler: func(d store.TaskDelivery) { taken <- d }})
	if err != nil {
		b.Fatal(err)
	}
	for range n {
		<-taken
	}
}

// deliverAgain makes the queue forget what it has delivered, like a server that was killed.
func (b *bench) deliverAgain(task store.Task) {
	st := b.open()
	defer st.Close()
	if err := errors.Join(st.DropTask(context.Background(), task), st.EnqueueTask(context.Background(), task)); err != nil {
		b.Fatal(err)
	}
}

// peek returns the task that waits in the queue of activities.
func (b *bench) peek() store.Task {
	st := b.open()
	defer st.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	taken := make(chan store.TaskDelivery, 1)
	if err := st.ReceiveTasks(ctx, store.TaskOptions{Queue: "qa", Worker: "peek", Slots: 1, Handler: func(d store.TaskDelivery) { taken <- d }}); err != nil {
		b.Fatal(err)
	}
	d := <-taken
	cancel()
	time.Sleep(time.Second) // the end of a context reaches the server asynchronously, like an answer
	d.Nak(0)
	time.Sleep(time.Second)
	return d.Task
}

func TestDeliveriesToAFrozenWorkerAreNoAttempts(t *testing.T) {
	for _, limit := range []int{1, 3} {
		world(t, func(b *bench) {
			owner, acts, wf, begun := b.counted(limit, func(context.Context, int) error { return nil })
			defer b.work(owner)()
			run := b.start(wf, "w1", "")
			b.frozen(4)
			defer b.work(acts)()
			if err := run.Wait(context.Background()); err != nil {
				t.Errorf("attempts=%d: %v", limit, err)
			}
			begun.expect(t, 1)
		})
	}
}

// A worker dies during an attempt, and the queue has lost the count of its deliveries.
func TestNoAttemptBeyondTheLimit(t *testing.T) {
	for _, forgetful := range []bool{false, true} {
		for _, limit := range []int{1, 2} {
			world(t, func(b *bench) {
				owner, acts, wf, begun := b.counted(limit, func(ctx context.Context, _ int) error {
					<-ctx.Done()
					return ctx.Err()
				})
				defer b.work(owner)()
				run := b.start(wf, "w1", "")
				task := b.peek()
				want := []int{1, 2}[:limit]
				for range want {
					end := b.launch(acts)
					time.Sleep(2 * store.AckWait)
					end(worker.ErrKilled)
					if forgetful {
						b.deliverAgain(task)
					}
				}
				defer b.work(acts)()
				err := run.Wait(context.Background())
				var lost *failures.WorkerLostError
				if !errors.As(err, &lost) || lost.Attempt != limit {
					t.Errorf("attempts=%d, forgetful %v: got %v, want that its worker was lost", limit, forgetful, err)
				}
				begun.expect(t, want...)
			})
		}
	}
}

// The queue delivers the task again, to the same worker and to another one, while an attempt goes on.
func TestRunningAttemptIsNotRepeatedOrGivenUp(t *testing.T) {
	for _, limit := range []int{0, 1, 2} {
		world(t, func(b *bench) {
			owner, acts, wf, begun := b.counted(limit, func(context.Context, int) error {
				time.Sleep(30 * time.Second)
				return nil
			})
			defer b.work(owner)()
			run := b.start(wf, "w1", "")
			task := b.peek()
			b.deliverAgain(task) // as the first delivery
			defer b.work(acts)()
			time.Sleep(time.Second)
			b.deliverAgain(task)
			time.Sleep(time.Second)
			defer b.work(acts)()
			if err := run.Wait(context.Background()); err != nil {
				t.Errorf("attempts=%d: %v", limit, err)
			}
			begun.expect(t, 1)
		})
	}
}

// A worker that was suspended enqueues a task again whose outcome is recorded.
func TestActivityWithAnOutcomeIsNotAttemptedAgain(t *testing.T) {
	for _, c := range []struct {
		limit     int
		suspended time.Duration
	}{{1, time.Second}, {1, time.Hour}, {0, 2 * store.AckWait}, {0, time.Hour}} {
		world(t, func(b *bench) {
			owner, acts, wf, begun := b.counted(c.limit, func(context.Context, int) error { return nil })
			patient := *wf
			patient.Run = func(ctx context.Context, r *abi.Run, in abi.Values) ([]any, error) {
				out, err := wf.Run(ctx, r, in)
				abi.Sleep(r, 2*time.Hour)
				return out, err
			}
			owner.Workflows = []*abi.Workflow{&patient}
			defer b.work(owner)()
			run := b.start(wf, "w1", "")
			task := b.peek()
			b.deliverAgain(task) // as the first delivery
			defer b.work(acts)()
			time.Sleep(c.suspended)
			b.deliverAgain(task)
			if err := run.Wait(context.Background()); err != nil {
				t.Error(err)
			}
			begun.expect(t, 1)
		})
	}
}

// Retries are counted by the attempts that failed, and an attempt that died counts.
func TestNumbersOfAttempts(t *testing.T) {
	for _, limit := range []int{0, 4} {
		world(t, func(b *bench) {
			owner, acts, wf, begun := b.counted(limit, func(ctx context.Context, total int) error {
				switch total {
				case 1, 3:
					return errors.New("try again")
				case 2:
					<-ctx.Done()
					return ctx.Err()
				}
				return nil
			})
			defer b.work(owner)()
			run := b.start(wf, "w1", "")
			end := b.launch(acts)
			time.Sleep(10 * time.Second)
			end(worker.ErrKilled)
			b.frozen(2)
			defer b.work(acts)()
			if err := run.Wait(context.Background()); err != nil {
				t.Errorf("attempts=%d: %v", limit, err)
			}
			begun.expect(t, 1, 2, 3, 4)
		})
	}
}
