// This file looks for runs that should have made progress and did not, because a message was lost, or because an earlier
// worker could not run them. It is a safety net: nothing else relies on it.

package workflow

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	// sweepLength is how many entries one sweep reads. The next one continues where it ended.
	sweepLength = 1000
	// sweepWakes is how many runs one sweep wakes although the store holds something that leads to them.
	sweepWakes = 20
)

// SweepLoop sweeps from time to time, until ctx ends. The first sweep is only for parked runs.
func (rs *Runs) SweepLoop(ctx context.Context) {
	at := rs.sweep(ctx, store.Position{}, time.Time{})
	for ctx.Err() == nil {
		backoff.Sleep(ctx, rs.SweepEvery+rand.N(rs.SweepEvery/4))
		at = rs.sweep(ctx, at, time.Now().Add(-rs.SweepEvery))
	}
}

// sweep looks at the next entries of visibility, and wakes open runs of this worker's types that are parked, or have
// not changed since before. It returns where the next sweep begins. However many runs there are, a sweep costs the
// same.
func (rs *Runs) sweep(ctx context.Context, from store.Position, before time.Time) (next store.Position) {
	entries, next, err := rs.Store.ReadEntries(ctx, from, sweepLength)
	if err != nil && ctx.Err() == nil {
		rs.Log.Warn("cannot look for stuck runs", "error", err)
	}
	var quiet []*history.RunSummary
	for _, e := range entries {
		s, err := history.UnmarshalRunSummary(e.Data)
		switch {
		case err != nil || s.Status.Closed() || !rs.serves(s):
		case s.Status == history.StatusParked && rs.mayHelp(s, before):
			rs.wakeActor(s.Queue, s.ID)
		case s.Status == history.StatusRunning && s.Changed.Before(before):
			quiet = append(quiet, s)
		}
	}
	rs.wakeQuiet(ctx, quiet)
	return next
}

// wakeQuiet wakes the runs that nothing in the store leads to any more. It also wakes a few others, chosen by chance: they may
// wait for something that was lost, while they wait for something else, too. A run is woken where its owner is, which may be
// running a step of it.
func (rs *Runs) wakeQuiet(ctx context.Context, quiet []*history.RunSummary) {
	period := time.Now().Truncate(rs.SweepEvery).Format(time.RFC3339) // one message for all workers that sweep
	rand.Shuffle(len(quiet), func(i, j int) { quiet[i], quiet[j] = quiet[j], quiet[i] })
	for i, s := range quiet {
		var expected bool
		var err error
		if i >= sweepWakes {
			expected, err = rs.Store.Expects(ctx, s.ID)
		}
		if err == nil && !expected {
			err = rs.Wake(ctx, s.Queue, s.ID, s.RunID, period)
		}
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			rs.Log.Warn("cannot wake a run", "workflow", s.ID, "error", err)
		}
	}
}

// mayHelp reports whether a parked run may run in this worker, because its build has not tried the code. The first sweep also
// tries runs that its build has tried: what the code needs may be there now.
func (rs *Runs) mayHelp(s *history.RunSummary, before time.Time) bool {
	return before.IsZero() || !slices.Contains(s.ParkedBy, rs.Build())
}

// serves reports whether this worker has the workflow type of a run.
func (rs *Runs) serves(s *history.RunSummary) bool {
	_, _, ok := rs.Handlers.Workflow(s.Type)
	return ok
}
