package worker

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/codec"
)

// This file keeps a run's time: timers, an activity's deadlines, the workflow's timeout. A run needs one alarm, at
// the earliest of them. In memory it is exact; the store keeps it for the case that this worker dies, or has dropped
// the run, by then. An alarm that comes too early, because what it was for no longer matters, does no harm.

// holdFor is how near an alarm must be to need no copy in the store: until it goes off, the wake-up that led to it
// stays unacknowledged, and comes to another worker if this one dies.
const holdFor = 1500 * time.Millisecond

// due is something that happens at a known time.
type due struct {
	at    time.Time
	order int
	body  func() history.Body // the event then, or nil if that is not decided yet
	check func()
}

// dues lists what the run waits for, earliest first, and in order of creation where that is equal.
func (a *actor) dues() []due {
	var list []due
	add := func(d due) { d.order = len(list); list = append(list, d) }
	if limit := a.started.Timeout; limit > 0 {
		add(due{at: a.startedAt.Add(limit), body: func() history.Body { return &history.RunTimedOut{} }})
	}
	for _, op := range a.x.Open() {
		switch body := op.Body.(type) {
		case *history.TimerStarted:
			add(due{at: op.Due, body: func() history.Body { return &history.TimerFired{Op: op.ID} }})
		case *history.ActivityScheduled:
			if limit := body.Policy.ScheduleToClose; limit > 0 {
				add(due{at: op.Scheduled.Add(limit), body: func() history.Body { return a.timedOut(op, codec.ScheduleToClose, limit) }})
			}
			if limit := body.Policy.ScheduleToStart; limit > 0 && !a.begun[op.ID] {
				add(due{at: op.Scheduled.Add(limit), check: func() { a.checkBegun(op, limit) }})
			}
		}
	}
	slices.SortFunc(list, func(x, y due) int { return cmp.Or(x.at.Compare(y.at), x.order-y.order) })
	return list
}

// timedOut is the outcome of an activity that a deadline ended. Who still works at it is told to stop.
func (a *actor) timedOut(op replay.Open, kind codec.TimeoutKind, limit time.Duration) history.Body {
	body := op.Body.(*history.ActivityScheduled)
	a.abandonActivity(body)
	err := &codec.TimeoutError{Kind: kind, Activity: body.Name, Limit: limit, Last: a.lastFailure(body)}
	return &history.ActivityCompleted{Op: op.ID, Outcome: history.Outcome{Failure: a.w.registry.errors.Encode(err), Worker: a.w.opt.ID}}
}

// lastFailure is why the last attempt at an activity failed, as far as is known.
func (a *actor) lastFailure(body *history.ActivityScheduled) error {
	task, _ := a.taskRef(body)
	data, err := a.w.store.LastHeartbeat(a.w.ctx, task)
	if err != nil {
		return nil
	}
	state, err := history.UnmarshalTaskState(data)
	if err != nil {
		return nil
	}
	return a.w.registry.errors.Decode(state.LastFailure)
}

// checkBegun asks, when an activity's schedule-to-start limit has passed, whether a worker has begun it.
func (a *actor) checkBegun(op replay.Open, limit time.Duration) {
	a.begun[op.ID] = true
	body := op.Body.(*history.ActivityScheduled)
	task, ref := a.taskRef(body)
	ref.Cancel = false
	a.w.busyGo(func() {
		if a.w.hasBegun(task, ref) {
			return
		}
		if err := a.w.store.DropTask(a.w.ctx, task); err != nil {
			a.w.log.Warn("cannot take a task out of its queue", "workflow", task.ID, "operation", task.Op, "error", err)
		}
		a.w.post(a, mail{failed: &activityFailed{op.ID, &codec.TimeoutError{Kind: codec.ScheduleToStart, Activity: body.Name, Limit: limit}}})
	})
}

// hasBegun reports whether an attempt at a task runs, or has run.
func (w *Worker) hasBegun(task store.Task, ref *history.TaskRef) bool {
	if running, err := w.askWorkers(w.ctx, task.Queue, ref); running || err != nil {
		return true // when in doubt, wait
	}
	if _, err := w.store.LastHeartbeat(w.ctx, task); err == nil {
		return true // it waits for its next attempt
	}
	queued, err := w.store.TaskQueued(w.ctx, task)
	return err != nil || !queued // if it has left the queue, its outcome is in the inbox
}

// takeDue applies what has come due.
func (p *proposal) takeDue(now time.Time) error {
	for p.x != nil && p.x.Closed() == nil {
		list := p.dues()
		if len(list) == 0 || list[0].at.After(now) {
			return nil
		}
		if list[0].check != nil {
			list[0].check()
			continue
		}
		if err := p.step(p.w.ctx, list[0].body()); err != nil {
			return err
		}
	}
	return nil
}

// armClock sets the alarms for what comes next. It reports whether the wake-ups that led here must be held.
func (a *actor) armClock(ctx context.Context) (hold bool, err error) {
	a.stopClock()
	if a.run == nil || a.x == nil {
		return false, nil
	}
	volatile := len(a.steps) > 0 || len(a.cancels) > 0
	if list := a.dues(); len(list) > 0 {
		at := list[0].at
		a.alarm = time.AfterFunc(time.Until(at), func() { a.w.post(a, mail{tick: true}) })
		if time.Until(at) > holdFor {
			if err := a.setDurable(ctx, at); err != nil {
				return false, err
			}
		} else {
			volatile = true
		}
	}
	if volatile && !a.holds() {
		// Nothing is there that would come again: the run was woken from within, or by what another worker may
		// acknowledge. An alarm in the store stands in for it.
		err = a.setDurable(ctx, time.Now().Add(2*store.AckWait))
	}
	return volatile, err
}

// holds reports whether there is a delivery that comes to another worker if this one dies.
func (a *actor) holds() bool {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	for _, d := range a.bySeq {
		if d.alone() {
			return true
		}
	}
	return false
}

// ringing is how late an alarm of the store may go off before it counts as lost.
const ringing = 5 * time.Second

// setDurable sees to it that the store wakes the run no later than at. An alarm that goes off before that, or is due
// and not yet heard of, leads back here.
func (a *actor) setDurable(ctx context.Context, at time.Time) error {
	a.forgetDurable(time.Now().Add(-ringing))
	if len(a.durable) > 0 && !a.durable[0].After(at) {
		return nil
	}
	if err := a.w.store.ScheduleTimer(ctx, a.queue, a.id, at); err != nil {
		return err
	}
	a.durable = slices.Insert(a.durable, 0, at)
	return nil
}

// clearDurable removes the alarms in the store when the run has ended and all else is published: they may be all that
// leads to the run if this worker dies. One that stays, because another worker set it, goes off for nothing.
func (a *actor) clearDurable(ctx context.Context) error {
	for len(a.durable) > 0 {
		if err := a.w.store.CancelTimer(ctx, a.queue, a.id, a.durable[0]); err != nil {
			return err
		}
		a.durable = a.durable[1:]
	}
	return nil
}

// clockFired takes note that an alarm in the store went off.
func (a *actor) clockFired() { a.forgetDurable(time.Now()) }

// forgetDurable drops the alarms that were due by a time.
func (a *actor) forgetDurable(by time.Time) {
	a.durable = slices.DeleteFunc(a.durable, func(at time.Time) bool { return !at.After(by) })
}

func (a *actor) stopClock() {
	if a.alarm != nil {
		a.alarm.Stop()
		a.alarm = nil
	}
}
