// This file appends a record to the journal: the moment at which everything in it has happened.

package workflow

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// commit appends events as one record that takes in the messages consumed, and publishes what follows from them.
func (r *run) commit(ctx context.Context, events []history.Event, consumed []store.Seq) error {
	sealed, err := journal.Seal(ctx, r.worker.Chain, journal.ObjectPrefix(r.id, r.runID), events)
	if err != nil {
		return err
	}
	rec := &history.Record{
		Format: history.Format, ID: r.id, RunID: r.runID, Worker: r.worker.ID,
		FirstEvent: r.archive.events + 1, Events: sealed, Consumed: consumed, Prev: r.last,
	}
	began := time.Now()
	if err := r.append(ctx, rec); err != nil {
		return err
	}
	for _, seq := range consumed {
		r.inbox.consumed[seq], r.inbox.unsettled[seq] = true, true
	}
	if time.Since(began) > store.AckWait/2 {
		// The worker was suspended, or cut off. Another one may have published what follows and moved the run on: what is
		// published again now would run again.
		if err := r.confirm(ctx); err != nil {
			return err
		}
	}
	return r.publish(ctx, sealed)
}

// append stores a record. A record that closes the run holds all events of the run, so that the store can drop the
// others.
func (r *run) append(ctx context.Context, rec *history.Record) error {
	limit := r.worker.Store.MaxPayload() - headroom
	stored := store.Record{RunID: rec.RunID, Request: history.RequestKey(r.started.RequestID), CommitID: journal.NewID(), First: r.first}
	closing := history.StatusOf(rec.Events[len(rec.Events)-1].Body)
	if rec.FirstEvent == 1 || closing.Closed() { // the store may drop the records in between
		rec.ConsumedBefore = r.inbox.mayComeAgain()
	}
	r.archive.add(rec)
	if closing.Closed() {
		whole, err := r.archive.whole(ctx, r.worker, rec)
		if err != nil {
			return err
		}
		rec, r.all = whole, whole.Events
		stored.Close = &store.Close{Retention: max(r.started.Retention, time.Second), Held: closing == history.StatusContinued}
	}
	var err error
	if stored.Data, err = journal.Pack(ctx, r.worker.Chain, rec, limit); err != nil {
		return err
	}
	seq, err := r.worker.Store.Append(ctx, r.id, r.last, stored)
	if err != nil {
		return err
	}
	r.last = seq
	if r.first == 0 || closing.Closed() {
		r.first = seq
	}
	return nil
}
