package drive_test

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/accept/deferred"
	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

var (
	start  = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	module = deferred.PawlRegistration()
	known  = failures.NewErrors(module.Errors...)
)

func execution() *replay.Execution {
	return abi.NewExecution(module.Workflows[0], known, "drive", "run")
}

func driver() *drive.Driver {
	return &drive.Driver{
		Run:     execution(),
		Started: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: module.Workflows[0].Name},
		Start:   start,
		Perform: drive.Handlers(known, module),
	}
}

// TestDrive drives a workflow that sleeps and calls activities, in its defers as well, and compares it with plain Go.
func TestDrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		undone, reasons, _ := deferred.Journey(context.Background())
		closed, err := driver().Drive()
		if err != nil {
			t.Fatal(err)
		}
		var gotUndone []string
		var gotReasons string
		if err := payloads.Decode(closed.(*history.RunCompleted).Result, &gotUndone, &gotReasons); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(gotUndone, undone) || gotReasons != reasons {
			t.Errorf("the drive gives %q %q, plain Go %q %q", gotUndone, gotReasons, undone, reasons)
		}
	})
}

// TestEvictions replays the run after every event, which must change nothing.
func TestEvictions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		undisturbed, evicted := driver(), driver()
		evicted.After = func(d *drive.Driver) error {
			d.Run.Kill()
			d.Run = execution()
			d.Run.Strict = true
			return d.Run.Replay(d.History)
		}
		for _, d := range []*drive.Driver{undisturbed, evicted} {
			if _, err := d.Drive(); err != nil {
				t.Fatal(err)
			}
		}
		if !reflect.DeepEqual(evicted.History, undisturbed.History) {
			t.Errorf("with evictions\n%+v\nwithout\n%+v", evicted.History, undisturbed.History)
		}
	})
}

// TestComing cancels the run at a time when it sleeps, and finds that in the history where it belongs.
func TestComing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := driver()
		at := start.Add(10 * time.Millisecond)
		d.Coming = []history.Event{{Time: at, Body: &history.CancelRequested{}}}
		if _, err := d.Drive(); err != nil {
			t.Fatal(err)
		}
		for i, e := range d.History {
			if _, ok := e.Body.(*history.CancelRequested); ok {
				_, afterTimer := d.History[i-1].Body.(*history.TimerStarted)
				_, beforeEnd := d.History[i+1].Body.(*history.TimerFired)
				if !e.Time.Equal(at) || !afterTimer || !beforeEnd {
					t.Errorf("cancelled at %v, between %T and %T", e.Time, d.History[i-1].Body, d.History[i+1].Body)
				}
				return
			}
		}
		t.Errorf("not cancelled: %+v", d.History)
	})
}

// TestDeadlock drives a workflow that waits for its cancellation, which does not come.
func TestDeadlock(t *testing.T) {
	w := &abi.Workflow{Name: "idle", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		abi.Recv(run, ctx.Done())
		return nil, ctx.Err()
	}}
	d := driver()
	d.Run = abi.NewExecution(w, known, "drive", "run")
	defer d.Run.Kill()
	_, err := d.Drive()
	if deadlock := (*replay.DeadlockError)(nil); !errors.As(err, &deadlock) || len(deadlock.Coroutines) != 1 {
		t.Errorf("got %v, want a deadlock of one coroutine", err)
	}
}
