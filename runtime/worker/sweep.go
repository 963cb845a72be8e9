package worker

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/store"
)

// This file finds runs that should have moved on and did not: a wake-up was lost, or the worker that runs now can do
// what an earlier one could not. It is a safety net; nothing rests on it.

// sweepMax bounds how many runs one sweep looks at.
const sweepMax = 500

// sweepLoop sweeps when the worker starts, for parked runs only, and from time to time after that.
func (w *Worker) sweepLoop(ctx context.Context) {
	w.sweep(ctx, func(info *history.RunInfo) bool { return info.Status == history.StatusParked })
	for ctx.Err() == nil {
		pause(ctx, w.opt.SweepEvery+rand.N(w.opt.SweepEvery/4))
		before := time.Now().Add(-w.opt.SweepEvery)
		w.sweep(ctx, func(info *history.RunInfo) bool { return info.Changed.Before(before) })
	}
}

// sweep pokes open runs of this worker's types that are not in its memory.
func (w *Worker) sweep(ctx context.Context, wanted func(*history.RunInfo) bool) {
	type place struct{ queue, id string }
	var found []place
	err := w.store.ListEntries(ctx, func(e store.Entry) bool {
		info, err := history.UnmarshalRunInfo(e.Data)
		if err == nil && !info.Status.Closed() && w.serves(info) && wanted(info) && !w.remembers(e.ID) {
			found = append(found, place{info.Queue, e.ID})
		}
		return ctx.Err() == nil
	})
	if err != nil {
		if ctx.Err() == nil {
			w.log.Warn("cannot look for stuck runs", "error", err)
		}
		return
	}
	rand.Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	for _, p := range found[:min(len(found), sweepMax)] {
		w.poke(p.queue, p.id)
	}
}

// serves reports whether a run is of a type that this worker has; an unreadable one may be of any.
func (w *Worker) serves(info *history.RunInfo) bool {
	_, ok := w.registry.workflows[info.Type]
	return ok
}

func (w *Worker) remembers(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.actors[id]
	return ok
}
