// This file finds the generations of runs that continue as new.
//
// A run id as a start returns it stands for all generations of the run: a call is about the newest one. The id of a single
// generation ends in its number: x.3, or x.0 for the first one.

package client

import (
	"context"
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// standsFor reports whether the run id of a call stands for a generation.
func standsFor(runID, generation string) bool {
	if _, exact := history.Generation(runID); exact {
		return journalID(runID) == generation
	}
	return runID == "" || runID == history.FirstRunID(generation)
}

// journalID returns the run id that records have for that of a single generation.
func journalID(runID string) string {
	if n, _ := history.Generation(runID); n == 0 {
		return history.FirstRunID(runID)
	}
	return runID
}

// isSingle reports whether a run id stands for one generation only.
func isSingle(runID string) bool {
	_, exact := history.Generation(runID)
	return exact
}

// read returns the history that a run id stands for. It fails as journal.Read does.
func (c *Client) read(ctx context.Context, id, runID string) (*journal.Run, error) {
	if runID == "" || isSingle(runID) {
		return journal.Read(ctx, c.store, c.chain, id, journalID(runID))
	}
	last, err := c.store.Last(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && standsFor(runID, last.RunID) {
		return journal.Read(ctx, c.store, c.chain, id, last.RunID)
	}
	run, err := journal.Read(ctx, c.store, c.chain, id, runID)
	if err != nil || !continued(run) {
		return run, err
	}
	newest, err := c.store.FindRun(ctx, id, history.RequestKey(run.Started().RequestID))
	if err != nil {
		return nil, err
	}
	return journal.Read(ctx, c.store, c.chain, id, newest)
}

// continued reports whether another generation follows the one that was read.
func continued(run *journal.Run) bool {
	_, ok := run.Closed().(*history.RunContinued)
	return ok
}
