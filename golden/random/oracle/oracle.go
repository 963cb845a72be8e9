// Package oracle says what comes of a program in its durable form, and whether plain Go allows that.
package oracle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/replay"
)

// Program is a workflow and what is known of it.
type Program struct {
	Name string
	Run  func(context.Context) (string, error)
	// Racy programs may have several outcomes.
	Racy bool
	// CancelAt is when it is cancelled, after its start; 0 if it is not.
	CancelAt time.Duration
}

// Verdict is what is found out about a program.
type Verdict struct {
	Name      string
	Outcome   string // of the durable form
	Events    int    // in its history
	Problem   string // what is wrong, if something is
	Undecided bool   // the outcome was not seen in plain Go, which has so many that this says nothing
}

// Judge prints a verdict on each program to standard output, as JSON, a line each; before that a line with the name.
func Judge(t *testing.T, programs []Program, module abi.Module) {
	out := json.NewEncoder(os.Stdout)
	for _, p := range programs {
		fmt.Println(p.Name)
		if err := out.Encode(judge(t, p, module)); err != nil {
			t.Fatal(err)
		}
	}
}

func judge(t *testing.T, p Program, module abi.Module) Verdict {
	s := subject{p, module}
	first, again, evicted := s.bubble(t, nil), s.bubble(t, nil), s.bubble(t, s.evict)
	v := Verdict{Name: p.Name, Outcome: first.outcome, Events: len(first.history)}
	switch {
	case !reflect.DeepEqual(again, first):
		v.Problem = fmt.Sprintf("the second run gives\n%s\nthe first\n%s", again, first)
	case !reflect.DeepEqual(evicted, first):
		v.Problem = fmt.Sprintf("evicted after each event, the run gives\n%s\nundisturbed\n%s", evicted, first)
	default:
		v.Problem, v.Undecided = p.allows(t, first.outcome)
	}
	return v
}

const (
	atFirst = 3   // runs in plain Go of a program that has one outcome
	atMost  = 400 // and of one whose durable outcome has not come up
	many    = 16  // outcomes are so many that the one that is missing may just be rare
)

// allows says what is wrong with an outcome. It is undecided if it has not been seen, but might.
func (p Program) allows(t *testing.T, outcome string) (problem string, undecided bool) {
	seen := map[string]int{}
	newest := 0
	for n := range atMost {
		o := plain(t, p)
		if seen[o]++; seen[o] == 1 {
			newest = n
		}
		switch {
		case !p.Racy && len(seen) > 1:
			return fmt.Sprintf("plain Go has several outcomes; the generator is to blame:\n%s", list(seen)), false
		case seen[outcome] > 0 && (p.Racy || n+1 >= atFirst):
			return "", false
		case !p.Racy && n+1 >= 10*atFirst:
			return fmt.Sprintf("the durable form gives\n  %s\nplain Go\n%s", outcome, list(seen)), false
		}
	}
	if len(seen) > many || newest > atMost/2 {
		return "", true
	}
	return fmt.Sprintf("the durable form gives\n  %s\nplain Go, in %d runs\n%s", outcome, atMost, list(seen)), false
}

func list(seen map[string]int) string {
	var b strings.Builder
	for _, o := range slices.Sorted(maps.Keys(seen)) {
		fmt.Fprintf(&b, "  %s\n", o)
	}
	return b.String()
}

// deadlock is the outcome of a program that does not end.
const deadlock = "deadlock"

// plain runs a program as plain Go, in a bubble. Goroutines that it leaves behind stay where they are.
func plain(t *testing.T, p Program) (outcome string) {
	defer func() {
		v := recover()
		switch text := fmt.Sprint(v); {
		case v == nil:
		case !strings.Contains(text, "deadlock"):
			panic(v)
		case outcome == "":
			outcome = deadlock
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if p.CancelAt > 0 {
			time.AfterFunc(p.CancelAt, cancel)
		}
		said, err := p.Run(ctx)
		outcome = said
		if err != nil {
			outcome = "error: " + err.Error()
		}
	})
	return outcome
}

// subject is the durable form of a program.
type subject struct {
	Program
	module abi.Module
}

// result is what comes of a run.
type result struct {
	outcome string
	history []history.Event
}

func (r result) String() string {
	lines := []string{"  " + r.outcome}
	for _, e := range r.history {
		lines = append(lines, fmt.Sprintf("    %s %T %+v", e.Time.Format(time.TimeOnly), e.Body, e.Body))
	}
	return strings.Join(lines, "\n")
}

// bubble runs the program in a bubble; after is called after each event.
func (s subject) bubble(t *testing.T, after func(*drive.Driver) error) (r result) {
	synctest.Test(t, func(*testing.T) { r = s.run(after) })
	return r
}

func (s subject) run(after func(*drive.Driver) error) result {
	known := codec.NewErrors(s.module.Errors...)
	d := &drive.Driver{
		Run: s.execution(), Started: &history.RunStarted{Type: s.workflow().Name}, Start: time.Now(),
		Perform: drive.Handlers(known, s.module), After: after,
	}
	if s.CancelAt > 0 {
		d.Coming = []history.Event{{Time: d.Start.Add(s.CancelAt), Body: &history.CancelRequested{}}}
	}
	closed, err := d.Drive()
	d.Run.Kill()
	return result{outcome(closed, err), d.History}
}

// outcome is the end of a run in words.
func outcome(closed history.Body, err error) string {
	var stuck *replay.DeadlockError
	switch {
	case errors.As(err, &stuck):
		return deadlock
	case err != nil:
		return "error: " + err.Error()
	}
	completed, ok := closed.(*history.RunCompleted)
	if !ok {
		return fmt.Sprintf("%T %+v", closed, closed)
	}
	var said string
	if err := codec.Decode(completed.Result, &said); err != nil {
		return "error: " + err.Error()
	}
	return said
}

func (s subject) workflow() *abi.Workflow {
	i := slices.IndexFunc(s.module.Workflows, func(w *abi.Workflow) bool { return strings.HasSuffix(w.Name, "."+s.Name) })
	return s.module.Workflows[i]
}

func (s subject) execution() *replay.Execution {
	x := abi.NewExecution(s.workflow(), codec.NewErrors(s.module.Errors...), "random", "run")
	x.Strict = true
	return x
}

// evict throws the run out of memory and replays it.
func (s subject) evict(d *drive.Driver) error {
	d.Run.Kill()
	d.Run = s.execution()
	return d.Run.Replay(d.History)
}
