// This file looks at runs, and ends them, before a worker has begun them.

package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// list returns the ids of the listed runs with their statuses.
func (b *bench) list(f client.Filter) string {
	b.Helper()
	runs, err := b.client.List(context.Background(), f)
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	for _, r := range runs {
		all = append(all, r.ID+" "+r.Status.String())
	}
	return strings.Join(all, ", ")
}

func TestRunExistsBeforeAWorkerTakesIt(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		var ran atomic.Int64
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			ran.Add(1)
			if in == "cancelled" {
				abi.Sleep(r, time.Minute)
			}
			return in, ctx.Err()
		})
		start := func(id string) *client.Run {
			time.Sleep(time.Second)
			return b.start(wf, id, id)
		}
		started := time.Now()
		kept, cancelled, terminated := start("kept"), start("cancelled"), start("terminated")
		for _, run := range []*client.Run{kept, b.client.Run(wf, "kept")} {
			d, err := run.Describe(ctx)
			if err != nil || d.Status != history.StatusWaiting || d.RunID != kept.RunID() || d.Queue != "q" || !d.Unserved || d.Type != "t.wf" {
				b.Errorf("described as %+v, %v", d, err)
			}
		}
		if got, want := b.list(client.Filter{}), "terminated waiting, cancelled waiting, kept waiting"; got != want {
			b.Errorf("listed %q, want %q", got, want)
		}
		if got, want := b.list(client.Filter{Limit: 2}), "terminated waiting, cancelled waiting"; got != want {
			b.Errorf("listed %q, want %q", got, want)
		}
		if got := b.list(client.Filter{Status: []history.Status{history.StatusRunning}}); got != "" {
			b.Errorf("listed %q", got)
		}
		if err := b.client.Run(wf, "cancelled").Cancel(ctx, "not needed"); err != nil {
			b.Fatal(err)
		}
		if err := terminated.Terminate(ctx, "by mistake"); err != nil {
			b.Fatal(err)
		}
		if d, err := cancelled.Describe(ctx); err != nil || !d.Cancelled || d.Terminated {
			b.Errorf("described as %+v, %v", d, err)
		}
		if d, err := terminated.Describe(ctx); err != nil || !d.Terminated {
			b.Errorf("described as %+v, %v", d, err)
		}
		if err := b.client.Cancel(ctx, "kept", "another run", "mistake"); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("cancelling a run that does not exist: %v", err)
		}
		time.Sleep(time.Hour)
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		var out string
		if err := kept.Wait(ctx, &out); err != nil || out != "kept" {
			b.Errorf("got %q, %v", out, err)
		}
		var re *client.RunError
		if err := terminated.Wait(ctx); !errors.As(err, &re) || re.Status != history.StatusTerminated || re.Reason != "by mistake" {
			b.Errorf("the terminated run: %v", err)
		}
		d, err := terminated.Describe(ctx)
		if err != nil || d.Started.Sub(started) > time.Minute || d.Closed.Sub(started) < time.Hour {
			b.Errorf("described as %+v, %v", d, err)
		}
		if err := cancelled.Wait(ctx); !errors.As(err, &re) || re.Status != history.StatusCancelled {
			b.Errorf("the cancelled run: %v", err)
		}
		if n := ran.Load(); n != 2 {
			b.Errorf("the code of %d runs ran, want that of the runs that were not terminated", n)
		}
		// A handle on the newest run is one on the run that waits.
		if again := start("kept"); true {
			if err := b.client.Run(wf, "kept").Wait(ctx, &out); err != nil || b.newest("kept") != again.RunID() {
				b.Errorf("waiting for the next run: %v", err)
			}
		}
		if err := b.client.Run(wf, "unknown").Wait(ctx); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("waiting for a run that does not exist: %v", err)
		}
		time.Sleep(time.Second) // the listing follows the journal
		if got, want := b.list(client.Filter{Limit: 1}), "kept completed"; got != want {
			b.Errorf("listed %q, want %q", got, want)
		}
	})
}

// A run that no worker has begun can be replaced, also one on another task queue. If it was terminated, it is not listed, and
// does not keep its id from being used.
func TestWaitingRunIsReplaced(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		var ran sync.Map
		code := func(r *abi.Run, ctx context.Context, in string) (string, error) {
			ran.Store(in, true)
			return in, nil
		}
		wf := b.workflow("t.wf", code)
		start := func(id, in, queue string, conflict history.ConflictPolicy) (*client.Run, error) {
			time.Sleep(2 * time.Second)
			return b.client.Start(ctx, wf, id, []any{in}, client.RunQueue(queue), client.OnConflict(conflict))
		}
		must := func(run *client.Run, err error) *client.Run {
			b.Helper()
			if err != nil {
				b.Fatal(err)
			}
			return run
		}
		first := must(start("replaced", "first", "q", history.ConflictFail))
		var taken *client.AlreadyStartedError
		if _, err := start("replaced", "refused", "q", history.ConflictFail); !errors.As(err, &taken) || taken.RunID != first.RunID() || taken.Status != history.StatusWaiting {
			b.Errorf("a second start: %v", err)
		}
		if same := must(start("replaced", "same", "q", history.ConflictUseExisting)); same.RunID() != first.RunID() {
			b.Errorf("a start that uses the existing run has run %s, want %s", same.RunID(), first.RunID())
		}
		second := must(start("replaced", "second", "q", history.ConflictTerminate))
		third := must(start("replaced", "third", "q", history.ConflictTerminate))

		stray := must(start("elsewhere", "stray", "mistyped", history.ConflictFail))
		found := must(start("elsewhere", "found", "q", history.ConflictTerminate))

		ended := must(start("ended", "ended", "mistyped", history.ConflictFail))
		if err := ended.Terminate(ctx, "mistyped"); err != nil {
			b.Fatal(err)
		}
		if d, err := ended.Describe(ctx); err != nil || d.Status != history.StatusWaiting || !d.Terminated || !d.Unserved {
			b.Errorf("the run on a mistyped queue: %+v, %v", d, err)
		}
		time.Sleep(time.Minute)
		if got, want := b.list(client.Filter{}), "elsewhere waiting, replaced waiting"; got != want {
			b.Errorf("listed %q, want %q", got, want)
		}
		again := must(start("ended", "again", "mistyped", history.ConflictFail))
		if d, err := b.client.Describe(ctx, "ended", ""); err != nil || d.RunID != again.RunID() || d.Terminated {
			b.Errorf("the run after it: %+v, %v", d, err)
		}
		if got, want := b.list(client.Filter{}), "ended waiting, elsewhere waiting, replaced waiting"; got != want {
			b.Errorf("listed %q, want %q", got, want)
		}

		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		late := *wf
		late.Name, late.Queue = "t.late", "mistyped"
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{&late}})()
		var out string
		for run, want := range map[*client.Run]string{third: "third", found: "found"} {
			if err := run.Wait(ctx, &out); err != nil || out != want {
				b.Errorf("got %q, %v, want %q", out, err, want)
			}
		}
		for what, run := range map[string]*client.Run{"first": first, "second": second, "stray": stray, "ended": ended} {
			var re *client.RunError
			if err := run.Wait(ctx); !errors.As(err, &re) || re.Status != history.StatusTerminated {
				b.Errorf("the run of %s: %v, want that it was terminated", what, err)
			}
		}
		ran.Range(func(in, _ any) bool {
			if in != "third" && in != "found" {
				b.Errorf("the code of run %q ran", in)
			}
			return true
		})
	})
}

// Who waits for a parked run, or asks for its stack, learns soon that it is parked.
func TestWaitingForAParkedRun(t *testing.T) {
	world(t, func(b *bench) {
		panics := b.workflow("t.panics", func(*abi.Run, context.Context, string) (string, error) { panic("bug") })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{panics}})()
		run := b.start(panics, "w1", "")
		ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
		defer cancel()
		var reasons []string
		_, err := b.client.ResultOrParked(ctx, "w1", run.RunID(), func(reason string) { reasons = append(reasons, reason) })
		if len(reasons) != 1 || !strings.Contains(reasons[0], "bug") || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "bug") {
			b.Errorf("got %q, %v", reasons, err)
		}
		asked := time.Now()
		_, err = b.client.Stack(context.Background(), "w1", "")
		var none *client.NoWorkerError
		if !errors.As(err, &none) || !strings.Contains(none.Parked, "bug") || time.Since(asked) > time.Second {
			b.Errorf("the stack after %v: %v", time.Since(asked), err)
		}
		before, err := run.Describe(context.Background())
		if err != nil || before.Started.IsZero() {
			b.Fatalf("described as %+v, %v", before, err)
		}
		b.expectTerminated(run)
		after, err := run.Describe(context.Background())
		if err != nil || after.Started.Sub(before.Started).Abs() > time.Second {
			b.Errorf("started at %v before it was terminated, and at %v after that (%v)", before.Started, after.Started, err)
		}
	})
}
