// Package durable runs the durable form of a workflow and compares it with itself: a second run, and a run that is evicted
// and replayed after each event, must have the same result as the first.
package durable

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Program is a workflow without inputs that returns a text about what happened in it.
type Program struct {
	Module   abi.Registration
	Name     string        // of its function
	CancelAt time.Duration // when it is cancelled, after its start; 0 if it is not
}

// Result is the result of a run.
type Result struct {
	Outcome string // what the workflow returns, or [Deadlock], or "error: …"
	History []history.Event
}

// Deadlock is the outcome of a program that does not end.
const Deadlock = "deadlock"

func (r Result) String() string {
	lines := []string{"  " + r.Outcome}
	for _, e := range r.History {
		lines = append(lines, fmt.Sprintf("    %s %T %+v", e.Time.Format(time.TimeOnly), e.Body, e.Body))
	}
	return strings.Join(lines, "\n")
}

// Run runs the program three times, each in its own synctest bubble. It fails if their results differ.
func (p Program) Run(t *testing.T) (Result, error) {
	first, again, evicted := p.bubble(t, nil), p.bubble(t, nil), p.bubble(t, p.evict)
	switch {
	case !reflect.DeepEqual(again, first):
		return first, fmt.Errorf("the second run gives\n%s\nthe first\n%s", again, first)
	case !reflect.DeepEqual(evicted, first):
		return first, fmt.Errorf("evicted after each event, the run gives\n%s\nundisturbed\n%s", evicted, first)
	}
	return first, nil
}

// bubble runs the program in a synctest bubble. It calls after after each event.
func (p Program) bubble(t *testing.T, after func(*drive.Driver) error) (r Result) {
	synctest.Test(t, func(*testing.T) { r = p.drive(after) })
	return r
}

func (p Program) drive(after func(*drive.Driver) error) Result {
	d := &drive.Driver{
		Run: p.execution(), Started: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: p.workflow().Name}, Start: time.Now(),
		Perform: drive.Handlers(p.errors(), p.Module), After: after,
	}
	if p.CancelAt > 0 {
		d.Coming = []history.Event{{Time: d.Start.Add(p.CancelAt), Body: &history.CancelRequested{}}}
	}
	closed, err := d.Drive()
	d.Run.Kill()
	return Result{outcome(closed, err), d.History}
}

// evict removes the run from memory and replays it.
func (p Program) evict(d *drive.Driver) error {
	d.Run.Kill()
	d.Run = p.execution()
	return d.Run.Replay(d.History)
}

func (p Program) execution() *replay.Execution {
	x := abi.NewExecution(p.workflow(), p.errors(), "program", "run")
	x.Strict = true
	return x
}

func (p Program) workflow() *abi.Workflow {
	i := slices.IndexFunc(p.Module.Workflows, func(w *abi.Workflow) bool { return strings.HasSuffix(w.Name, "."+p.Name) })
	if i < 0 {
		panic("durable: package " + p.Module.Package + " has no workflow " + p.Name)
	}
	return p.Module.Workflows[i]
}

func (p Program) errors() *failures.Errors { return failures.NewErrors(p.Module.Errors...) }

// outcome describes the end of a run.
func outcome(closed history.Body, err error) string {
	var stuck *replay.DeadlockError
	switch {
	case errors.As(err, &stuck):
		return Deadlock
	case err != nil:
		return "error: " + err.Error()
	}
	completed, ok := closed.(*history.RunCompleted)
	if !ok {
		return fmt.Sprintf("error: the run ends with %T %+v", closed, closed)
	}
	var said string
	if err := payloads.Decode(completed.Result, &said); err != nil {
		return "error: " + err.Error()
	}
	return said
}
