// Package concurrent_test compares the durable form of a corpus of concurrent programs with what plain Go does.
package concurrent_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/concurrent/barriers"
	"github.com/pawlhq/pawl/golden/concurrent/conds"
	"github.com/pawlhq/pawl/golden/concurrent/contexts"
	"github.com/pawlhq/pawl/golden/concurrent/fanin"
	"github.com/pawlhq/pawl/golden/concurrent/groups"
	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
	"github.com/pawlhq/pawl/golden/concurrent/pipelines"
	"github.com/pawlhq/pawl/golden/concurrent/pools"
	"github.com/pawlhq/pawl/golden/concurrent/pubsub"
	"github.com/pawlhq/pawl/golden/concurrent/ratelimits"
	"github.com/pawlhq/pawl/golden/concurrent/semaphores"
	"github.com/pawlhq/pawl/golden/concurrent/timers"
	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/replay"
)

var corpus = []struct {
	programs map[string]plain.Program
	module   abi.Module
}{
	{barriers.Programs, barriers.PawlModule()},
	{conds.Programs, conds.PawlModule()},
	{contexts.Programs, contexts.PawlModule()},
	{fanin.Programs, fanin.PawlModule()},
	{groups.Programs, groups.PawlModule()},
	{pipelines.Programs, pipelines.PawlModule()},
	{pools.Programs, pools.PawlModule()},
	{pubsub.Programs, pubsub.PawlModule()},
	{ratelimits.Programs, ratelimits.PawlModule()},
	{semaphores.Programs, semaphores.PawlModule()},
	{timers.Programs, timers.PawlModule()},
}

// atLeast is how many programs the corpus had when this was written: none gets lost unseen.
const atLeast = 274

// TestDifferential runs each program in its durable form: what comes of it is what plain Go may give, it is the same
// the second time, and it is the same if the run is thrown out of memory and replayed after each event.
func TestDifferential(t *testing.T) {
	total := 0
	for _, c := range corpus {
		_, pkg, _ := strings.Cut(c.module.Package, "/concurrent/")
		for _, name := range slices.Sorted(maps.Keys(c.programs)) {
			total++
			t.Run(pkg+"/"+name, func(t *testing.T) { compare(t, c.programs[name], subject{c.module, name}) })
		}
	}
	if total < atLeast {
		t.Errorf("the corpus has %d programs, want at least %d", total, atLeast)
	}
}

func compare(t *testing.T, program plain.Program, s subject) {
	var first, again, evicted *result
	synctest.Test(t, func(t *testing.T) { first = s.run(t, nil) })
	synctest.Test(t, func(t *testing.T) { again = s.run(t, nil) })
	synctest.Test(t, func(t *testing.T) { evicted = s.run(t, s.evict) })
	if !reflect.DeepEqual(again, first) {
		t.Errorf("the second run gives\n%s\nthe first\n%s", again, first)
	}
	if !reflect.DeepEqual(evicted, first) {
		t.Errorf("evicted after each event, the run gives\n%s\nundisturbed\n%s", evicted, first)
	}
	seen := map[string]int{}
	for range 10 { // what is rare in plain Go gets more chances to be seen
		for outcome, n := range plain.Outcomes(t, program, 20) {
			seen[outcome] += n
		}
		if seen[first.outcome] > 0 {
			return
		}
	}
	t.Errorf("the durable program says\n  %s\nplain Go, in 200 runs\n  %v", first.outcome, seen)
}

// subject is the durable form of a program.
type subject struct {
	module abi.Module
	name   string
}

// result is what comes of a run.
type result struct {
	outcome string
	history []history.Event
}

func (r *result) String() string {
	lines := []string{r.outcome}
	for _, e := range r.history {
		lines = append(lines, fmt.Sprintf("  %s %T %+v", e.Time.Format(time.TimeOnly), e.Body, e.Body))
	}
	return strings.Join(lines, "\n")
}

func (s subject) workflow() *abi.Workflow {
	for _, w := range s.module.Workflows {
		if strings.HasSuffix(w.Name, "."+s.name) {
			return w
		}
	}
	panic("no workflow " + s.name)
}

func (s subject) execution() *replay.Execution {
	x := abi.NewExecution(s.workflow(), codec.NewErrors(s.module.Errors...), "concurrent", "run")
	x.Strict = true
	return x
}

// run drives the program to its end.
func (s subject) run(t *testing.T, after func(*drive.Driver) error) *result {
	t.Helper()
	d := &drive.Driver{
		Run: s.execution(), Started: &history.RunStarted{Type: s.workflow().Name}, Start: time.Now(),
		Perform: drive.Handlers(codec.NewErrors(s.module.Errors...), s.module), After: after,
	}
	closed, err := d.Drive()
	d.Run.Kill()
	if err != nil {
		t.Fatal(err)
	}
	completed, ok := closed.(*history.RunCompleted)
	if !ok {
		t.Fatalf("the run ends with %+v", closed)
	}
	var outcome string
	if err := codec.Decode(completed.Result, &outcome); err != nil {
		t.Fatal(err)
	}
	return &result{outcome, d.History}
}

// evict throws the run out of memory and replays it.
func (s subject) evict(d *drive.Driver) error {
	d.Run.Kill()
	d.Run = s.execution()
	return d.Run.Replay(d.History)
}
