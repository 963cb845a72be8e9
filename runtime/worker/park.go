package worker

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/store"
)

// This file deals with runs that cannot go on: a replay that diverges, a panic, a type nobody has, a payload or a
// record that cannot be read. Such a run is parked. Nothing is written to its journal; its wake-ups are kept and come
// again, so it goes on by itself as soon as a worker with better code takes it. No other run is concerned.

// Parked runs are tried again after parkMin, then at intervals that double up to parkMax.
const (
	parkMin = time.Second
	parkMax = 30 * time.Second
)

// park puts the run aside and says why, once.
func (a *actor) park(ctx context.Context, err error) {
	reason := err.Error()
	news := reason != a.parkReason
	a.parkReason = reason
	if news {
		a.w.log.Error("run is parked", "workflow", a.id, "reason", reason)
		if err := a.putParked(ctx, history.StatusParked); err != nil {
			a.w.log.Warn("parked run is not shown as such", "workflow", a.id, "error", err)
			a.parkReason = ""
		}
	}
	delay := min(parkMin<<min(a.parked, 10), parkMax)
	a.parked++
	a.forget()
	a.settle(func(s store.Settle) { s.Nak(delay) })
}

// unpark says that a parked run has gone on.
func (a *actor) unpark(ctx context.Context) {
	if a.parked == 0 {
		return
	}
	a.parked, a.parkReason = 0, ""
	if a.run == nil || a.x == nil {
		return
	}
	a.w.log.Info("parked run goes on", "workflow", a.id, "run", a.runID)
	if err := a.putParked(ctx, history.StatusRunning); err != nil {
		a.w.log.Warn("resumed run is still shown as parked", "workflow", a.id, "error", err)
	}
}

// putParked writes news that has no record: the entry's version lies between two records.
func (a *actor) putParked(ctx context.Context, status history.Status) error {
	if a.run == nil {
		a.run = newRun("")
	}
	entry := store.Entry{ID: a.id, Version: a.last*2 + 1, Data: a.info(status, nil, time.Now().UTC()).Marshal()}
	return a.w.store.PutEntry(ctx, entry)
}
