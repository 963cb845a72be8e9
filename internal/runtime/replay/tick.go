// This file moves the run's time while its code is busy. Time only moves with an event, and a run is given events when
// none of its coroutines is ready. So a loop that never waits would keep time still, although in Go it may end: two
// goroutines that send to each other until a timer fires, or a loop that looks at the clock. Since version 3 of the rules,
// a run that has done much at one instant waits for a tick: a short timer of the engine, which is recorded like the
// author's.

package replay

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// nameTick is the name of a tick in a history.
const nameTick = "tick"

// ticks makes the ticks of a run.
type ticks struct {
	*state
	open      *tick // nil if there is none
	row       int   // how many came one after the other, without another event between them
	clockRead bool  // the code has read the clock since the last event
}

// tick is the clock of an operation. Nothing waits for it but a busy run.
type tick struct {
	all *ticks
	op  *operation
	due time.Time
}

// ticksSince is the version of the scheduler's rules that has ticks.
const ticksSince = 3

// The first tick lasts minTick. In each further one of a row, the code may do twice as much before it, and the tick lasts
// twice as long, up to maxDoublings. So the code's own work takes most of the time, and a loop that reads the clock ends
// soon after its time.
const (
	minTick      = 10 * time.Millisecond
	maxDoublings = 5
)

// lookSteps is how many steps a look at the clock or at a context counts: code that works between two looks needs time, too.
const lookSteps = 10

// maxPolling limits the doublings for code that only yields and does not read the clock: it waits for an event, for which
// the run wakes up in any case. Such a tick lasts four times as long as the one before, up to eleven minutes.
const maxPolling = 16

// before prepares for an event: the code may do as much as usual, or more after a tick.
func (ts *ticks) before(e history.Body) {
	if ts.version < ticksSince {
		return
	}
	if ts.open != nil && e.Details().Op.ID() == ts.open.op.id {
		ts.row++
	} else {
		ts.row = 0
	}
	ts.clockRead = false
	ts.sched.Allow(1 << min(ts.row, maxDoublings))
}

// after starts a tick if the code is still busy after an event, and none is open.
func (ts *ticks) after() {
	switch {
	case ts.version < ticksSince || !ts.sched.Busy():
	case ts.open != nil:
		ts.state.open.enlist(ts.open.op)
	default:
		ts.start()
	}
}

// start starts a tick. It is an operation of the coroutine whose turn is next.
func (ts *ticks) start() {
	doublings := min(ts.row, maxDoublings)
	if ts.sched.Polling() && !ts.clockRead {
		doublings = min(2*ts.row, maxPolling)
	}
	c, at := ts.sched.Next()
	t := &tick{all: ts, op: ts.operationOf(c), due: ts.now.Add(minTick << doublings)}
	t.op.timer, ts.open = t, t
	ts.ask(t.op, at, func(op history.Op) history.Body {
		return &history.TimerStarted{Op: op, Due: t.due, Name: nameTick}
	})
}

func (t *tick) fire(time.Time) {
	t.all.state.open.remove(t.op)
	t.all.open = nil
}

func (t *tick) waitedFor() bool                      { return t.all.sched.Busy() }
func (t *tick) next() time.Time                      { return t.due }
func (t *tick) adopt(recorded *history.TimerStarted) { t.due = recorded.Due }
