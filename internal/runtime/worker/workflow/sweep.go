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

// sweepMax is how many runs one sweep wakes at most.
const sweepMax = 200

// SweepLoop sweeps from time to time, until ctx ends. The first sweep is only for parked runs.
func (rs *Runs) SweepLoop(ctx context.Context) {
	rs.sweep(ctx, time.Time{})
	for ctx.Err() == nil {
		backoff.Sleep(ctx, rs.SweepEvery+rand.N(rs.SweepEvery/4))
		rs.sweep(ctx, time.Now().Add(-rs.SweepEvery))
	}
}

// sweep wakes open runs of this worker's types that are parked, or that have not changed since before.
func (rs *Runs) sweep(ctx context.Context, before time.Time) {
	var found []*history.RunSummary
	err := rs.Store.ListEntries(ctx, func(e store.Entry) bool {
		s, err := history.UnmarshalRunSummary(e.Data)
		if err == nil && !s.Status.Closed() && rs.serves(s) && rs.mayHelp(s, before) {
			found = append(found, s)
		}
		return ctx.Err() == nil
	})
	if err != nil && ctx.Err() == nil {
		rs.Log.Warn("cannot look for stuck runs", "error", err)
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	for _, s := range found[:min(len(found), sweepMax)] {
		if ctx.Err() == nil {
			rs.wakeFound(ctx, s)
		}
	}
}

// mayHelp reports whether a run may need this worker: it has not changed since before, or it is parked and this build has not
// tried its code. The first sweep also finds those that this build has tried: what its code needs may be there now.
func (rs *Runs) mayHelp(s *history.RunSummary, before time.Time) bool {
	if s.Status == history.StatusParked {
		return before.IsZero() || !slices.Contains(s.ParkedBy, rs.Build())
	}
	return s.Changed.Before(before)
}

// wakeFound wakes a run that a sweep has found. A parked run is loaded here, where its code may be better. Any other is
// left to its owner, which may be running a step: if the owner is dead, the message arrives here.
func (rs *Runs) wakeFound(ctx context.Context, s *history.RunSummary) {
	if s.Status == history.StatusParked {
		rs.wakeActor(s.Queue, s.ID)
		return
	}
	period := time.Now().Truncate(rs.SweepEvery).Format(time.RFC3339) // one message for all workers that sweep
	if err := rs.Wake(ctx, s.Queue, s.ID, s.RunID, period); err != nil && ctx.Err() == nil {
		rs.Log.Warn("cannot wake a run", "workflow", s.ID, "error", err)
	}
}

// serves reports whether this worker has the workflow type of a run.
func (rs *Runs) serves(s *history.RunSummary) bool {
	_, _, ok := rs.Handlers.Workflow(s.Type)
	return ok
}
