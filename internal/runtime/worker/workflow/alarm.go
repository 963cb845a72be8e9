// This file is the alarm of a workflow id: one timer in memory, which is exact, and timers in the store, which wake the
// run if this worker has died or dropped it by then. An alarm that goes off too early does no harm.

package workflow

import (
	"context"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// alarm wakes the run of a workflow id at the next time that something is due.
type alarm struct {
	store     store.Timers
	queue, id string
	timer     *time.Timer
	durable   []time.Time // known timers in the store, earliest first
}

// arm has fn called at the given time, and at no other that was armed before. It is for this process only.
func (a *alarm) arm(at time.Time, fn func()) {
	a.stop()
	a.timer = time.AfterFunc(time.Until(at), fn)
}

// stop stops the timer in memory.
func (a *alarm) stop() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

// lateness is how late a timer of the store may fire before it counts as lost.
const lateness = 5 * time.Second

// schedule makes sure that the store wakes the run no later than at. A timer that fires before that, or is due and has
// not arrived yet, is enough: it leads back here.
func (a *alarm) schedule(ctx context.Context, at time.Time) error {
	a.forget(time.Now().Add(-lateness))
	if len(a.durable) > 0 && !a.durable[0].After(at) {
		return nil
	}
	if err := a.store.ScheduleTimer(ctx, a.queue, a.id, at); err != nil {
		return err
	}
	a.durable = slices.Insert(a.durable, 0, at)
	return nil
}

// cancel removes the timers in the store. It must be the last thing done for a closed run: if this worker dies before,
// they may be all that leads to the run. A timer that another worker scheduled stays and fires in vain.
func (a *alarm) cancel(ctx context.Context) error {
	for len(a.durable) > 0 {
		if err := a.store.CancelTimer(ctx, a.queue, a.id, a.durable[0]); err != nil {
			return err
		}
		a.durable = a.durable[1:]
	}
	return nil
}

// forget drops the timers in the store that were due by the given time.
func (a *alarm) forget(by time.Time) {
	a.durable = slices.DeleteFunc(a.durable, func(at time.Time) bool { return !at.After(by) })
}
