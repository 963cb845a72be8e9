package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
	"github.com/pawlhq/pawl/runtime/embed"
)

var errDeclined = errors.New("declined")

// bench is a small world in virtual time: a store, a client, workers that come and go.
type bench struct {
	*testing.T
	open   func() store.Store // another connection to the store
	client *client.Client
	errors abi.Errors
}

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		fmt.Fprintln(os.Stderr, workAsProcess(url))
		os.Exit(1)
	}
	embed.RegisterClock()
	os.Exit(m.Run())
}

// world runs test twice, in synctest bubbles: over the in-memory store, and over a real NATS server.
func world(t *testing.T, test func(b *bench)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			data := memstore.New()
			inWorld(t, func() store.Store { return data.Open() }, test)
		})
	})
	t.Run("nats", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, err := embed.Start(embed.Options{Memory: true})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Shutdown()
			inWorld(t, func() store.Store {
				opt := server.StoreOptions("")
				opt.Logger = slog.New(slog.DiscardHandler)
				st, err := natsstore.Connect(context.Background(), opt)
				if err != nil {
					t.Fatal(err)
				}
				return st
			}, test)
		})
	})
}

func inWorld(t *testing.T, open func() store.Store, test func(b *bench)) {
	st := open()
	defer st.Close()
	test(&bench{T: t, open: open, client: client.New(st, nil), errors: abi.Errors{abi.Sentinel("t.errDeclined", errDeclined)}})
}

// work starts a worker and returns what stops it.
func (b *bench) work(m abi.Registration) (stop func()) {
	end := b.launch(m)
	return func() { end(nil) }
}

// launch starts a worker and returns what ends it for a reason.
func (b *bench) launch(m abi.Registration) (end func(why error)) {
	st := b.open()
	m.Package, m.Errors = "t", b.errors
	w, err := worker.New(worker.Options{Store: st, Registrations: []abi.Registration{m}, Logger: slog.New(slog.DiscardHandler), Drain: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	return func(why error) {
		cancel(why)
		if err := <-done; err != nil {
			b.Error(err)
		}
		st.Close()
	}
}

// workflow makes a workflow that takes and gives a string.
func (b *bench) workflow(name string, run func(r *abi.Run, ctx context.Context, in string) (string, error)) *abi.Workflow {
	return &abi.Workflow{Name: name, Queue: "q", Errors: b.errors, Run: func(ctx context.Context, r *abi.Run, in abi.Values) ([]any, error) {
		var s string
		if err := in.Decode(&s); err != nil {
			return nil, err
		}
		out, err := run(r, ctx, s)
		return []any{out}, err
	}}
}

// newActivity makes an activity that takes and gives a string, and its lowered twin.
func newActivity(a abi.Activity, run func(ctx context.Context, in string) (string, error)) (abi.Handler, func(r *abi.Run, ctx context.Context, in string) (string, error)) {
	if a.Policy.StartToClose == 0 {
		a.Policy.StartToClose = time.Minute
	}
	if a.Policy.BackoffMin == 0 {
		a.Policy.BackoffMin, a.Policy.BackoffMax, a.Policy.BackoffFactor = time.Second, time.Minute, 2
	}
	a.Queue = "qa"
	h := abi.Handler{Activity: &a, Run: func(ctx context.Context, in abi.Values) ([]any, error) {
		var s string
		if err := in.Decode(&s); err != nil {
			return nil, err
		}
		out, err := run(ctx, s)
		return []any{out}, err
	}}
	return h, func(r *abi.Run, ctx context.Context, in string) (out string, err error) {
		err = abi.Call(ctx, r, &a, []any{in}, &out)
		return
	}
}

// result starts a workflow and waits for it.
func (b *bench) result(w *abi.Workflow, id, in string) (out string, err error) {
	run := b.start(w, id, in)
	err = run.Wait(context.Background(), &out)
	return
}

func (b *bench) start(w *abi.Workflow, id, in string, opts ...client.StartOption) *client.Run {
	run, err := b.client.Start(context.Background(), w, id, []any{in}, opts...)
	if err != nil {
		b.Fatal(err)
	}
	return run
}

func (b *bench) events(id string) string {
	h, err := b.client.History(context.Background(), id, "")
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, e := range h.Events {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e.Body), "*history."))
	}
	return strings.Join(names, " ")
}

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

// A workflow that panics is parked, and goes on when a worker comes whose code does not.
func TestParkedRunResumesWithBetterCode(t *testing.T) {
	world(t, func(b *bench) {
		var ran atomic.Int32
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(context.Context, string) (string, error) { ran.Add(1); return "x", nil })
		code := func(mend bool) *abi.Workflow {
			return b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
				s, err := call(r, ctx, in)
				if !mend {
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
		if err != nil || d.Status != history.StatusParked || !strings.Contains(d.Parked, "activity t.one (operation 0/1 at worker_test/worker_test.go:") ||
			!strings.Contains(d.Parked, "activity t.two (operation 0/1) at worker_test/worker_test.go:") {
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
		{"schedule-to-close", abi.Policy{StartToClose: time.Second, ScheduleToClose: 9 * time.Second}, true, 6 * time.Second}, // the next attempt would come too late
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

// The attempt's own deadline and the owner of its run end the last attempt at one moment: what the function makes of it
// is chance.
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
			end(worker.ErrKilled) // or else it says how the activity ended
			time.Sleep(7 * time.Second)
			defer b.work(owner)()
			err := run.Wait(context.Background())
			var timeout, last *codec.TimeoutError
			if !errors.As(err, &timeout) || timeout.Kind != codec.ScheduleToClose || !errors.As(timeout.Last, &last) || last.Kind != codec.StartToClose || last.Last != nil {
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
			t.Errorf("took %v: the second attempt began anew", took)
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
		_, call := newActivity(abi.Activity{Name: "t.nobody"}, nil)
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

// hold keeps a delivery from coming to anybody else until it is given back.
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

// A message to whichever run an id has was taken in by one, and is delivered once more when there is another.
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

// A task that the queue has lost is found missing by the sweeper, though the run's worker is alive.
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
