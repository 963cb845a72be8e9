// Tests of the root package: each option, status and function by its effect on an engine in memory.

package pawl_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

var errDeclined = errors.New("declined")

var testErrors = abi.Errors{abi.Sentinel("test.ErrDeclined", errDeclined)}

// workflow returns a registration of one workflow as the compiler would generate it.
func workflow(run func(ctx context.Context, r *abi.Run, in string) (string, error), activities ...abi.Handler) pawl.Registration {
	wf := &abi.Workflow{Name: "test.Flow", Queue: "flows", Errors: testErrors}
	wf.Run = func(ctx context.Context, r *abi.Run, values abi.Values) ([]any, error) {
		var in string
		if err := values.Decode(&in); err != nil {
			return nil, err
		}
		out, err := run(ctx, r, in)
		return []any{out}, err
	}
	return pawl.Registration{Package: "test", Workflows: []*abi.Workflow{wf}, Activities: activities, Errors: testErrors}
}

type stub func(ctx context.Context, r *abi.Run, in string) (string, error)

// activity returns an activity, and the function that calls it in a workflow.
func activity(run func(ctx context.Context, in string) (string, error)) (abi.Handler, stub) {
	a := &abi.Activity{
		Name: "test.Act", Queue: "activities",
		Policy: abi.Policy{StartToClose: time.Hour, BackoffMin: time.Second, BackoffMax: time.Minute, BackoffFactor: 2},
	}
	h := abi.Handler{Activity: a, Run: func(ctx context.Context, values abi.Values) ([]any, error) {
		var in string
		if err := values.Decode(&in); err != nil {
			return nil, err
		}
		out, err := run(ctx, in)
		return []any{out}, err
	}}
	return h, func(ctx context.Context, r *abi.Run, in string) (out string, err error) {
		err = abi.Call(ctx, r, a, []any{in}, &out)
		return
	}
}

// echo is a workflow that returns its input.
func echo() pawl.Registration {
	return workflow(func(_ context.Context, _ *abi.Run, in string) (string, error) { return in, nil })
}

// sleeper is a workflow that sleeps for the duration that is its input.
func sleeper() pawl.Registration {
	return workflow(func(_ context.Context, r *abi.Run, in string) (string, error) {
		d, err := time.ParseDuration(in)
		abi.Sleep(r, d)
		return in, err
	})
}

// engine is a client and a worker on a store in memory.
type engine struct {
	t    *testing.T
	data *memstore.Server
	*pawl.Client
	reg  pawl.Registration
	stop func() error // stops the worker and waits for it
}

// bubble runs a test in a synctest bubble, where time passes when all goroutines wait.
func bubble(t *testing.T, reg pawl.Registration, test func(e *engine), opts ...pawl.Option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		e := &engine{t: t, data: memstore.New(), reg: reg}
		e.Client = e.connect(append([]pawl.Option{pawl.WithLogger(slog.New(slog.DiscardHandler))}, opts...)...)
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- e.Work(ctx, reg) }()
		e.stop = sync.OnceValue(func() error { cancel(); return <-ended })
		t.Cleanup(func() {
			if err := e.stop(); err != nil {
				t.Errorf("Work: %v", err)
			}
		})
		test(e)
	})
}

// connect returns another client of the same data.
func (e *engine) connect(opts ...pawl.Option) *pawl.Client {
	c, _ := pawl.NewClient(e.data.Open(), tuning.Tuning{}, opts...)
	e.t.Cleanup(func() { c.Close() })
	return c
}

func (e *engine) start(id, in string, opts ...pawl.StartOption) *pawl.Run {
	e.t.Helper()
	run, err := e.Start(context.Background(), e.reg.Workflows[0], id, []any{in}, opts...)
	if err != nil {
		e.t.Fatal(err)
	}
	return run
}

// result waits for a run that must complete.
func (e *engine) result(run *pawl.Run) (out string) {
	e.t.Helper()
	if err := e.wait(run, &out); err != nil {
		e.t.Fatal(err)
	}
	return out
}

// wait waits for a run that must close within a month: in a bubble, a run that never closes would wait forever.
func (e *engine) wait(run *pawl.Run, out ...any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*24*time.Hour)
	defer cancel()
	return run.Wait(ctx, out...)
}

// status returns the status of a run after everything else has come to a halt.
func (e *engine) status(run *pawl.Run) pawl.Status {
	e.t.Helper()
	synctest.Wait()
	d, err := run.Describe(context.Background())
	if err != nil {
		e.t.Fatal(err)
	}
	return d.Status
}

// stored returns the records of a workflow id as they are stored.
func (e *engine) stored(id string) (data []byte) {
	e.t.Helper()
	records, err := e.data.Open().Load(context.Background(), id)
	if err != nil {
		e.t.Fatal(err)
	}
	for _, r := range records {
		data = append(data, r.Data...)
	}
	return data
}

func TestStatuses(t *testing.T) {
	ctx := context.Background()
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) {
		switch in {
		case "panic":
			panic("out of paper")
		case "fail":
			return "", fmt.Errorf("charge: %w", errDeclined)
		case "wait":
			abi.Sleep(r, time.Hour)
			return "", ctx.Err()
		}
		return in, nil
	})
	bubble(t, reg, func(e *engine) {
		running, cancelled, terminated := e.start("running", "wait"), e.start("cancelled", "wait"), e.start("terminated", "wait")
		if got := e.status(running); got != pawl.StatusRunning || got.Closed() {
			t.Errorf("status of a run that sleeps: %v", got)
		}
		if got := e.status(e.start("parked", "panic")); got != pawl.StatusParked || got.Closed() {
			t.Errorf("status of a run whose code panicked: %v", got)
		}
		if got := e.status(e.start("waiting", "wait", pawl.RunQueue("unserved"))); got != pawl.StatusWaiting || got.Closed() {
			t.Errorf("status of a run that no worker has begun: %v", got)
		}
		if err := cancelled.Cancel(ctx, "changed my mind"); err != nil {
			t.Fatal(err)
		}
		if err := terminated.Terminate(ctx, "enough"); err != nil {
			t.Fatal(err)
		}
		for _, test := range []struct {
			run    *pawl.Run
			want   pawl.Status
			reason string
			is     error
		}{
			{e.start("failed", "fail"), pawl.StatusFailed, "", errDeclined},
			{e.start("late", "wait", pawl.RunTimeout(time.Minute)), pawl.StatusTimedOut, "", context.DeadlineExceeded},
			{cancelled, pawl.StatusCancelled, "", context.Canceled},
			{terminated, pawl.StatusTerminated, "enough", nil},
		} {
			err := e.wait(test.run)
			var re *pawl.RunError
			if !errors.As(err, &re) || re.ID != test.run.ID() || re.RunID != test.run.RunID() || re.Status != test.want || re.Reason != test.reason || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%s: %v", test.run.ID(), err)
			}
			if got := e.status(test.run); got != test.want || !got.Closed() {
				t.Errorf("%s: status %v", test.run.ID(), got)
			}
		}
		if got := e.status(e.start("completed", "fine")); got != pawl.StatusCompleted || !got.Closed() {
			t.Errorf("status of a run that completed: %v", got)
		}
	})
}

func TestRunTimeout(t *testing.T) {
	bubble(t, sleeper(), func(e *engine) {
		begun := time.Now()
		err := e.wait(e.start("late", "24h", pawl.RunTimeout(time.Hour)))
		if took := time.Since(begun); !errors.Is(err, context.DeadlineExceeded) || took < time.Hour || took > 2*time.Hour {
			t.Errorf("after %v: %v", took, err)
		}
	})
}

func TestRunRetention(t *testing.T) {
	bubble(t, echo(), func(e *engine) {
		brief, usual := e.start("brief", "a", pawl.RunRetention(time.Hour)), e.start("usual", "b")
		e.result(brief)
		e.result(usual)
		time.Sleep(48 * time.Hour)
		for _, find := range []func() error{
			func() error { _, err := brief.Describe(context.Background()); return err },
			func() error { return e.wait(e.Run(e.reg.Workflows[0], "brief")) },
		} {
			if err := find(); !errors.Is(err, pawl.ErrNotFound) || !pawl.IsNotFound(err) {
				t.Errorf("after its retention: %v", err)
			}
		}
		if got := e.result(usual); got != "b" {
			t.Errorf("within the default retention: %q", got)
		}
	})
}

func TestRunQueue(t *testing.T) {
	bubble(t, echo(), func(e *engine) {
		run := e.start("special", "x", pawl.RunQueue("gpu"))
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		if err := run.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a worker of another queue ran it: %v", err)
		}
		wf := *e.reg.Workflows[0]
		wf.Queue = "gpu"
		working, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- e.Work(working, pawl.Registration{Workflows: []*abi.Workflow{&wf}}) }()
		if got := e.result(run); got != "x" {
			t.Errorf("result %q", got)
		}
		if d, err := run.Describe(context.Background()); err != nil || d.Queue != "gpu" {
			t.Errorf("%+v, %v", d, err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRequestID(t *testing.T) {
	bubble(t, echo(), func(e *engine) {
		first := e.start("order", "a", pawl.RequestID("r1"))
		e.result(first)
		if again := e.start("order", "a", pawl.RequestID("r1")); again.RunID() != first.RunID() {
			t.Errorf("the same request started run %s after %s", again.RunID(), first.RunID())
		}
		if other := e.start("order", "a", pawl.RequestID("r2")); other.RunID() == first.RunID() {
			t.Error("another request started nothing")
		}
	})
}

func TestOnConflict(t *testing.T) {
	bubble(t, sleeper(), func(e *engine) {
		first := e.start("order", "1h")
		e.status(first)
		wf := e.reg.Workflows[0]
		var taken *pawl.AlreadyStartedError
		for _, opts := range [][]pawl.StartOption{nil, {pawl.OnConflict(pawl.ConflictFail)}} {
			if _, err := e.Start(context.Background(), wf, "order", []any{"1h"}, opts...); !errors.As(err, &taken) || taken.RunID != first.RunID() || taken.Status != pawl.StatusRunning {
				t.Errorf("with %d options: %v", len(opts), err)
			}
		}
		if used := e.start("order", "1h", pawl.OnConflict(pawl.ConflictUseExisting)); used.RunID() != first.RunID() {
			t.Errorf("ConflictUseExisting started run %s although %s is open", used.RunID(), first.RunID())
		}
		next := e.start("order", "1h", pawl.OnConflict(pawl.ConflictTerminate))
		if got := e.status(first); got != pawl.StatusTerminated || next.RunID() == first.RunID() {
			t.Errorf("after ConflictTerminate the first run is %v", got)
		}
		if got := e.status(next); got != pawl.StatusRunning {
			t.Errorf("after ConflictTerminate the next run is %v", got)
		}
	})
}

func TestOnReuse(t *testing.T) {
	reg := workflow(func(_ context.Context, _ *abi.Run, in string) (string, error) {
		if in == "fail" {
			return "", errDeclined
		}
		return in, nil
	})
	bubble(t, reg, func(e *engine) {
		for _, test := range []struct {
			opts   []pawl.StartOption
			first  string
			starts bool
		}{
			{nil, "ok", true},
			{[]pawl.StartOption{pawl.OnReuse(pawl.ReuseAllow)}, "ok", true},
			{[]pawl.StartOption{pawl.OnReuse(pawl.ReuseIfFailed)}, "ok", false},
			{[]pawl.StartOption{pawl.OnReuse(pawl.ReuseIfFailed)}, "fail", true},
			{[]pawl.StartOption{pawl.OnReuse(pawl.ReuseReject)}, "ok", false},
			{[]pawl.StartOption{pawl.OnReuse(pawl.ReuseReject)}, "fail", false},
		} {
			first := e.start("", test.first)
			e.wait(first)
			_, err := e.Start(context.Background(), e.reg.Workflows[0], first.ID(), []any{"ok"}, test.opts...)
			var taken *pawl.AlreadyStartedError
			if test.starts && err != nil || !test.starts && !errors.As(err, &taken) {
				t.Errorf("%+v: %v", test, err)
			}
		}
	})
}

func TestWithLogger(t *testing.T) {
	var log bytes.Buffer
	reg := workflow(func(context.Context, *abi.Run, string) (string, error) { panic("out of paper") })
	bubble(t, reg, func(e *engine) {
		e.status(e.start("order", ""))
		if err := e.stop(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), "out of paper") {
			t.Errorf("the log does not mention the panic: %s", &log)
		}
	}, pawl.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
}

func TestWithTransforms(t *testing.T) {
	encrypt, err := pawl.AES(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Repeat("top secret ", 1000)
	for _, test := range []struct {
		name string
		opts []pawl.Option
		fits func(data []byte) bool
		need string
	}{
		{"none", nil, func(data []byte) bool { return bytes.Contains(data, []byte(secret)) }, ""},
		{"gzip", []pawl.Option{pawl.WithTransforms(pawl.Gzip())}, func(data []byte) bool { return len(data) < len(secret)/5 }, "gzip"},
		{"aes", []pawl.Option{pawl.WithTransforms(encrypt)}, func(data []byte) bool { return len(data) > len(secret) && !bytes.Contains(data, []byte("secret")) }, "aes"},
		{"both", []pawl.Option{pawl.WithTransforms(pawl.Gzip()), pawl.WithTransforms(encrypt)}, func(data []byte) bool { return len(data) < len(secret)/5 }, "aes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble(t, echo(), func(e *engine) {
				if got := e.result(e.start("order", secret)); got != secret {
					t.Errorf("result %.20q", got)
				}
				if data := e.stored("order"); !test.fits(data) {
					t.Errorf("stored %d bytes: %.200q", len(data), data)
				}
				var out string
				err := e.wait(e.connect().Run(e.reg.Workflows[0], "order"), &out)
				if test.need == "" && err != nil || test.need != "" && (err == nil || !strings.Contains(err.Error(), fmt.Sprintf("no transform %q", test.need))) {
					t.Errorf("a client without transforms: %v", err)
				}
			}, test.opts...)
		})
	}
}

func TestAESRefusesKeysOfOtherSizes(t *testing.T) {
	if _, err := pawl.AES([]byte("short")); err == nil || !strings.Contains(err.Error(), "encryption") {
		t.Errorf("error %v", err)
	}
}

func TestWithClaimCheck(t *testing.T) {
	large := strings.Repeat("x", 10_000)
	for _, test := range []struct {
		opts    []pawl.Option
		claimed bool
	}{{nil, false}, {[]pawl.Option{pawl.WithClaimCheck(1000)}, true}} {
		bubble(t, echo(), func(e *engine) {
			if got := e.result(e.start("order", large)); got != large {
				t.Errorf("result has %d bytes", len(got))
			}
			if inline := bytes.Contains(e.stored("order"), []byte(large)); inline == test.claimed {
				t.Errorf("with %d options the payload is in the records: %v", len(test.opts), inline)
			}
		}, test.opts...)
	}
}

func TestWithWorkerID(t *testing.T) {
	bubble(t, sleeper(), func(e *engine) {
		e.status(e.start("order", "1h"))
		stack, err := client.New(e.data.Open(), nil).Stack(context.Background(), "order", "")
		if err != nil || stack.Worker != "worker-7" {
			t.Errorf("%+v, %v", stack, err)
		}
	}, pawl.WithWorkerID("worker-7"))
}

func TestWithConcurrency(t *testing.T) {
	h, call := activity(func(context.Context, string) (string, error) {
		time.Sleep(time.Second)
		return "", nil
	})
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) }, h)
	for _, test := range []struct {
		opts []pawl.Option
		want time.Duration
	}{{nil, time.Second}, {[]pawl.Option{pawl.WithConcurrency(2)}, 3 * time.Second}} {
		bubble(t, reg, func(e *engine) {
			begun := time.Now()
			var runs []*pawl.Run
			for i := range 6 {
				runs = append(runs, e.start(fmt.Sprint(i), ""))
			}
			for _, run := range runs {
				e.result(run)
			}
			if took := time.Since(begun); took < test.want || took >= test.want+time.Second {
				t.Errorf("six activities with %d options took %v, want %v", len(test.opts), took, test.want)
			}
		}, test.opts...)
	}
}

func TestWithCacheSize(t *testing.T) {
	for _, test := range []struct {
		opts     []pawl.Option
		replayed bool
	}{{nil, false}, {[]pawl.Option{pawl.WithCacheSize(1)}, true}} {
		var mu sync.Mutex
		ran := map[string]int{}
		reg := workflow(func(_ context.Context, r *abi.Run, in string) (string, error) {
			mu.Lock()
			ran[in]++
			mu.Unlock()
			abi.Sleep(r, time.Hour)
			return in, nil
		})
		bubble(t, reg, func(e *engine) {
			a, b := e.start("a", "a"), e.start("b", "b")
			e.result(a)
			e.result(b)
			if replayed := ran["a"]+ran["b"] > 2; replayed != test.replayed {
				t.Errorf("with %d options the workflow ran %v times", len(test.opts), ran)
			}
		}, test.opts...)
	}
}

func TestWithDrainTimeout(t *testing.T) {
	h, call := activity(func(ctx context.Context, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) }, h)
	bubble(t, reg, func(e *engine) {
		e.status(e.start("order", ""))
		begun := time.Now()
		if err := e.stop(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 3*time.Second || took > 5*time.Second {
			t.Errorf("stopping the worker took %v, want 3s", took)
		}
	}, pawl.WithDrainTimeout(3*time.Second))
}

func TestInfo(t *testing.T) {
	reg := workflow(func(ctx context.Context, _ *abi.Run, _ string) (string, error) {
		info := pawl.Info(ctx)
		return fmt.Sprint(info.ID, " ", info.RunID, " ", info.Type, " ", info.Started.UnixNano()), nil
	})
	bubble(t, reg, func(e *engine) {
		begun := time.Now()
		run := e.start("order", "")
		if got, want := e.result(run), fmt.Sprint("order ", run.RunID(), " test.Flow ", begun.UnixNano()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	if info := pawl.Info(context.Background()); info != (pawl.RunInfo{}) {
		t.Errorf("outside of a run: %+v", info)
	}
}

func TestActivityInfoAndHeartbeat(t *testing.T) {
	var infos []pawl.ActivityDetails
	h, call := activity(func(ctx context.Context, in string) (string, error) {
		infos = append(infos, pawl.ActivityInfo(ctx))
		var page int
		resumed, err := pawl.LastHeartbeat(ctx, &page)
		if err != nil {
			return "", pawl.Final(err)
		}
		if resumed {
			return fmt.Sprint("resumed at page ", page), nil
		}
		if err := pawl.Heartbeat(ctx, 7); err != nil {
			return "", pawl.Final(err)
		}
		return "", errors.New("paper jam")
	})
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) }, h)
	bubble(t, reg, func(e *engine) {
		run := e.start("order", "")
		if got := e.result(run); got != "resumed at page 7" {
			t.Errorf("result %q", got)
		}
		if len(infos) != 2 || infos[0].IdempotencyKey == "" || infos[0].IdempotencyKey != infos[1].IdempotencyKey {
			t.Fatalf("attempts: %+v", infos)
		}
		for i, info := range infos {
			want := pawl.ActivityDetails{
				ID: "order", RunID: run.RunID(), WorkflowType: "test.Flow", Activity: "test.Act", Attempt: i + 1,
				IdempotencyKey: info.IdempotencyKey, Scheduled: infos[0].Scheduled,
			}
			if info != want {
				t.Errorf("attempt %d: %+v, want %+v", i+1, info, want)
			}
		}
	})
	ctx := context.Background()
	if info := pawl.ActivityInfo(ctx); info != (pawl.ActivityDetails{}) {
		t.Errorf("in a plain call: %+v", info)
	}
	if ok, err := pawl.LastHeartbeat(ctx); ok || err != nil {
		t.Errorf("in a plain call: %v, %v", ok, err)
	}
	if err := pawl.Heartbeat(ctx, 1); err != nil {
		t.Errorf("in a plain call: %v", err)
	}
}

func TestFinal(t *testing.T) {
	attempts := 0
	h, call := activity(func(context.Context, string) (string, error) {
		attempts++
		return "", pawl.Final(errDeclined)
	})
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) }, h)
	bubble(t, reg, func(e *engine) {
		if err := e.wait(e.start("order", "")); !errors.Is(err, errDeclined) || attempts != 1 {
			t.Errorf("after %d attempts: %v", attempts, err)
		}
	})
	if err := pawl.Final(nil); err != nil {
		t.Errorf("Final(nil) is %v", err)
	}
}

func TestErrorsOfActivities(t *testing.T) {
	h, call := activity(func(ctx context.Context, in string) (string, error) {
		if in == "panic" {
			panic("out of paper")
		}
		<-ctx.Done()
		return "", ctx.Err()
	})
	h.Activity.Policy.Attempts = 1
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) }, h)
	bubble(t, reg, func(e *engine) {
		var panicked *pawl.PanicError
		if err := e.wait(e.start("panic", "panic")); !errors.As(err, &panicked) || panicked.Value != "out of paper" {
			t.Errorf("panic: %v", err)
		}
		var timeout *pawl.TimeoutError
		if err := e.wait(e.start("slow", "slow")); !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("timeout: %v", err)
		}
	})
}

func TestWorkerLostError(t *testing.T) {
	h, call := activity(func(ctx context.Context, in string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	h.Activity.Policy.Attempts = 1
	reg := workflow(func(ctx context.Context, r *abi.Run, in string) (string, error) { return call(ctx, r, in) })
	bubble(t, reg, func(e *engine) {
		activities := pawl.Registration{Package: "activities", Activities: []abi.Handler{h}}
		ctx, kill := context.WithCancelCause(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- e.connect().Work(ctx, activities) }()
		run := e.start("order", "")
		time.Sleep(time.Second)
		kill(worker.ErrKilled)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		go func() { ended <- e.connect().Work(ctx, activities) }()
		var lost *pawl.WorkerLostError
		if err := e.wait(run); !errors.As(err, &lost) || lost.Attempt != 1 || errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

// quoted is a serializer that leaves a mark on what it serializes.
type quoted struct{}

func (quoted) Name() string { return "quoted" }

func (quoted) Marshal(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	return append([]byte("quoted:"), data...), err
}

func (quoted) Unmarshal(data []byte, v any) error {
	data, marked := bytes.CutPrefix(data, []byte("quoted:"))
	if !marked {
		return errors.New("not quoted")
	}
	return json.Unmarshal(data, v)
}

func TestRegisterCodec(t *testing.T) {
	pawl.RegisterCodec(quoted{})
	reg := echo()
	reg.Workflows[0].Codec = "quoted"
	bubble(t, reg, func(e *engine) {
		if got := e.result(e.start("order", "a book")); got != "a book" {
			t.Errorf("result %q", got)
		}
		value := base64.StdEncoding.EncodeToString([]byte(`quoted:"a book"`))
		if data := e.stored("order"); bytes.Count(data, []byte(value)) != 2 { // input and result
			t.Errorf("stored %q", data)
		}
	})
}

func TestWaitUntil(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		changed := sync.NewCond(&mu)
		ready := false
		time.AfterFunc(time.Minute, func() {
			mu.Lock()
			defer mu.Unlock()
			ready = true
			changed.Signal()
		})
		begun := time.Now()
		mu.Lock()
		defer mu.Unlock()
		if err := pawl.WaitUntil(t.Context(), changed, func() bool { return ready }); err != nil || time.Since(begun) != time.Minute {
			t.Errorf("after %v: %v", time.Since(begun), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := pawl.WaitUntil(ctx, changed, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after the end of ctx: %v", err)
		}
	})
}
