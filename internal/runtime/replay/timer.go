// This file holds timers that are values: time.Timer, time.Ticker, time.After, time.AfterFunc and the deadlines of contexts.
//
// Such a timer is an operation, with an identity from the moment that it is created. Most of them never matter: they are
// stopped, or nothing waits for them any more. So a timer is recorded only when the run waits and something waits for the
// timer, and only a recorded timer wakes the run. Any other timer is looked at when a coroutine receives from its channel:
// it has fired if the run's time has passed its due time by then.

package replay

import (
	"cmp"
	"slices"
	"time"
	"unsafe"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// Names of timers in a history.
const (
	NameAfter    = "after"
	NameTimer    = "timer"
	NameTicker   = "ticker"
	nameFunc     = "afterfunc"
	nameDeadline = "deadline"
)

// timers holds the timers of a run.
type timers struct {
	*state
	byChannel  map[unsafe.Pointer]*timer // armed, by the channel that they send to
	calls      map[*time.Timer]*call
	polled     []*timer // in this turn, before they were due
	unrecorded []*timer // something waits for them
}

// timer is an armed timer.
type timer struct {
	all      *timers
	op       *operation // nil once it is disarmed
	name     string
	due      time.Time
	period   time.Duration  // of a ticker
	ch       chan time.Time // where it sends the time, or nil
	fn       func()         // what it calls otherwise
	callers  []uintptr
	recorded bool
	listed   bool // in unrecorded
	polled   bool
}

// StartTimer arms a timer that sends the time to ch after d, and then after every period, if that is positive. As in Go
// since 1.23, ch has no buffer.
func (ts *timers) StartTimer(name string, d, period time.Duration, ch chan time.Time) {
	t := ts.newTimer(name, d)
	t.ch, t.period = ch, period
	if ts.byChannel == nil {
		ts.byChannel = map[unsafe.Pointer]*timer{}
	}
	ts.byChannel[sched.Key(ch)] = t
	ts.sched.SetSource(sched.Key(ch), t)
}

// startFunc arms a timer that calls fn after d, while no coroutine has the turn.
func (ts *timers) startFunc(name string, d time.Duration, fn func()) *timer {
	t := ts.newTimer(name, d)
	t.fn = fn
	t.Watched()
	return t
}

func (ts *timers) newTimer(name string, d time.Duration) *timer {
	t := &timer{all: ts, op: ts.newOperation(), name: name, due: ts.now.Add(max(d, 0)), callers: sched.Callers()}
	t.op.timer = t
	return t
}

// StopTimer disarms the timer that sends to ch, and reports whether it was armed. As in Go since 1.23, a time that it has
// sent and that was not received is discarded.
func (ts *timers) StopTimer(ch <-chan time.Time) bool {
	t := ts.byChannel[sched.Key(Both(ch))]
	if t != nil {
		t.Poll()
	}
	sent := ts.sched.DropPending(sched.Key(Both(ch)))
	return t.stop() || sent
}

// Both is the bidirectional channel behind one that only receives.
func Both[T any](ch <-chan T) chan T { return *(*chan T)(unsafe.Pointer(&ch)) }

// call is a timer made by time.AfterFunc.
type call struct {
	fn    func()
	timer *timer
}

// StartCall runs fn in a coroutine of its own after d. key is the author's value for the timer.
func (ts *timers) StartCall(key *time.Timer, d time.Duration, fn func()) {
	if ts.calls == nil {
		ts.calls = map[*time.Timer]*call{}
	}
	ts.calls[key] = &call{fn: fn}
	ts.ResetCall(key, d)
}

// IsCall reports whether the timer was made by StartCall.
func (ts *timers) IsCall(key *time.Timer) bool { return ts.calls[key] != nil }

// StopCall disarms the timer of a call and reports whether it was armed.
func (ts *timers) StopCall(key *time.Timer) bool { return ts.calls[key].timer.stop() }

// ResetCall arms the timer of a call that is not armed.
func (ts *timers) ResetCall(key *time.Timer, d time.Duration) {
	c := ts.calls[key]
	co := ts.sched.Reserve(sched.Callers())
	c.timer = ts.startFunc(nameFunc, d, func() { ts.sched.Start(co, c.fn) })
}

// stop disarms the timer and reports whether it was armed. A nil timer never is.
func (t *timer) stop() bool { return t != nil && t.disarm() }

func (t *timer) disarm() bool {
	if t.op == nil {
		return false
	}
	t.all.open.remove(t.op)
	t.op = nil
	if t.ch != nil {
		delete(t.all.byChannel, sched.Key(t.ch))
		t.all.sched.SetSource(sched.Key(t.ch), nil)
	}
	return true
}

// Poll fires the timer if it is due, for a coroutine that is about to receive from its channel.
func (t *timer) Poll() {
	switch {
	case t.op == nil || t.ch == nil:
	case !t.due.After(t.all.now):
		t.fire(t.due)
	case !t.polled:
		t.polled = true
		t.all.polled = append(t.all.polled, t)
	}
}

// Watched notes that something waits for the timer.
func (t *timer) Watched() {
	switch {
	case t.op == nil: // it has fired
	case t.recorded:
		t.all.open.enlist(t.op)
	case !t.listed:
		t.listed = true
		t.all.unrecorded = append(t.all.unrecorded, t)
	}
}

// waitedFor reports whether firing the timer would wake a coroutine, or end a loop that polls it.
func (t *timer) waitedFor() bool {
	return t.op != nil && (t.ch == nil || t.all.sched.HasReceiver(sched.Key(t.ch)) || t.polled && t.all.sched.Busy())
}

// next is when the timer fires next.
func (t *timer) next() time.Time { return t.due }

// fire sends the time, or calls the function.
func (t *timer) fire(at time.Time) {
	if t.period > 0 {
		missed := t.all.now.Sub(t.due) / t.period
		t.due = t.due.Add((missed + 1) * t.period)
		t.all.open.reschedule(t.op)
	} else {
		t.disarm()
	}
	if t.ch != nil {
		sched.SendPending(t.all.sched, t.ch, at)
	} else {
		t.fn()
	}
}

// adopt replaces the due time by the recorded one.
func (t *timer) adopt(recorded *history.TimerStarted) {
	t.due, t.period = recorded.Due, recorded.Period
}

// forgetPolls begins a turn, in which no timer has been polled.
func (ts *timers) forgetPolls() {
	for _, t := range ts.polled {
		t.polled = false
	}
	ts.polled = ts.polled[:0]
}

// record issues commands, when all coroutines wait, for the timers that something waits for, in order of creation.
func (ts *timers) record() {
	if ts.sched.Busy() {
		for _, t := range ts.polled {
			t.Watched()
		}
	}
	list := ts.unrecorded
	ts.unrecorded = nil
	slices.SortFunc(list, func(a, b *timer) int { return cmp.Compare(a.order(), b.order()) })
	for _, t := range list {
		t.listed = false
		if t.waitedFor() {
			t.record()
		}
	}
}

func (t *timer) order() uint64 {
	if t.op == nil {
		return 0
	}
	return t.op.order
}

func (t *timer) record() {
	t.recorded = true
	op := t.op
	op.scheduled = t.all.now
	t.all.ask(op, t.callers, func(op history.Op) history.Body {
		return &history.TimerStarted{Op: op, Due: t.due, Name: t.name, Period: t.period}
	})
}
