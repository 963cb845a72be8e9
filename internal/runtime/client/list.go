// This file lists runs, from the entries of visibility and from starts that no worker has taken yet.

package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Filter selects runs. An empty field selects all.
type Filter struct {
	Type   string
	Status []history.Status
	Limit  int // 0: no limit
}

func (f Filter) matches(info *history.RunSummary) bool {
	if f.Type != "" && f.Type != info.Type {
		return false
	}
	return len(f.Status) == 0 || slices.Contains(f.Status, info.Status)
}

// List returns the newest run of each workflow id, most recently changed first. With a limit, it reads little more than what
// it returns, unless the filter excludes much. A summary that cannot be decoded has StatusUnknown, and the reason in Parked.
func (c *Client) List(ctx context.Context, f Filter) ([]*history.RunSummary, error) {
	waiting, err := c.listStarts(ctx, f)
	if err != nil {
		return nil, err
	}
	l := listing{filter: f, known: map[string]known{}}
	addUntil := func(at time.Time) { // the waiting runs that were started later
		for len(waiting) > 0 && waiting[0].Changed.After(at) {
			l.add(waiting[0], waiting[0].Changed)
			waiting = waiting[1:]
		}
	}
	err = c.store.ListEntries(ctx, func(e store.Entry) bool {
		info, err := history.UnmarshalRunSummary(e.Data)
		if err != nil { // one bad entry must not hide the others
			info = &history.RunSummary{ID: e.ID, Parked: err.Error()}
		}
		addUntil(e.Changed)
		l.add(info, e.Changed)
		return !l.full()
	})
	if err != nil {
		return nil, err
	}
	addUntil(time.Time{})
	for _, info := range l.runs {
		c.Reveal(ctx, info)
	}
	return l.runs, nil
}

// listStarts returns the runs of the starts in the inbox, newest first. When a worker has begun a run, its start
// is soon gone.
func (c *Client) listStarts(ctx context.Context, f Filter) (list []*history.RunSummary, err error) {
	if len(f.Status) > 0 && !slices.Contains(f.Status, history.StatusWaiting) {
		return nil, nil
	}
	seen, sent := map[string]bool{}, time.Now().Add(-takenSoon)
	var failed error
	err = c.store.PendingStarts(ctx, "", func(p store.PendingStart) bool {
		req, err := incoming.Start(p.ID, p.Data)
		if err != nil || seen[p.ID] { // an earlier start of the same id is to be terminated
			return true
		}
		seen[p.ID] = true
		if p.Time.Before(sent) {
			var terminated bool
			if terminated, failed = c.terminationRequested(ctx, req); terminated || failed != nil {
				return failed == nil
			}
		}
		list = append(list, waitingSummary(req, p.Time))
		// Each start has a run that waits, or an entry that is newer. So without a filter, no more are needed.
		return f.Limit == 0 || len(f.Status) > 0 || f.Type != "" || len(list) < f.Limit
	})
	return list, errors.Join(err, failed)
}

// takenSoon is how old a start is that a worker should have taken, if there is one. If the termination of its run was requested,
// it is not listed: there may never be a worker on its task queue that closes it.
const takenSoon = time.Second

// listing collects runs, newest first.
type listing struct {
	filter Filter
	runs   []*history.RunSummary
	known  map[string]known // by workflow id, also what the filter excludes
}

// known is a run that the listing has seen, and when its entry was stored.
type known struct {
	run *history.RunSummary
	at  time.Time
}

func (l *listing) full() bool { return l.filter.Limit > 0 && len(l.runs) >= l.filter.Limit }

// add adds a run, unless the id has a newer one.
func (l *listing) add(info *history.RunSummary, at time.Time) {
	if before, ok := l.known[info.ID]; ok {
		waits := before.run.Status == history.StatusWaiting && (before.run.RunID == info.RunID || !info.Status.Closed())
		if !waits && !at.After(before.at) { // an entry that changed during the listing comes again
			return
		}
		l.runs = slices.DeleteFunc(l.runs, func(other *history.RunSummary) bool { return other == before.run })
	}
	l.known[info.ID] = known{info, at}
	if l.filter.matches(info) && !l.full() {
		l.runs = append(l.runs, info)
	}
}
