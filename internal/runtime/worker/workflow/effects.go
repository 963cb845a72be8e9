// This file carries out what follows from a record once it is stored, and repairs what a worker that died has left out.
// Everything in it can be repeated without harm.

package workflow

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// publish carries out what follows from the events of a stored record. It returns when what it has written is stored.
func (r *run) publish(ctx context.Context, events []history.Event) error {
	var effects []effect
	for _, e := range events {
		if recorded := kindOf(e.Body).recorded; recorded != nil {
			if write := recorded(r, e); write != nil {
				effects = append(effects, write)
			}
		}
	}
	closing := events[len(events)-1]
	if status := history.StatusOf(closing.Body); status.Closed() {
		r.closed = status
		r.ended, _ = closing.Body.(*history.RunContinued)
		effects = []effect{r.close(closing, len(events))}
	}
	err := parallel(ctx, effects)
	clear(r.local.starting)
	return err
}

// close ends the run in memory and returns what shows everywhere else that it has ended. The entry in visibility is written
// after all that must not be left out: repair does that again until the entry is there.
func (r *run) close(closing history.Event, fresh int) effect {
	if r.loaded() {
		for _, op := range r.x.Open() {
			if abandon := kindOf(op.Body).abandon; abandon != nil {
				abandon(r, op)
			}
		}
	}
	r.halt(context.Canceled)
	r.endKept(context.Canceled)
	r.alarm.stop()
	r.announceEnd(closing)
	for _, warning := range closing.Body.Details().Warnings {
		r.worker.Log.Warn("workflow returned too early: "+warning, "workflow", r.id, "run", r.runID)
	}
	all := r.all
	r.all = nil
	return func(ctx context.Context) error {
		if err := r.settle(ctx, all, fresh); err != nil || r.ended != nil {
			return err
		}
		if err := r.expire(ctx); err != nil {
			return err
		}
		if err := r.putEntry(ctx, r.closed, closing.Body, closing.Time); err != nil {
			return err
		}
		return r.alarm.cancel(ctx)
	}
}

// expire lets the store remove the closed run when its retention ends.
func (r *run) expire(ctx context.Context) error {
	seq, err := r.worker.Store.Expire(ctx, r.id, r.runID)
	if err == nil {
		r.first, r.last = seq, seq
	}
	return err
}

// parallel runs effects concurrently, because each waits for the store.
func parallel(ctx context.Context, effects []effect) error {
	if len(effects) == 1 {
		return effects[0](ctx)
	}
	errs := make([]error, len(effects))
	var wg sync.WaitGroup
	for i, effect := range effects {
		wg.Go(func() { errs[i] = effect(ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// repair publishes what follows from the journal and is missing, because the worker that appended the last record may
// have died before it did. reported holds the operations whose outcomes have arrived, known is what visibility has.
func (r *run) repair(ctx context.Context, reported map[history.OpID]bool, known visible) error {
	if !r.exists() {
		return nil
	}
	if r.ended != nil {
		return r.settleAgain(ctx, reported)
	}
	if r.closed.Closed() {
		if !known.shows(r) {
			if err := r.settleAgain(ctx, reported); err != nil {
				return err
			}
		}
		if err := r.expire(ctx); err != nil {
			return err
		}
	}
	if err := r.repairEntry(ctx, known); err != nil {
		return err
	}
	if !r.loaded() {
		return nil
	}
	if err := parallel(ctx, r.repeatNotices()); err != nil {
		return err
	}
	missing, err := r.missing(ctx, reported)
	if err != nil || len(missing) == 0 {
		return err
	}
	// What seems to be missing may be done: another worker may have reported or recorded the outcome since the run was
	// loaded. An outcome leaves its task for the inbox, and the inbox for the journal, so they are looked at in this order.
	waiting, err := r.worker.Store.Pending(ctx, r.queue, r.id)
	if err != nil {
		return err
	}
	if err := r.confirm(ctx); err != nil {
		return err
	}
	arrived := activity.Reported(waiting)
	var effects []effect
	for _, op := range missing {
		if arrived[op.ID] {
			continue
		}
		if write := kindOf(op.Body).again(r, op); write != nil {
			effects = append(effects, write)
		}
	}
	return parallel(ctx, effects)
}

// missing returns the open operations that are not reported, and whose outcome nothing leads to.
func (r *run) missing(ctx context.Context, reported map[history.OpID]bool) (missing []replay.Open, err error) {
	open := slices.DeleteFunc(r.x.Open(), func(op replay.Open) bool {
		return kindOf(op.Body).missing == nil || reported[op.ID]
	})
	found := make([]bool, len(open))
	looks := make([]effect, len(open))
	for i, op := range open {
		looks[i] = func(ctx context.Context) (err error) {
			found[i], err = kindOf(op.Body).missing(ctx, r, op)
			return err
		}
	}
	if err := parallel(ctx, looks); err != nil {
		return nil, err
	}
	for i, op := range open {
		if found[i] {
			missing = append(missing, op)
		}
	}
	return missing, nil
}

// confirm fails with a *store.ConflictError if the journal has moved on from what is in memory.
func (r *run) confirm(ctx context.Context) error {
	last, err := r.worker.Store.Last(ctx, r.id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if last.Seq != r.last {
		return &store.ConflictError{ID: r.id, Prev: r.last, Last: last.Seq}
	}
	return nil
}
