// This file tells the senders of updates how far these are. Notices are not stored: a sender that misses one reads the journal.

package workflow

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
)

var (
	acceptedKind = kind{recorded: func(r *run, e history.Event) effect {
		r.notify(e.Body.(*history.UpdateAccepted).ID, &history.UpdateNotice{})
		return nil
	}}
	answeredKind = kind{recorded: func(r *run, e history.Event) effect {
		answered := e.Body.(*history.UpdateCompleted)
		r.notify(answered.ID, &history.UpdateNotice{Outcome: &answered.Outcome})
		return nil
	}}
)

// repeatNotices sends the notices about updates, and about starts, in the last record that was read: the worker that stored it may
// have died before. It returns what has to be written for them.
func (r *run) repeatNotices() (effects []effect) {
	for _, e := range r.newest {
		switch e.Body.(type) {
		case *history.UpdateAccepted, *history.UpdateCompleted:
			kindOf(e.Body).recorded(r, e)
		}
	}
	effects = r.refuseChildren(r.newest)
	r.newest = nil
	return effects
}

// refuseUpdate answers an update that leaves no event, because its input is not valid.
func (r *run) refuseUpdate(ctx context.Context, id string, why error) {
	o := &history.Outcome{Failure: r.worker.Handlers.Errors.Encode(why)}
	sealed, err := journal.Seal(ctx, r.worker.Chain, journal.ObjectPrefix(r.id, r.runID), []history.Event{{Body: &history.UpdateCompleted{ID: id, Outcome: *o}}})
	if err == nil {
		o = &sealed[0].Body.(*history.UpdateCompleted).Outcome
		r.notify(id, &history.UpdateNotice{Outcome: o})
	}
}

// notify sends a notice about an update. An answer that is too large is left for the sender to read.
func (r *run) notify(id string, notice *history.UpdateNotice) {
	data := notice.Marshal()
	if len(data) > r.worker.Store.MaxPayload()-headroom {
		data = (&history.UpdateNotice{}).Marshal()
	}
	if err := r.worker.Store.Publish(journal.UpdateTopic(r.id, id), data); err != nil {
		r.worker.Log.Debug("sender of an update not notified", "workflow", r.id, "update", id, "error", err)
	}
}
