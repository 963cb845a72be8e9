// This file is the commit protocol, step by step: load, apply, append, publish, arm the alarm, acknowledge.

package workflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/panics"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// Delays before something is tried again.
const (
	unavailableDelay = time.Second     // the store did not answer
	elsewhereDelay   = 3 * time.Second // another worker runs a step of the run
)

// takeTurn moves the run on by what has arrived. It repeats the turn if another worker was first, or the store did not
// answer.
func (a *actor) takeTurn(ms messages) {
	ctx := a.worker.Context()
	if a.parking.waits(ms) {
		ms.refuse()
		a.saveOutcomes(ctx, ms)
		a.handBack(time.Until(a.parking.until))
		return
	}
	for {
		err := a.tryTurn(ctx, ms)
		switch {
		case a.runs.isTakenOver(a):
			ms.refuse()
			a.unload()
			return
		case err == nil:
			a.unpark(ctx)
			ms.answerOutcomes(a.finishTurn(ctx))
			return
		case ctx.Err() != nil, errors.Is(err, store.ErrClosed): // nothing is acknowledged: another worker will have it soon
			ms.refuse()
			a.unload()
			return
		case errors.Is(err, errUnread):
			a.worker.Log.Debug("messages have arrived before the run closes; loading it again", "workflow", a.id)
		case errors.Is(err, errStepElsewhere):
			ms.refuse()
			a.saveOutcomes(ctx, ms)
			a.forget()
			a.retry(ctx, elsewhereDelay)
			return
		case parks(err):
			ms.refuse()
			a.saveOutcomes(ctx, ms)
			a.park(ctx, err)
			return
		case errors.Is(err, store.ErrUnavailable):
			a.worker.Log.Warn("store is unavailable; trying again", "workflow", a.id, "error", err)
			backoff.Sleep(ctx, unavailableDelay)
		default:
			a.worker.Log.Debug("another worker appended first; loading the run again", "workflow", a.id, "error", err)
		}
		a.forget()
		a.contested = true
	}
}

// tryTurn is one attempt at a turn. After an error, what it has done in memory must be forgotten.
func (a *actor) tryTurn(ctx context.Context, ms messages) (err error) {
	defer a.probation.end(ctx, a.workflow)
	defer func() {
		// A panic of workflow code is caught by its coroutine. This one is of a config function, or a bug in the engine.
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in the engine, outside of workflow code: %s\n%s", panics.Text(v), debug.Stack())
		}
	}()
	known := a.run != nil
	ms, err = a.prepare(ctx, ms)
	var before store.Seq
	if a.run != nil {
		before = a.run.last
	}
	if err == nil {
		err = a.takeAll(ctx, ms)
	}
	if err == nil && known && a.run.last == before && ms.anyDelivered() {
		// The turn has recorded nothing. If the run has moved on in another worker, it should have.
		err = a.run.confirm(ctx)
	}
	if err != nil && parks(err) {
		return a.terminateUnrunnable(ctx, ms, err)
	}
	return err
}

// prepare brings the run into memory if it is not there. It returns the messages to apply: those given, and after a load
// all that wait in the inbox, in its order.
func (a *actor) prepare(ctx context.Context, ms messages) (messages, error) {
	gaps := a.runs.countGaps()
	if a.run != nil {
		if gaps == a.gaps {
			return a.withoutTaken(ctx, ms)
		}
		waiting, err := a.worker.Store.Pending(ctx, a.queue, a.id)
		if err != nil {
			return ms, err
		}
		a.gaps = gaps
		return a.runs.keepWaiting(a, ms, waiting).merge(waiting), nil
	}
	a.gaps = gaps
	if !a.contested && ms.onlyStart() {
		// Most ids are new. Assume that; if this one is not, the append fails.
		alone, err := a.nothingAsked(ctx, ms[0])
		if err != nil {
			return ms, err
		}
		if alone {
			a.run = newRun(a.workflow, "")
			return ms, nil
		}
	}
	waiting, err := a.worker.Store.Pending(ctx, a.queue, a.id)
	if err != nil {
		return ms, err
	}
	ms = a.runs.keepWaiting(a, ms, waiting).merge(waiting)
	if a.run, err = load(ctx, a.workflow); err != nil {
		return ms, err
	}
	known, err := a.visible(ctx)
	if err != nil {
		return ms, err
	}
	a.adoptParking(known)
	if a.refusal != nil {
		return ms, a.refusal
	}
	if err := a.probation.examine(ctx, a.run, ms, known); err != nil {
		return ms, err
	}
	if a.run.exists() && !a.run.closed.Closed() {
		if err := a.run.replay(ctx, a.supervise); err != nil {
			return ms, err
		}
	}
	for _, p := range waiting {
		if a.run.inbox.consumed[p.Seq] {
			a.run.inbox.unsettled[p.Seq] = true
		}
	}
	a.contested = false
	reported := activity.Reported(waiting)
	ms.addReported(reported, a.run.runID)
	if !a.run.exists() && !slices.ContainsFunc(waiting, func(p store.Pending) bool { return p.Start }) {
		return ms, a.run.dropEntry(ctx, known)
	}
	return ms, a.run.repair(ctx, reported, known)
}

// nothingAsked reports whether no client has asked anything of a run that is about to start. To a start that was sent just now, nothing
// has been sent either.
func (a *actor) nothingAsked(ctx context.Context, start message) (bool, error) {
	if time.Since(start.delivery.Time) < newStart {
		return true, nil
	}
	asked, err := a.worker.Store.Requests(ctx, a.queue, a.id)
	return len(asked) == 0, err
}

// withoutTaken leaves out messages that another worker may have taken into an earlier run of the id, of which the run in
// memory knows nothing.
func (a *actor) withoutTaken(ctx context.Context, ms messages) (messages, error) {
	doubtful := func(m message) bool {
		d := m.delivery
		return d != nil && !d.Timer && !d.exclusive() && !a.run.inbox.consumed[d.Seq]
	}
	if !slices.ContainsFunc(ms, doubtful) {
		return ms, nil
	}
	waiting, err := a.worker.Store.Pending(ctx, a.queue, a.id)
	if err != nil {
		return ms, err
	}
	return a.runs.keepWaiting(a, ms, waiting), nil
}

// takeAll applies messages and what is due, and commits.
func (a *actor) takeAll(ctx context.Context, ms messages) error {
	t := &turn{run: a.run, messages: ms, supervise: a.supervise}
	defer func() { a.run = t.run }()
	if err := t.continueAsNew(ctx); err != nil {
		return err
	}
	for _, m := range ms {
		if err := t.take(ctx, m); err != nil {
			return err
		}
	}
	if err := t.handSignal(ctx, false); err != nil {
		return err
	}
	if err := t.takeDue(ctx, time.Now()); err != nil {
		return err
	}
	if err := a.readBeforeClosing(ctx, t); err != nil {
		return err
	}
	if t.visible != nil {
		a.adoptParking(*t.visible)
	}
	return t.commit(ctx)
}

// readBeforeClosing looks for messages that have arrived and that this worker has not been given, before a run is closed that
// should have received them. It looks once: while messages keep arriving, the run may close.
func (a *actor) readBeforeClosing(ctx context.Context, t *turn) error {
	if a.unread || !t.run.loaded() || t.run.x.Closed() == nil || !t.run.x.Closed().Details().Command || t.run.continuing() != nil {
		a.unread = false
		return nil
	}
	waiting, err := a.worker.Store.Requests(ctx, a.queue, a.id)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if isRequest(p) && !t.run.inbox.consumed[p.Seq] && !slices.Contains(t.consumed, p.Seq) {
			a.unread = true
			return errUnread
		}
	}
	return nil
}

// isRequest reports whether a message is what a client has asked of the run.
func isRequest(p store.Pending) bool {
	if p.Start || p.Outcome {
		return false
	}
	msg, err := incoming.Message(p)
	return err == nil && msg.Wake == nil
}

// finishTurn arms the alarm, and acknowledges what has arrived, unless it must be held because something goes on that
// only this process knows of. It reports false if the alarm could not be armed: then what has arrived must arrive again.
func (a *actor) finishTurn(ctx context.Context) bool {
	hold, err := a.armAlarm(ctx)
	if err != nil {
		a.forget()
		a.wakeLater(unavailableDelay)
		return false
	}
	if !hold {
		a.acknowledge()
	}
	return true
}

// holdFor is how near the next due time must be to need no timer in the store: until then, the deliveries that have led
// to it are held unacknowledged, and arrive at another worker if this one dies.
const holdFor = 1500 * time.Millisecond

// armAlarm sets the alarm for what is due next. It reports whether the deliveries must be held.
func (a *actor) armAlarm(ctx context.Context) (hold bool, err error) {
	a.alarm.stop()
	switch {
	case a.run != nil && a.run.ended != nil: // the next generation begins in a turn of its own, after those of other runs
		a.post(message{})
		hold = true
	case a.run == nil || !a.run.loaded():
		return false, nil
	default:
		if hold, err = a.armNext(ctx); err != nil {
			return false, err
		}
	}
	if hold && !a.runs.holdsExclusively(a) {
		// Nothing would arrive again: the run was woken from within this worker, or by deliveries that another worker may
		// acknowledge. A timer in the store takes their place.
		err = a.alarm.schedule(ctx, time.Now().Add(2*store.AckWait))
	}
	return hold, err
}

// armNext sets the alarm for what is due next in a run that is in memory.
func (a *actor) armNext(ctx context.Context) (hold bool, err error) {
	hold = a.run.busy()
	next, ok := a.run.nextDue()
	if !ok {
		return hold, nil
	}
	a.alarm.arm(next.at, func() { a.post(message{}) })
	if time.Until(next.at) <= holdFor {
		return true, nil
	}
	return hold, a.alarm.schedule(ctx, next.at)
}

// retry has the run tried again after a delay: by what has arrived, which arrives again, or else by a timer in the store. So
// one thing leads to the next try, wherever that is.
func (a *actor) retry(ctx context.Context, delay time.Duration) {
	if a.handBack(delay) > 0 {
		return
	}
	if err := a.alarm.schedule(ctx, time.Now().Add(delay)); err != nil {
		a.wakeLater(delay)
	}
}

// wakeLater wakes the actor after a delay, unless a delivery that will arrive again does it.
func (a *actor) wakeLater(delay time.Duration) {
	if !a.runs.holdsExclusively(a) {
		time.AfterFunc(delay, func() { a.runs.wakeActor(a.queue, a.id) })
	}
}
