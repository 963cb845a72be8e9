package abi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestActivityAndTheEndOfItsContext calls an activity whose context ends, and activities and a step whose context has ended:
// all say what the context says, as in plain Go, and the latter which call was not started.
func TestActivityAndTheEndOfItsContext(t *testing.T) {
	var during, late, after, step error
	w := &abi.Workflow{Name: "flow", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		activity := &abi.Activity{Name: "Ship"}
		timed, cancel := abi.WithTimeout(run, ctx, time.Second)
		defer cancel()
		during = abi.Call(timed, run, activity, nil)
		late = abi.Call(timed, run, activity, nil)
		cancelled, fail := abi.WithCancelCause(run, ctx)
		fail(errors.New("no ship"))
		after = abi.Call(cancelled, run, activity, nil)
		step = abi.Call(cancelled, run, &abi.Activity{Name: "Pack", Step: true}, nil)
		return nil, during
	}}
	known := failures.NewErrors()
	x := abi.NewExecution(w, known, "id", "run")
	defer x.Kill()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	next := func(after time.Duration, body history.Body) {
		t.Helper()
		if _, err := x.Step(history.Event{Time: start.Add(after), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	next(0, &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: "flow"})
	for _, op := range x.Open() {
		if !op.Due.IsZero() {
			next(time.Second, &history.TimerFired{Op: op.ID})
		}
	}
	for _, op := range x.Open() {
		next(time.Second, &history.ActivityCompleted{Op: op.ID, Outcome: history.Outcome{Failure: known.Encode(context.Canceled), Attempts: 1}})
	}
	if !errors.Is(during, context.DeadlineExceeded) || errors.Is(during, context.Canceled) {
		t.Errorf("the activity whose time is up returns %v", during)
	}
	for err, want := range map[error]string{after: "activity Ship", step: "step Pack"} {
		if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), want+" not started") {
			t.Errorf("the call in a context that was cancelled returns %v, not that %s was not started", err, want)
		}
	}
	if wrapped := fmt.Sprint(late); !errors.Is(late, context.DeadlineExceeded) || !strings.Contains(wrapped, "activity Ship not started") {
		t.Errorf("the activity in a context whose time was up returns %v", late)
	}
	if _, failed := x.Closed().(*history.RunFailed); !failed {
		t.Errorf("the run that returns the first error ends with %T", x.Closed())
	}
}

// TestHistoriesKeepTheErrorsOfEndedContexts replays a run of version 3 of the rules, in which the call returned the context's
// error itself.
func TestHistoriesKeepTheErrorsOfEndedContexts(t *testing.T) {
	var got error
	w := &abi.Workflow{Name: "flow", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		cancelled, cancel := abi.WithCancel(run, ctx)
		cancel()
		got = abi.Call(cancelled, run, &abi.Activity{Name: "Ship"}, nil)
		return nil, nil
	}}
	x := abi.NewExecution(w, failures.NewErrors(), "id", "run")
	defer x.Kill()
	if _, err := x.Step(history.Event{Body: &history.RunStarted{SchedulerVersion: 3, Type: "flow"}}); err != nil {
		t.Fatal(err)
	}
	if got != context.Canceled {
		t.Errorf("the call returned %v", got)
	}
}
