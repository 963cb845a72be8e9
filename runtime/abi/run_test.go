package abi_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestActivityAndTheEndOfItsContext calls an activity whose context ends, and one whose context has ended: both say what
// the context says, as in plain Go.
func TestActivityAndTheEndOfItsContext(t *testing.T) {
	var during, after error
	w := &abi.Workflow{Name: "flow", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		activity := &abi.Activity{Name: "Ship"}
		timed, cancel := abi.WithTimeout(run, ctx, time.Second)
		defer cancel()
		during = abi.Call(timed, run, activity, nil)
		cancelled, fail := abi.WithCancelCause(run, ctx)
		fail(errors.New("no ship"))
		after = abi.Call(cancelled, run, activity, nil)
		return nil, during
	}}
	known := failures.NewErrors()
	x := abi.NewExecution(w, known, "id", "run")
	defer x.Kill()
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	step := func(after time.Duration, body history.Body) {
		t.Helper()
		if _, err := x.Step(history.Event{Time: start.Add(after), Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	step(0, &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: "flow"})
	for _, op := range x.Open() {
		if !op.Due.IsZero() {
			step(time.Second, &history.TimerFired{Op: op.ID})
		}
	}
	for _, op := range x.Open() {
		step(time.Second, &history.ActivityCompleted{Op: op.ID, Outcome: history.Outcome{Failure: known.Encode(context.Canceled), Attempts: 1}})
	}
	if !errors.Is(during, context.DeadlineExceeded) || errors.Is(during, context.Canceled) {
		t.Errorf("the activity whose time is up returns %v", during)
	}
	if after != context.Canceled {
		t.Errorf("the activity in a context that was cancelled returns %v", after)
	}
	if _, failed := x.Closed().(*history.RunFailed); !failed {
		t.Errorf("the run that returns the first error ends with %T", x.Closed())
	}
}
