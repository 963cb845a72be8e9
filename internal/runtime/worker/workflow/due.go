// This file knows what happens to a run next, and when: a timer fires, a limit of an activity passes, the run times out.

package workflow

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// due is something that happens at a known time: either an event, or a check whose result arrives as a message.
type due struct {
	at    time.Time
	event func() history.Body
	check func()
}

// nextDue returns what is due next, which costs the same however much the run waits for. Of what is due at the same time,
// the run's own timeout comes first, then limits of activities, then timers, each in order of creation.
func (r *run) nextDue() (next due, ok bool) {
	add := func(d due) {
		if !ok || d.at.Before(next.at) {
			next, ok = d, true
		}
	}
	if limit := r.started.Timeout; limit > 0 {
		add(due{at: r.startedAt.Add(limit), event: func() history.Body { return &history.RunTimedOut{} }})
	}
	if limit := r.local.limits.next(); limit != nil {
		add(limit.due)
	}
	if op, timed := r.x.Next(); timed {
		add(due{at: op.Due, event: func() history.Body { return kindOf(op.Body).expired(op) }})
	}
	return next, ok
}
