// This file lists the times at which something happens to a run: its timers, the deadlines of its activities, its own
// timeout.

package workflow

import (
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// due is something that happens at a known time: either an event, or a check whose result arrives as a message.
type due struct {
	at    time.Time
	event func() history.Body
	check func()
}

// dues lists what the run waits for, earliest first, and in order of creation where that is equal.
func (r *run) dues() []due {
	var all []due
	if limit := r.started.Timeout; limit > 0 {
		all = append(all, due{at: r.startedAt.Add(limit), event: func() history.Body { return &history.RunTimedOut{} }})
	}
	for _, op := range r.x.Open() {
		if dues := kindOf(op.Body).dues; dues != nil {
			all = append(all, dues(r, op)...)
		}
	}
	slices.SortStableFunc(all, func(x, y due) int { return x.at.Compare(y.at) })
	return all
}
