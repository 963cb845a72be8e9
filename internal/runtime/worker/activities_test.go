// This file tests activities: retries, timeouts, heartbeats, cancellation, and the crash of their worker.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestRetriesLeaveNoEventAndFinalErrorsEndThem(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		act, call := newActivity(abi.Activity{Name: "t.flaky", Final: func(err error) bool { return errors.Is(err, errDeclined) }},
			func(ctx context.Context, in string) (string, error) {
				n := attempts.Add(1)
				if info := activity.InfoFrom(ctx); info.Attempt != int(n) || info.ID != "w1" || info.IdempotencyKey == "" {
					t.Errorf("attempt %d has info %+v", n, info)
				}
				if n < 4 {
					return "", errors.New("try again")
				}
				return "", fmt.Errorf("card: %w", errDeclined)
			})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			_, err := call(r, ctx, in)
			if !errors.Is(err, errDeclined) {
				return "", fmt.Errorf("not declined: %w", err)
			}
			return "compensated", nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		begun := time.Now()
		out, err := b.result(wf, "w1", "")
		if out != "compensated" || err != nil || attempts.Load() != 4 {
			t.Errorf("got %q, %v after %d attempts", out, err, attempts.Load())
		}
		if took := time.Since(begun); took < 7*time.Second || took > 10*time.Second {
			t.Errorf("back-off of 1, 2 and 4 s took %v", took)
		}
		if got := b.events("w1"); got != "RunStarted ActivityScheduled ActivityCompleted RunCompleted" {
			t.Errorf("history %s", got)
		}
	})
}

func TestWorkerDeathIsNoticedWithoutHeartbeats(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(ctx context.Context, _ string) (string, error) {
			if attempts.Add(1) == 1 {
				<-ctx.Done() // its worker dies
				return "", ctx.Err()
			}
			return "done", nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		m := abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}}
		stop := b.work(m)
		run := b.start(wf, "w1", "")
		synctest.Wait()
		stop()
		defer b.work(m)()
		begun := time.Now()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "done" {
			t.Errorf("got %q, %v", out, err)
		}
		if took := time.Since(begun); took > 2*store.AckWait {
			t.Errorf("noticed after %v", took)
		}
	})
}

func TestTimeouts(t *testing.T) {
	for _, test := range []struct {
		kind   string
		policy abi.Policy
		serve  bool
		after  time.Duration
	}{
		{"start-to-close", abi.Policy{StartToClose: 2 * time.Second, Attempts: 2}, true, 5 * time.Second},
		{"heartbeat", abi.Policy{Heartbeat: time.Second, Attempts: 1}, true, time.Second},
		{"schedule-to-close", abi.Policy{StartToClose: time.Second, ScheduleToClose: 9 * time.Second}, true, 6 * time.Second}, // the next attempt would be too late
		{"schedule-to-start", abi.Policy{ScheduleToStart: 20 * time.Second}, false, 20 * time.Second},
		{"schedule-to-close", abi.Policy{ScheduleToClose: 20 * time.Second}, false, 20 * time.Second},
	} {
		t.Run(test.kind, func(t *testing.T) {
			world(t, func(b *bench) {
				act, call := newActivity(abi.Activity{Name: "t.act", Policy: test.policy}, func(ctx context.Context, _ string) (string, error) {
					<-ctx.Done()
					return "", ctx.Err()
				})
				wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
				m := abi.Registration{Workflows: []*abi.Workflow{wf}}
				if test.serve {
					m.Activities = []abi.Handler{act}
				}
				defer b.work(m)()
				begun := time.Now()
				_, err := b.result(wf, "w1", "")
				if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), test.kind+" limit") {
					t.Errorf("got %v", err)
				}
				if took := time.Since(begun); took < test.after || took > test.after+2*time.Second {
					t.Errorf("took %v, want %v", took, test.after)
				}
			})
		})
	}
}

// The attempt's own deadline and the owner of its run end the last attempt at the same moment, so the function may return
// either error.
func TestLastErrorIsThatOfTheAttemptBeforeTheWholeTimePassed(t *testing.T) {
	for _, ending := range []error{context.Canceled, context.DeadlineExceeded} {
		world(t, func(b *bench) {
			policy := abi.Policy{StartToClose: 15 * time.Second, ScheduleToClose: 20 * time.Second}
			act, call := newActivity(abi.Activity{Name: "t.act", Policy: policy}, func(ctx context.Context, _ string) (string, error) {
				<-ctx.Done()
				if time.Since(activity.InfoFrom(ctx).Scheduled) < 20*time.Second {
					return "", ctx.Err()
				}
				return "", ending
			})
			wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
			defer b.work(abi.Registration{Activities: []abi.Handler{act}})()
			owner := abi.Registration{Workflows: []*abi.Workflow{wf}}
			end := b.launch(owner)
			run := b.start(wf, "w1", "")
			time.Sleep(18 * time.Second)
			end(worker.ErrKilled) // otherwise its outcome would be used
			time.Sleep(7 * time.Second)
			defer b.work(owner)()
			err := run.Wait(context.Background())
			var timeout, last *failures.TimeoutError
			if !errors.As(err, &timeout) || timeout.Kind != failures.ScheduleToClose || !errors.As(timeout.Last, &last) || last.Kind != failures.StartToClose || last.Last != nil {
				t.Errorf("the function returned %v, the activity %v", ending, err)
			}
		})
	}
}

func TestHeartbeatDetailsReachTheNextAttempt(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Heartbeat: 2 * time.Second}}, func(ctx context.Context, _ string) (string, error) {
			var line int
			if ok, err := activity.LastHeartbeat(ctx, &line); err != nil || ok != (activity.InfoFrom(ctx).Attempt > 1) {
				t.Errorf("attempt %d: %v %v", activity.InfoFrom(ctx).Attempt, ok, err)
			}
			for ; line < 100; line++ {
				time.Sleep(100 * time.Millisecond)
				if err := activity.Heartbeat(ctx, line); err != nil {
					t.Error(err)
				}
				if line == 30 && activity.InfoFrom(ctx).Attempt == 1 {
					return "", errors.New("stumbled")
				}
			}
			return fmt.Sprint("attempt ", activity.InfoFrom(ctx).Attempt), nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		begun := time.Now()
		if out, err := b.result(wf, "w1", ""); err != nil || out != "attempt 2" {
			t.Errorf("got %q, %v", out, err)
		}
		if took := time.Since(begun); took > 12*time.Second {
			t.Errorf("took %v: the second attempt started from the beginning", took)
		}
	})
}

func TestCancelReachesTheRunningActivity(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(ctx context.Context, in string) (string, error) {
			if in == "cleanup" {
				return "clean", nil
			}
			<-ctx.Done()
			return "", ctx.Err()
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			_, err := call(r, ctx, in)
			if !errors.Is(err, context.Canceled) {
				return "", fmt.Errorf("unexpected: %w", err)
			}
			if _, err := call(r, ctx, "never"); !errors.Is(err, context.Canceled) {
				return "", fmt.Errorf("scheduled in a cancelled context: %w", err)
			}
			if _, err := call(r, context.Background(), "cleanup"); err != nil {
				return "", err
			}
			return "", err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		run := b.start(wf, "w1", "")
		time.Sleep(3 * time.Second)
		if err := run.Cancel(context.Background(), "no longer wanted"); err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		err := run.Wait(context.Background())
		var re *client.RunError
		if !errors.As(err, &re) || re.Status != history.StatusCancelled {
			t.Errorf("got %v", err)
		}
		if took := time.Since(begun); took > time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestCancelTakesAWaitingActivityOutOfItsQueue(t *testing.T) {
	world(t, func(b *bench) {
		_, call := newActivity(abi.Activity{Name: "t.unhandled"}, nil)
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w1", "")
		time.Sleep(time.Second)
		if err := run.Cancel(context.Background(), ""); err != nil {
			t.Fatal(err)
		}
		if err := run.Wait(context.Background()); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		st := b.open()
		defer st.Close()
		queued, err := st.TaskQueued(context.Background(), store.Task{Queue: "qa", ID: "w1", RunID: run.RunID(), Op: "0/1"})
		if queued || err != nil {
			t.Errorf("still queued: %v, %v", queued, err)
		}
	})
}

// The sweep finds a task that the queue has lost, although the run's worker is alive.
func TestLostTaskIsPublishedAgain(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(context.Context, string) (string, error) { return "done", nil })
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w1", "")
		time.Sleep(time.Second)
		st := b.open()
		defer st.Close()
		if err := st.DropTask(context.Background(), store.Task{Queue: "qa", ID: "w1", RunID: run.RunID(), Op: "0/1"}); err != nil {
			t.Fatal(err)
		}
		defer b.work(abi.Registration{Activities: []abi.Handler{act}})()
		begun := time.Now()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "done" || time.Since(begun) > 5*time.Minute {
			t.Errorf("got %q, %v after %v", out, err, time.Since(begun))
		}
	})
}
