// This file keeps the records of a short run in memory, for the record that closes it and holds all events.

package workflow

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// archive counts the events of a run, and keeps its records if they are few.
type archive struct {
	events  uint64
	records []*history.Record
	partial bool // too long to keep: the records are read again when the run closes
}

// archiveMax is the length, in events, of the longest run whose records are kept.
const archiveMax = 200

func archived(records []*history.Record) archive {
	var a archive
	for _, rec := range records {
		a.add(rec)
	}
	return a
}

func (a *archive) add(rec *history.Record) {
	a.events += uint64(len(rec.Events))
	if a.partial = a.partial || a.events > archiveMax; a.partial {
		a.records = nil
		return
	}
	a.records = append(a.records, rec)
}

// whole returns the closing record with the events of all records before it.
func (a *archive) whole(ctx context.Context, p *process.Process, closing *history.Record) (*history.Record, error) {
	records := a.records
	if a.partial {
		before, err := journal.Read(ctx, p.Store, p.Chain, closing.ID, "")
		if err != nil {
			return nil, err
		}
		records = append(before.Records, closing)
	}
	all := *closing
	all.FirstEvent, all.Events = 1, nil
	for _, rec := range records {
		all.Events = append(all.Events, rec.Events...)
	}
	return &all, nil
}
