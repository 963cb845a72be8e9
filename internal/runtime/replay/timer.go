package replay

import (
	"cmp"
	"slices"
	"time"
	"unsafe"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// This file is about timers as values. A timer is an operation like others, with an identity from the moment that it is
// made, but most of them never matter: they are stopped, or nobody waits for them any more. So one is recorded only
// when the run comes to rest and something waits for it, and only such a timer wakes the run. Any other one is looked
// at when somebody receives from its channel: if the run's time has passed its due time by then, it has fired.

// Names of timers in a history.
const (
	NameAfter    = "after"
	NameTimer    = "timer"
	NameFunc     = "afterfunc"
	NameTicker   = "ticker"
	NameDeadline = "deadline"
)

// Timer is an armed timer.
type Timer struct {
	x        *Execution
	op       *operation
	name     string
	due      time.Time
	period   time.Duration  // of a ticker
	ch       chan time.Time // where it sends, or nil
	fn       func()         // what it does otherwise
	recorded bool
	noted    bool // it is on the list of those to be recorded
	polled   bool // and on that of those that were looked at too early
	callers  []uintptr
}

// StartTimer arms a timer that sends the time to ch after d, and every period from then on if that is positive. As in Go since
// 1.23, ch has no buffer.
func (x *Execution) StartTimer(name string, d, period time.Duration, ch chan time.Time) *Timer {
	t := x.newTimer(name, d)
	t.ch, t.period = ch, period
	if x.timers == nil {
		x.timers = map[unsafe.Pointer]*Timer{}
	}
	x.timers[sched.Key(ch)] = t
	x.sched.SetSource(sched.Key(ch), t)
	return t
}

// StartFunc arms a timer that calls fn after d, with no coroutine in its turn.
func (x *Execution) StartFunc(name string, d time.Duration, fn func()) *Timer {
	t := x.newTimer(name, d)
	t.fn = fn
	t.Watched()
	return t
}

func (x *Execution) newTimer(name string, d time.Duration) *Timer {
	t := &Timer{x: x, op: x.newOperation(nil), name: name, due: x.now.Add(max(d, 0)), callers: sched.Callers()}
	t.op.timer = t
	return t
}

// StopTimer disarms the timer that sends to ch, and reports whether it was armed. As in Go since 1.23, what it has sent and
// nobody has received is gone then.
func (x *Execution) StopTimer(ch <-chan time.Time) bool {
	t := x.timers[sched.Key(Both(ch))]
	if t != nil {
		t.Poll()
	}
	sent := x.sched.DropPending(sched.Key(Both(ch)))
	return t.Stop() || sent
}

// Both is the channel behind one that only receives.
func Both[T any](ch <-chan T) chan T { return *(*chan T)(unsafe.Pointer(&ch)) }

// Call is a timer made by time.AfterFunc.
type Call struct {
	x     *Execution
	fn    func()
	timer *Timer
}

// StartCall has fn run in a coroutine of its own after d. key stands for the timer from now on.
func (x *Execution) StartCall(key *time.Timer, d time.Duration, fn func()) {
	if x.calls == nil {
		x.calls = map[*time.Timer]*Call{}
	}
	x.calls[key] = &Call{x: x, fn: fn}
	x.calls[key].Reset(d)
}

// CallOf is the timer that key stands for.
func (x *Execution) CallOf(key *time.Timer) *Call {
	c := x.calls[key]
	if c == nil {
		panic("time: Stop or Reset called on uninitialized Timer, or on one that was made outside of this workflow")
	}
	return c
}

// Stop disarms the timer and reports whether it was armed.
func (c *Call) Stop() bool { return c.timer.Stop() }

// Reset arms the timer anew; it must not be armed.
func (c *Call) Reset(d time.Duration) {
	co := c.x.sched.Reserve(sched.Callers())
	c.timer = c.x.StartFunc(NameFunc, d, func() { c.x.sched.Start(co, c.fn) })
}

// Stop disarms the timer and reports whether it was armed. A nil timer never is.
func (t *Timer) Stop() bool { return t != nil && t.disarm() }

// disarm forgets the timer and reports whether it had not fired.
func (t *Timer) disarm() bool {
	if t.op == nil {
		return false
	}
	t.x.open.remove(t.op)
	t.op = nil
	if t.ch != nil {
		delete(t.x.timers, sched.Key(t.ch))
		t.x.sched.SetSource(sched.Key(t.ch), nil)
	}
	return true
}

// Poll fires a timer whose time has passed, for a coroutine that is about to receive from its channel.
func (t *Timer) Poll() {
	switch {
	case t.op == nil || t.ch == nil:
	case !t.due.After(t.x.now):
		t.fire(t.due)
	case !t.polled:
		t.polled = true
		t.x.polled = append(t.x.polled, t)
	}
}

// Watched notes that something waits for the timer.
func (t *Timer) Watched() {
	switch {
	case t.op == nil: // it has fired
	case t.recorded:
		t.x.open.line(t.op)
	case !t.noted:
		t.noted = true
		t.x.noted = append(t.x.noted, t)
	}
}

// waitedFor reports whether the timer's firing would wake anyone, or end a loop that looks at it again and again.
func (t *Timer) waitedFor() bool {
	return t.op != nil && (t.ch == nil || t.x.sched.HasReceiver(sched.Key(t.ch)) || t.polled && t.x.sched.Busy())
}

// forgetPolls begins a turn, in which no timer has been looked at.
func (x *Execution) forgetPolls() {
	for _, t := range x.polled {
		t.polled = false
	}
	x.polled = x.polled[:0]
}

// fire sends the time, or calls the function.
func (t *Timer) fire(at time.Time) {
	if t.period > 0 {
		missed := t.x.now.Sub(t.due) / t.period
		t.due = t.due.Add((missed + 1) * t.period)
	} else {
		t.disarm()
	}
	if t.ch != nil {
		sched.SendPending(t.x.sched, t.ch, at)
	} else {
		t.fn()
	}
}

// recordTimers records, when the run has come to rest, the timers that something waits for, in the order in which they
// were made.
func (x *Execution) recordTimers() {
	if x.sched.Busy() {
		for _, t := range x.polled {
			t.Watched()
		}
	}
	noted := x.noted
	x.noted = nil
	slices.SortFunc(noted, func(a, b *Timer) int { return cmp.Compare(a.order(), b.order()) })
	for _, t := range noted {
		t.noted = false
		if t.waitedFor() {
			t.record()
		}
	}
}

func (t *Timer) order() uint64 {
	if t.op == nil {
		return 0
	}
	return t.op.order
}

func (t *Timer) record() {
	t.recorded = true
	op, id, x := t.op, t.op.id, t.x
	op.scheduled = x.now
	x.open.add(op)
	cmd := &command{identity: identity{history.KindTimerStarted, id, t.name}, callers: t.callers, build: func(pos string) history.Body {
		op.body = &history.TimerStarted{Op: history.Op{Coroutine: id.Coroutine, Index: id.Index, Pos: pos}, Due: t.due, Name: t.name, Period: t.period}
		return op.body
	}}
	cmd.body(false)
	x.issue(cmd)
}

// adopt takes over what was recorded when the timer was made.
func (t *Timer) adopt(recorded *history.TimerStarted) {
	t.due, t.period = recorded.Due, recorded.Period
}
