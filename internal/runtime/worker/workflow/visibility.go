// This file keeps a run's entry in visibility, which people and clients list and look up. The journal has the truth.

package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// summary describes the run. closing is the event that closed it, or nil.
func (r *run) summary(status history.Status, closing history.Body, at time.Time) *history.RunSummary {
	s := &history.RunSummary{
		ID: r.id, RunID: r.runID, Queue: r.queue, Status: status, Changed: at, Events: r.archive.events,
		Started: r.startedAt,
	}
	if r.exists() {
		s.Type, s.RequestID = r.started.Type, r.started.RequestID
	}
	if closing != nil {
		s.Close(history.Event{Time: at, Body: closing})
		s.Result = small(s.Result)
	}
	return s
}

// resultMax is the size in bytes of the largest result that visibility repeats.
const resultMax = 16 << 10

// small returns p, or nil if it is too large for visibility. A payload in the object store is small.
func small(p *history.Payload) *history.Payload {
	if p == nil || len(p.Data) > resultMax {
		return nil
	}
	return p
}

// putEntry writes the entry for the state as of the last record.
func (r *run) putEntry(ctx context.Context, status history.Status, closing history.Body, at time.Time) error {
	data, err := r.encode(ctx, r.summary(status, closing, at))
	if err != nil {
		return err
	}
	entry := store.Entry{ID: r.id, Version: r.last * 2, Data: data}
	if status.Closed() {
		entry.Keep = max(r.started.Retention, time.Second)
	}
	return r.worker.Store.PutEntry(ctx, entry)
}

// putUnrecorded writes the entry for a state that has no record: its version lies between those of two records.
func (r *run) putUnrecorded(ctx context.Context, s *history.RunSummary) error {
	data, err := r.encode(ctx, s)
	if err != nil {
		return err
	}
	return r.worker.Store.PutEntry(ctx, store.Entry{ID: r.id, Version: r.unrecordedVersion(), Data: data})
}

// parkedMax is the size in bytes of the longest reason that visibility shows for a parked run.
const parkedMax = 16 << 10

// encode returns a summary as it is stored: its texts are sealed. It leaves out a reason that a transform refuses.
func (r *run) encode(ctx context.Context, s *history.RunSummary) ([]byte, error) {
	stored := *s
	stored.Parked = history.Cut(s.Parked, parkedMax)
	seal := func(p *history.Payload) error {
		return r.worker.Chain.Seal(ctx, journal.ObjectPrefix(r.id, r.runID), p)
	}
	err := history.EditPayloads(&stored, seal)
	var refused *payloads.SealError
	if errors.As(err, &refused) {
		stored.Parked = "the reason is in the log of the worker: transform " + refused.Transform + " refused it"
		err = nil
	}
	return stored.Marshal(), err
}

func (r *run) unrecordedVersion() uint64 { return r.last*2 + 1 }

// visible is what visibility has of a workflow id.
type visible struct {
	entry   store.Entry
	summary *history.RunSummary // nil if there is none, or none that can be decoded: it will be written again
}

// parked returns the summary of a run, or of the one that is to follow it, if that is shown as parked. Otherwise it returns
// nil.
func (v visible) parked(r *run) *history.RunSummary {
	s := v.summary
	if s == nil || s.Status != history.StatusParked || s.RunID != r.runID && v.entry.Version != r.unrecordedVersion() {
		return nil
	}
	return s
}

// shows reports whether visibility has a run, and whether it is open.
func (v visible) shows(r *run) bool {
	return v.summary != nil && v.summary.RunID == r.runID && v.summary.Status.Closed() == r.closed.Closed()
}

// visible reads what visibility has of the workflow id.
func (w *workflow) visible(ctx context.Context) (visible, error) {
	entry, err := w.worker.Store.GetEntry(ctx, w.id)
	if errors.Is(err, store.ErrNotFound) {
		return visible{entry: store.Entry{ID: w.id}}, nil
	}
	if err != nil {
		return visible{}, err
	}
	summary, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		summary = nil
	}
	return visible{entry, summary}, nil
}

// repairEntry writes the entry if it is not about this run, or not about its state.
func (r *run) repairEntry(ctx context.Context, known visible) error {
	if known.shows(r) {
		return nil
	}
	if !r.closed.Closed() {
		return r.putEntry(ctx, history.StatusRunning, nil, r.x.Now())
	}
	recorded, err := journal.Read(ctx, r.worker.Store, r.worker.Chain, r.id, r.runID)
	if err != nil {
		return fmt.Errorf("end of run %s: %w", r.runID, err)
	}
	events := recorded.Events()
	closing := events[len(events)-1]
	return r.putEntry(ctx, r.closed, closing.Body, closing.Time)
}

// dropEntry removes an entry that shows an open run of an id that has no journal. The entry came back after a crash of the
// server, or the journal is lost.
func (r *run) dropEntry(ctx context.Context, known visible) error {
	if known.summary == nil || known.summary.Status.Closed() {
		return nil
	}
	r.worker.Log.Warn("removed a run from the list, because the journal has no record of it",
		"workflow", r.id, "run", known.summary.RunID, "status", known.summary.Status.String())
	return r.worker.Store.DropEntry(ctx, known.entry)
}

// announceEnd sends the end of the run to clients that wait for it. A client that misses it finds it in visibility.
func (r *run) announceEnd(closing history.Event) {
	s := r.summary(history.StatusOf(closing.Body), closing.Body, closing.Time)
	if err := r.worker.Store.Publish(journal.ClosedTopic(r.id), s.Marshal()); err != nil {
		r.worker.Log.Debug("end of run not announced", "workflow", r.id, "error", err)
	}
}
