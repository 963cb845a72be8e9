// This file is continue-as-new: it begins the next generation of a run. The record that closes a generation holds all that the next
// one needs, and stays the newest record until that begins, so that a worker that dies in between loses nothing.

package workflow

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
)

// continuing returns the event with which the code of the run has continued as new, if it has.
func (r *run) continuing() *history.RunContinued {
	if !r.loaded() {
		return nil
	}
	e, _ := r.x.Closed().(*history.RunContinued)
	return e
}

// continueAsNew begins the next generation, if the run continues as new. What is taken after that is for the next generation.
func (t *turn) continueAsNew(ctx context.Context) error {
	if t.run.continuing() != nil {
		if err := t.commit(ctx); err != nil {
			return err
		}
	}
	if t.run.ended == nil {
		return nil
	}
	if err := t.openNext(ctx); err != nil {
		return err
	}
	if err := t.run.describeCode(); err != nil {
		return err
	}
	if err := t.run.newExecution(); err != nil {
		return err
	}
	err := t.apply(ctx, t.run.started)
	t.run.startedAt = t.run.x.StartTime()
	return err
}

// openNext makes the run of the next generation, with its first event. Its payloads are opened, so that they are sealed again as its
// own: those of the generation before are removed with that.
func (t *turn) openNext(ctx context.Context) error {
	before, now := t.run, time.Now()
	events := []history.Event{{Body: before.started}, {Body: before.ended}}
	opened, err := journal.Open(ctx, before.worker.Chain, events)
	if err != nil {
		return err
	}
	started, ended := opened[0].Body.(*history.RunStarted), opened[1].Body.(*history.RunContinued)
	t.run = before.next(history.NextRunID(before.runID))
	t.run.started, t.run.startedAt = started.Next(before.startedAt, ended, now), now.UTC()
	return nil
}

// adoptNext is openNext for a generation that is to be closed without running its code.
func (t *turn) adoptNext(ctx context.Context) error {
	if err := t.openNext(ctx); err != nil {
		return err
	}
	t.events = append(t.events, history.Event{Time: t.run.startedAt, Body: t.run.started})
	return nil
}

// isFor reports whether a message is for the run: for all of its generations, unless it is the outcome of an operation.
func (r *run) isFor(msg *history.Message) bool {
	if msg.RunID == "" || msg.RunID == r.runID {
		return true
	}
	isOutcome := msg.Completed != nil || msg.Child != nil || msg.Request != nil
	return !isOutcome && history.FirstRunID(msg.RunID) == history.FirstRunID(r.runID)
}
