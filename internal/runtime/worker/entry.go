package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file keeps a run's entry in the registry, which is for people and for those who look for runs. The truth is the
// journal.

// info is the registry's view of the run.
func (a *actor) info(status history.Status, closing history.Body, at time.Time) *history.RunSummary {
	info := &history.RunSummary{
		ID: a.id, RunID: a.runID, Queue: a.queue, Status: status, Changed: at, Events: a.archive.events,
		Started: a.startedAt,
	}
	if status == history.StatusParked {
		info.Parked = a.parkReason
	}
	if a.started != nil {
		info.Type, info.RequestID = a.started.Type, a.started.RequestID
	}
	if closing != nil {
		info.Close(history.Event{Time: at, Body: closing})
		info.Result = small(info.Result)
	}
	return info
}

// entryMax bounds, in bytes, the results that the registry repeats.
const entryMax = 16 << 10

// small is p, or nil if it is too large for the registry. Payloads that were checked in are small.
func small(p *history.Payload) *history.Payload {
	if p == nil || len(p.Data) > entryMax {
		return nil
	}
	return p
}

// putEntry writes the registry's entry for the state as of the last record.
func (a *actor) putEntry(ctx context.Context, status history.Status, closing history.Body, at time.Time) error {
	entry := store.Entry{ID: a.id, Version: a.last * 2, Data: a.info(status, closing, at).Marshal()}
	if status.Closed() {
		entry.Keep = max(a.started.Retention, time.Second)
	}
	return a.w.store.PutEntry(ctx, entry)
}

// registration is what the registry has of a workflow id.
type registration struct {
	entry store.Entry
	info  *history.RunSummary // nil if there is none, or none that can be read: it is written anew
}

// registered reads the registry.
func (a *actor) registered(ctx context.Context) (registration, error) {
	entry, err := a.w.store.GetEntry(ctx, a.id)
	if errors.Is(err, store.ErrNotFound) {
		return registration{entry: store.Entry{ID: a.id}}, nil
	}
	if err != nil {
		return registration{}, err
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		info = nil
	}
	return registration{entry, info}, nil
}

// repairEntry writes the registry's entry if it does not tell of the state that was loaded.
func (a *actor) repairEntry(ctx context.Context, known registration) error {
	info := known.info
	if info != nil && info.RunID == a.runID && info.Status == history.StatusParked {
		a.parked, a.parkReason = max(a.parked, 1), info.Parked
	}
	if info != nil && info.RunID == a.runID && info.Status.Closed() == a.closed.Closed() {
		return nil
	}
	if !a.closed.Closed() {
		return a.putEntry(ctx, history.StatusRunning, nil, a.x.Now())
	}
	closing, err := a.closingEvent(ctx)
	if err != nil {
		return err
	}
	return a.putEntry(ctx, a.closed, closing.Body, closing.Time)
}

// closingEvent reads the event that closed the run.
func (a *actor) closingEvent(ctx context.Context) (history.Event, error) {
	recorded, err := journal.Read(ctx, a.w.store, a.w.chain, a.id, a.runID)
	if err != nil {
		return history.Event{}, fmt.Errorf("end of run %s: %w", a.runID, err)
	}
	events := recorded.Events()
	return events[len(events)-1], nil
}
