// Package concurrent_test compares the durable form of a corpus of concurrent programs with what plain Go does.
package concurrent_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/golden/concurrent/barriers"
	"github.com/pawlhq/pawl/golden/concurrent/conds"
	"github.com/pawlhq/pawl/golden/concurrent/contexts"
	"github.com/pawlhq/pawl/golden/concurrent/corners"
	"github.com/pawlhq/pawl/golden/concurrent/fanin"
	"github.com/pawlhq/pawl/golden/concurrent/groups"
	"github.com/pawlhq/pawl/golden/concurrent/internal/plain"
	"github.com/pawlhq/pawl/golden/concurrent/parents"
	"github.com/pawlhq/pawl/golden/concurrent/pipelines"
	"github.com/pawlhq/pawl/golden/concurrent/pools"
	"github.com/pawlhq/pawl/golden/concurrent/pubsub"
	"github.com/pawlhq/pawl/golden/concurrent/ratelimits"
	"github.com/pawlhq/pawl/golden/concurrent/semaphores"
	"github.com/pawlhq/pawl/golden/concurrent/timers"
	"github.com/pawlhq/pawl/golden/internal/durable"
	"github.com/pawlhq/pawl/runtime/abi"
)

var corpus = []struct {
	programs map[string]plain.Program
	module   abi.Registration
}{
	{barriers.Programs, barriers.PawlRegistration()},
	{conds.Programs, conds.PawlRegistration()},
	{contexts.Programs, contexts.PawlRegistration()},
	{corners.Programs, corners.PawlRegistration()},
	{fanin.Programs, fanin.PawlRegistration()},
	{groups.Programs, groups.PawlRegistration()},
	{parents.Programs, parents.PawlRegistration()},
	{pipelines.Programs, pipelines.PawlRegistration()},
	{pools.Programs, pools.PawlRegistration()},
	{pubsub.Programs, pubsub.PawlRegistration()},
	{ratelimits.Programs, ratelimits.PawlRegistration()},
	{semaphores.Programs, semaphores.PawlRegistration()},
	{timers.Programs, timers.PawlRegistration()},
}

// atLeast is how many programs the corpus had when this was written: none gets lost unseen.
const atLeast = 276

// TestDifferential runs each program in its durable form: what comes of it is what plain Go may give, it is the same
// the second time, and it is the same if the run is thrown out of memory and replayed after each event.
func TestDifferential(t *testing.T) {
	total := 0
	for _, c := range corpus {
		_, pkg, _ := strings.Cut(c.module.Package, "/concurrent/")
		for _, name := range slices.Sorted(maps.Keys(c.programs)) {
			total++
			t.Run(pkg+"/"+name, func(t *testing.T) { compare(t, c.programs[name], durable.Program{Module: c.module, Name: name}) })
		}
	}
	if total < atLeast {
		t.Errorf("the corpus has %d programs, want at least %d", total, atLeast)
	}
}

func compare(t *testing.T, program plain.Program, s durable.Program) {
	run, err := s.Run(t)
	if err != nil {
		t.Error(err)
	}
	seen := map[string]int{}
	for range 10 { // what is rare in plain Go gets more chances to be seen
		for outcome, n := range plain.Outcomes(t, program, 20) {
			seen[outcome] += n
		}
		if seen[run.Outcome] > 0 {
			return
		}
	}
	t.Errorf("the durable program says\n  %s\nplain Go, in 200 runs\n  %v", run.Outcome, seen)
}
