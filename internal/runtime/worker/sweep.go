package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file finds runs that should have moved on and did not: a wake-up was lost, or the worker that runs now can do
// what an earlier one could not. It is a safety net; nothing rests on it.

// sweepMax bounds how many runs one sweep looks at.
const sweepMax = 200

// sweepLoop sweeps from time to time. The first sweep, when the worker starts, is for parked runs only.
func (w *Worker) sweepLoop(ctx context.Context) {
	w.sweep(ctx, time.Time{})
	for ctx.Err() == nil {
		backoff.Sleep(ctx, w.opt.SweepEvery+rand.N(w.opt.SweepEvery/4))
		w.sweep(ctx, time.Now().Add(-w.opt.SweepEvery))
	}
}

// sweep looks at open runs of this worker's types: those that are parked, and those that began before.
func (w *Worker) sweep(ctx context.Context, before time.Time) {
	var found []*history.RunSummary
	err := w.store.ListEntries(ctx, func(e store.Entry) bool {
		info, err := history.UnmarshalRunSummary(e.Data)
		if err == nil && !info.Status.Closed() && w.serves(info) && (info.Status == history.StatusParked || info.Changed.Before(before)) {
			found = append(found, info)
		}
		return ctx.Err() == nil
	})
	if err != nil && ctx.Err() == nil {
		w.log.Warn("cannot look for stuck runs", "error", err)
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	for _, info := range found[:min(len(found), sweepMax)] {
		if ctx.Err() == nil {
			w.stir(ctx, info)
		}
	}
}

// stir gets a run moving. A parked run is tried here, where the code may be better. Any other is left to its owner,
// which may be in the middle of a step: a message to it comes to this worker if the owner is dead.
func (w *Worker) stir(ctx context.Context, info *history.RunSummary) {
	if info.Status == history.StatusParked {
		w.poke(info.Queue, info.ID)
		return
	}
	period := time.Now().Truncate(w.opt.SweepEvery).Format(time.RFC3339) // one nudge for all workers that sweep
	if err := w.nudge(ctx, info.Queue, info.ID, info.RunID, period); err != nil && ctx.Err() == nil {
		w.log.Warn("cannot nudge a run", "workflow", info.ID, "error", err)
	}
}

// nudge has the owner of a run look whether something is missing. Of several nudges with one reason, one is enough.
func (w *Worker) nudge(ctx context.Context, queue, id, runID, reason string) error {
	msg := &history.Message{RunID: runID, Wake: &history.Wake{}}
	return w.store.Send(ctx, store.Message{Queue: queue, ID: id, DedupID: "nudge/" + runID + "/" + reason, Data: msg.Marshal()})
}

// serves reports whether a run is of a type that this worker has; an unreadable one may be of any.
func (w *Worker) serves(info *history.RunSummary) bool {
	_, ok := w.registry.workflows[info.Type]
	return ok
}
