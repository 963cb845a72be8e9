// Package invariant checks what must hold after every test, with or without crashes: of each history, of the journals, and
// of the visibility entries.
package invariant

import (
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// History checks the history of a closed run: it begins with a start and ends with an end, times do not decrease, and each
// operation is started once and ended at most once, unless it is a ticker.
func History(events []history.Event) error {
	ops := operations{}
	for i, e := range events {
		d := e.Body.Details()
		if (d.Kind == history.KindRunStarted) != (i == 0) {
			return fmt.Errorf("event %d is %q", i+1, d.What())
		}
		if d.Closes() != (i == len(events)-1) {
			return fmt.Errorf("event %d of %d is %q", i+1, len(events), d.What())
		}
		if i > 0 && e.Time.Before(events[i-1].Time) {
			return fmt.Errorf("event %d (%s) is earlier than the event before it", i+1, d.What())
		}
		if err := ops.add(d, e.Time); err != nil {
			return fmt.Errorf("event %d (%s): %w", i+1, d.What(), err)
		}
	}
	return nil
}

// operations are the operations that a history has started.
type operations map[history.OpID]*operation

type operation struct {
	due    time.Time // of a timer
	ticker bool
	ended  bool
}

func (ops operations) add(d history.Details, at time.Time) error {
	id := d.Op.ID()
	op := ops[id]
	switch {
	case d.Starts && op != nil:
		return fmt.Errorf("operation %s was already started", id)
	case d.Starts:
		ops[id] = &operation{due: d.Due, ticker: d.Period > 0}
	case d.Ends && (op == nil || op.ended):
		return fmt.Errorf("operation %s is not running", id)
	case d.Ends && at.Before(op.due):
		return fmt.Errorf("timer %s fired before it was due", id)
	case d.Ends:
		op.ended = !op.ticker
	}
	return nil
}

// Visibility checks that the entry of a workflow id describes its newest run, which is closed. last is the last record of
// its journal.
func Visibility(entry store.Entry, runID string, events []history.Event, last store.Stored) error {
	got, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		return err
	}
	end := events[len(events)-1]
	want := history.StatusOf(end.Body)
	if got.RunID != runID || got.Status != want || !got.Closed.Equal(end.Time) || got.Events != uint64(len(events)) {
		return fmt.Errorf("the entry of workflow %s says run %s is %s at %v after %d events; the journal says run %s is %s at %v after %d",
			entry.ID, got.RunID, got.Status, got.Closed, got.Events, runID, want, end.Time, len(events))
	}
	if entry.Version < last.Seq*2 {
		return fmt.Errorf("the entry of workflow %s has version %d, but the last record of its journal is %d", entry.ID, entry.Version, last.Seq)
	}
	return nil
}
