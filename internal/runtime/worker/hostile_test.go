// This file tests what an author's function can do to its caller: return errors and results that are hostile, end its
// goroutine, or return when its attempt has already ended.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

type codeError struct{ Code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.Code) }

// hiddenError loses a field when it is stored, and then its Error method panics.
type hiddenError struct {
	Code   int
	status *string
}

func (e *hiddenError) Error() string { return fmt.Sprint("refused: ", e.Code, *e.status) }

// loud is a value with a hostile method.
type loud struct{ act func(loud) string }

func (l loud) String() string { return l.act(l) }

// hostile functions, by name, and what the error must contain.
var hostile = map[string]struct {
	run  func() error
	want string
}{
	"typed nil":     {func() error { return (*codeError)(nil) }, "a nil pointer of type *worker_test.codeError"},
	"hidden":        {func() error { status := " no money"; return &hiddenError{402, &status} }, "refused: 402 no money"},
	"huge":          {func() error { return errors.New(strings.Repeat("x", 2<<20)) }, "(2097152 bytes)"},
	"not UTF-8":     {func() error { return errors.New("caf\xe9") }, "caf\uFFFD"},
	"goexit":        {func() error { runtime.Goexit(); return nil }, "runtime.Goexit"},
	"panic":         {func() error { panic(&hiddenError{}) }, "panic: "},
	"panic, panics": {func() error { panic(loud{func(l loud) string { panic(l) }}) }, "panic: a value of type worker_test.loud"},
	"panic, goexit": {func() error { panic(loud{func(loud) string { runtime.Goexit(); return "" }}) }, "panic: a value of type worker_test.loud"},
	"huge panic": {func() error {
		panic(strings.Repeat("\xff", 2<<20))
	}, "panic: \uFFFD"},
}

// Every hostile end of an attempt is an outcome that is recorded after as many attempts as the policy allows, and the
// workflow sees the same error in its first execution as in a replay.
func TestHostileEndsOfAttempts(t *testing.T) {
	world(t, func(b *bench) {
		b.errors = append(b.errors, abi.ErrorType[*hiddenError]("t.hiddenError"), abi.ErrorType[*codeError]("t.codeError"))
		var attempts atomic.Int32
		ends := func(_ context.Context, in string) (string, error) { attempts.Add(1); return "", hostile[in].run() }
		act, callActivity := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 2}}, ends)
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 2}}, ends)
		var executions atomic.Int32
		flow := func(name string, call func(*abi.Run, context.Context, string) (string, error)) *abi.Workflow {
			return b.workflow(name, func(r *abi.Run, ctx context.Context, in string) (string, error) {
				executions.Add(1)
				_, err := call(r, ctx, in)
				seen := "no error"
				if err != nil {
					seen = err.Error()
				}
				if hidden := new(hiddenError); errors.As(err, &hidden) {
					seen += fmt.Sprint(" and its code is ", hidden.Code)
				}
				abi.Sleep(r, time.Hour)
				return seen, nil
			})
		}
		byActivity, byStep := flow("t.byActivity", callActivity), flow("t.byStep", callStep)
		own := b.workflow("t.own", func(_ *abi.Run, _ context.Context, in string) (string, error) { return "", hostile[in].run() })
		m := abi.Registration{Workflows: []*abi.Workflow{byActivity, byStep, own}, Activities: []abi.Handler{act, step}}
		end := b.launch(m)
		runs := map[string]*client.Run{}
		for name := range hostile {
			for _, wf := range []*abi.Workflow{byActivity, byStep} {
				attempts.Store(0)
				runs[wf.Name+" "+name] = b.start(wf, wf.Name+" "+name, name)
				time.Sleep(10 * time.Second)
				if n := attempts.Load(); n != 2 {
					t.Errorf("%s %s: %d attempts, want 2", wf.Name, name, n)
				}
			}
		}
		first := executions.Load()
		end(worker.ErrKilled)
		defer b.work(m)()
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		for key, run := range runs {
			name := strings.TrimPrefix(strings.TrimPrefix(key, "t.byActivity "), "t.byStep ")
			var seen string
			if err := run.Wait(ctx, &seen); err != nil || !strings.Contains(seen, hostile[name].want) || !utf8.ValidString(seen) || len(seen) > 10_000 {
				t.Errorf("%s: %.300q, %.300v", key, seen, err)
			}
			if name == "hidden" && !strings.HasSuffix(seen, "its code is 402") {
				t.Errorf("%s: the workflow saw %q", key, seen)
			}
		}
		if n := executions.Load(); n != 2*first {
			t.Errorf("%d executions: the runs were not replayed", n)
		}
		for name, end := range hostile {
			if strings.Contains(name, "panic") || name == "goexit" {
				continue // workflow code that does this is parked
			}
			var re *client.RunError
			if err := b.start(own, "own "+name, name).Wait(ctx); !errors.As(err, &re) || re.Status != history.StatusFailed || !strings.Contains(err.Error(), end.want) || len(err.Error()) > 10_000 {
				t.Errorf("workflow that returns %s: %.300v", name, err)
			}
		}
	})
}

// Workflow code that panics with a hostile value is parked like any other.
func TestHostilePanicsOfWorkflows(t *testing.T) {
	for name, h := range hostile {
		if !strings.Contains(name, "panic") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) {
				own := b.workflow("t.own", func(_ *abi.Run, _ context.Context, in string) (string, error) { return "", hostile[in].run() })
				defer b.work(abi.Registration{Workflows: []*abi.Workflow{own, b.echo()}})()
				b.start(own, "own", name)
				b.expectParked(b.echo(), "own", "workflow code panicked: "+strings.TrimPrefix(h.want, "panic: "))
			})
		})
	}
}

// The name of a time zone is part of the history, too.
func TestHostileTimeZones(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, _ context.Context, in string) (string, error) {
			for _, name := range []string{"caf\xe9", strings.Repeat("x", 2<<20), "No/Where", "a\x00b"} {
				if _, err := abi.LoadLocation(r, name); err == nil {
					return "", errors.New("there is a zone " + name)
				}
			}
			abi.Sleep(r, time.Hour)
			return in, nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{wf}}
		end := b.launch(m)
		run := b.start(wf, "w1", "right")
		time.Sleep(time.Minute)
		end(worker.ErrKilled)
		defer b.work(m)()
		ctx, cancel := context.WithTimeout(context.Background(), 24*time.Hour)
		defer cancel()
		var out string
		if err := run.Wait(ctx, &out); err != nil || out != "right" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

// status refuses its zero value.
type status string

func (s *status) UnmarshalText(text []byte) error {
	if *s = status(text); *s != "paid" {
		return fmt.Errorf("unknown status %q", text)
	}
	return nil
}

// Values beside an error that do not encode or decode do not hide the error.
func TestValuesBesideAnError(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		measure := &abi.Activity{Name: "t.measure", Queue: "qa", Policy: abi.Policy{StartToClose: time.Minute, BackoffMin: time.Second, BackoffFactor: 2}}
		ask := &abi.Activity{Name: "t.ask", Queue: "qa", Policy: abi.Policy{StartToClose: time.Minute, Attempts: 1}}
		acts := []abi.Handler{
			{Activity: measure, Run: func(context.Context, abi.Values) ([]any, error) {
				if attempts.Add(1) < 3 {
					return []any{math.NaN()}, errDeclined
				}
				return []any{21.5}, nil
			}},
			{Activity: ask, Run: func(context.Context, abi.Values) ([]any, error) { return []any{7, status("")}, errDeclined }},
		}
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			var heat float64
			if err := abi.Call(ctx, r, measure, nil, &heat); err != nil || heat != 21.5 {
				return "", fmt.Errorf("measured %v, %v", heat, err)
			}
			var n int
			var s status
			if err := abi.Call(ctx, r, ask, nil, &n, &s); !errors.Is(err, errDeclined) || n != 7 || s != "" {
				return "", fmt.Errorf("asked: %d, %q, %v", n, s, err)
			}
			return "right", nil
		})
		beside := &abi.Workflow{Name: "t.beside", Queue: "q", Errors: b.errors, Run: func(context.Context, *abi.Run, abi.Values) ([]any, error) {
			return []any{math.NaN(), status("")}, errDeclined
		}}
		alone := &abi.Workflow{Name: "t.alone", Queue: "q", Run: func(context.Context, *abi.Run, abi.Values) ([]any, error) {
			return []any{math.NaN()}, nil
		}}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf, beside, alone}, Activities: acts})()
		if out, err := b.result(wf, "w1", ""); out != "right" || err != nil {
			t.Errorf("got %q, %v", out, err)
		}
		var heat float64
		var s status
		if err := b.start(beside, "w2", "").Wait(context.Background(), &heat, &s); !errors.Is(err, errDeclined) {
			t.Errorf("a workflow's error beside values that do not cross: %v", err)
		}
		if err := b.start(alone, "w3", "").Wait(context.Background(), &heat); err == nil || !strings.Contains(err.Error(), "NaN") {
			t.Errorf("a workflow's result that does not encode: %v", err)
		}
	})
}

// An error about a context of the function's own is an error like any other.
func TestOwnContextOfAFunctionIsNotItsCancellation(t *testing.T) {
	world(t, func(b *bench) {
		flaky := func(ctx context.Context, _ string) (string, error) {
			if n := activity.InfoFrom(ctx).Attempt; n > 1 {
				return fmt.Sprint("attempt ", n), nil
			}
			inner, stop := context.WithCancel(ctx)
			stop()
			return "", fmt.Errorf("fetch page: %w", inner.Err())
		}
		act, callActivity := newActivity(abi.Activity{Name: "t.act"}, flaky)
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true}, flaky)
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			a, err := callActivity(r, ctx, in)
			if err != nil {
				return "", err
			}
			s, err := callStep(r, ctx, in)
			return a + ", " + s, err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act, step}})()
		if out, err := b.result(wf, "w1", ""); out != "attempt 2, attempt 2" || err != nil {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

func TestOwnContextOfAWorkflowIsNotItsCancellation(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			inner, stop := abi.WithCancel(r, ctx)
			stop()
			return "", fmt.Errorf("pool closed: %w", inner.Err())
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		var re *client.RunError
		if _, err := b.result(wf, "w1", ""); !errors.As(err, &re) || re.Status != history.StatusFailed || !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
}

// An attempt that ignores its time limit runs on while the next one runs. Each sees its own details.
func TestAttemptsShareNoDetails(t *testing.T) {
	world(t, func(b *bench) {
		seen := make(chan [2]int, 10)
		slow := func(ctx context.Context, _ string) (string, error) {
			before := activity.InfoFrom(ctx).Attempt
			time.Sleep(10 * time.Second)
			seen <- [2]int{before, activity.InfoFrom(ctx).Attempt}
			return "", errDeclined
		}
		policy := abi.Policy{StartToClose: time.Second, Attempts: 4, BackoffMin: time.Second, BackoffFactor: 1}
		act, callActivity := newActivity(abi.Activity{Name: "t.act", Policy: policy}, slow)
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: policy}, slow)
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			callActivity(r, ctx, in)
			callStep(r, ctx, in)
			return "", nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act, step}})()
		if _, err := b.result(wf, "w1", ""); err != nil {
			t.Error(err)
		}
		for range 8 {
			if n := <-seen; n[0] != n[1] {
				t.Errorf("attempt %d was told later that it is attempt %d", n[0], n[1])
			}
		}
	})
}

// A step whose outcome the run cannot take in, because the code after it panics, does not run again each time that the run
// is tried.
func TestStepOfAParkedRunDoesNotRunAgain(t *testing.T) {
	world(t, func(b *bench) {
		var attempts, broken atomic.Int32
		broken.Store(1)
		step, call := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 1}}, func(context.Context, string) (string, error) {
			return fmt.Sprint("attempt ", attempts.Add(1)), nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			out, err := call(r, ctx, in)
			if broken.Load() == 1 {
				panic("not deployed yet")
			}
			return out, err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}})()
		run := b.start(wf, "w1", "")
		time.Sleep(10 * time.Minute)
		if d, err := run.Describe(context.Background()); err != nil || d.Status != history.StatusParked {
			t.Errorf("%+v, %v", d, err)
		}
		broken.Store(0)
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "attempt 1" || attempts.Load() != 1 {
			t.Errorf("got %q, %v after %d attempts", out, err, attempts.Load())
		}
		if got := b.events("w1"); got != "RunStarted StepScheduled StepCompleted RunCompleted" {
			t.Errorf("history %s", got)
		}
	})
}

// brokenJournal is a store that stores no record while down is set.
type brokenJournal struct {
	store.Store
	down *atomic.Bool
}

func (s brokenJournal) Append(ctx context.Context, id string, prev store.Seq, r store.Record) (store.Seq, error) {
	if s.down.Load() {
		return 0, fmt.Errorf("journal: %w", store.ErrUnavailable)
	}
	return s.Store.Append(ctx, id, prev, r)
}

// Neither does a step that is under way when its run leaves the memory, because the run is parked or its record could not be
// stored.
func TestStepUnderWayDoesNotRunAgain(t *testing.T) {
	for _, parks := range []bool{true, false} {
		world(t, func(b *bench) {
			var attempts atomic.Int32
			var broken, down atomic.Bool
			open := b.open
			b.open = func() store.Store { return brokenJournal{open(), &down} }
			step, call := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 1}}, func(ctx context.Context, _ string) (string, error) {
				n := attempts.Add(1)
				select {
				case <-time.After(30 * time.Second):
					return fmt.Sprint("attempt ", n), nil
				case <-ctx.Done():
					return "", ctx.Err()
				}
			})
			wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
				abi.Go(r, func() {
					abi.Sleep(r, 5*time.Second)
					if broken.Load() {
						panic("not deployed yet")
					}
				})
				return call(r, ctx, in)
			})
			defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}})()
			run := b.start(wf, "w1", "")
			time.Sleep(4 * time.Second)
			broken.Store(parks)
			down.Store(!parks)
			time.AfterFunc(5*time.Second, func() { down.Store(false) })
			var out string
			if err := run.Wait(context.Background(), &out); err != nil || out != "attempt 1" || attempts.Load() != 1 {
				t.Errorf("parks %v: got %q, %v after %d attempts", parks, out, err, attempts.Load())
			}
		})
	}
}

// A step that is cancelled while its run is not in memory learns of it.
func TestKeptStepIsCancelled(t *testing.T) {
	world(t, func(b *bench) {
		stopped := make(chan time.Time, 10)
		step, call := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 1, StartToClose: time.Hour}}, func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			stopped <- time.Now()
			return "", ctx.Err()
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Go(r, func() {
				abi.Sleep(r, 5*time.Second)
				panic("never deployed")
			})
			return call(r, ctx, in)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{step}})()
		run := b.start(wf, "w1", "")
		time.Sleep(5 * time.Minute)
		if err := run.Terminate(context.Background(), "enough"); err != nil {
			t.Fatal(err)
		}
		asked := time.Now()
		var re *client.RunError
		if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated {
			t.Errorf("got %v", err)
		}
		select {
		case at := <-stopped:
			if at.Before(asked) || at.Sub(asked) > time.Minute {
				t.Errorf("the step was stopped %v after the request", at.Sub(asked))
			}
		case <-time.After(10 * time.Minute):
			t.Error("the step was not stopped")
		}
	})
}

// A worker that is lost during the last attempt is not a limit that has passed.
func TestLostWorkerIsNoTimeout(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 2}}, func(ctx context.Context, _ string) (string, error) {
			if attempts.Add(1) == 1 {
				return "", errDeclined
			}
			<-ctx.Done()
			return "", ctx.Err()
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		end := b.launch(abi.Registration{Activities: []abi.Handler{act}})
		run := b.start(wf, "w1", "")
		time.Sleep(5 * time.Second)
		end(worker.ErrKilled)
		defer b.work(abi.Registration{Activities: []abi.Handler{act}})()
		err := run.Wait(context.Background())
		var lost *failures.WorkerLostError
		if !errors.As(err, &lost) || lost.Attempt != 2 || !errors.Is(lost.Last, errDeclined) || errors.Is(err, context.DeadlineExceeded) || attempts.Load() != 2 {
			t.Errorf("after %d attempts: %v", attempts.Load(), err)
		}
	})
}

// brokenObjects is a store whose object store does not answer while down is set.
type brokenObjects struct {
	store.Store
	down *atomic.Bool
}

func (s brokenObjects) PutObject(ctx context.Context, name string, data []byte) error {
	if s.down.Load() {
		return fmt.Errorf("object store: %w", store.ErrUnavailable)
	}
	return s.Store.PutObject(ctx, name, data)
}

// An activity or step whose outcome cannot be stored for a while does not run again because of that.
func TestOutcomeThatCannotBeStoredForAWhile(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		var down atomic.Bool
		open := b.open
		b.open = func() store.Store { return brokenObjects{open(), &down} }
		large := func(context.Context, string) (string, error) {
			attempts.Add(1)
			down.Store(true)
			time.AfterFunc(time.Minute, func() { down.Store(false) })
			return strings.Repeat("x", 300<<10), nil
		}
		act, callActivity := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 1}}, large)
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: abi.Policy{Attempts: 1}}, large)
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			a, err := callActivity(r, ctx, in)
			if err != nil {
				return "", err
			}
			s, err := callStep(r, ctx, in)
			return fmt.Sprint(len(a) + len(s)), err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act, step}})()
		if out, err := b.result(wf, "w1", ""); out != fmt.Sprint(600<<10) || err != nil || attempts.Load() != 2 {
			t.Errorf("got %q, %v after %d attempts", out, err, attempts.Load())
		}
	})
}
