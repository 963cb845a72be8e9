// Requirements of timers: never early, never lost, each on its own.

package storetest

import (
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var timers = []requirement{
	{name: "a timer wakes its workflow when it is due, never early", test: timerFires},
	{name: "a timer in the past fires immediately", test: timerPast},
	{name: "a timer that is days ahead fires", test: timerDays, long: true},
	{name: "each timer of a workflow fires at its own time", test: timersOfOne},
	{name: "a timer can be scheduled while another one fires", test: timerWhileAnotherFires},
	{name: "a cancelled timer does not fire", test: timerCancelled},
	{name: "a timer can be scheduled again after it fired", test: timerAgain},
	{name: "a fired timer waits for a worker", test: timerWaits},
	{name: "a timer outlives the process that scheduled it", test: timerOutlives},
	{name: "the wake-up of a timer is delivered until it is acknowledged", test: timerRedelivered},
	{name: "workflows have timers of their own", test: timersApart},
	{name: "a fired timer is not a pending message", test: timerNotPending},
}

// precision is how late a timer may fire.
const precision = 250 * time.Millisecond

func timerFires(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for _, ahead := range []time.Duration{20 * time.Millisecond, 300 * time.Millisecond, 1700 * time.Millisecond} {
		at := time.Now().Add(ahead)
		t.scheduleTimer("w", at)
		t.fired(c, "w", at)
	}
}

// fired waits for the wake-up of the timer of id that is due at, and acknowledges it.
func (t *T) fired(c calls[store.Wakeup], id string, at time.Time) {
	t.Helper()
	a := c.nextWithin(t, time.Until(at)+soon)
	defer a.got.Ack()
	if !a.got.Timer || a.got.ID != id || a.got.Queue != queue {
		t.Errorf("delivered %+v, want the timer of %q on %q", a.got, id, queue)
	}
	if a.got.Start || len(a.got.Data) != 0 || a.got.Delivered != 1 {
		t.Errorf("the wake-up is %+v, want a first delivery without data", a.got)
	}
	switch lag := a.at.Sub(at); {
	case lag < 0:
		t.Errorf("the timer fired %v early", -lag)
	case lag > precision+late:
		t.Errorf("the timer fired %v late", lag)
	}
}

func timerPast(t *T) {
	c := t.receive(t.open(), queue, "worker")
	now := time.Now()
	t.scheduleTimer("w", now.Add(-time.Hour))
	a := c.next(t)
	a.between(t, now, 0, precision)
	a.got.Ack()
	t.scheduleTimer("w", now)
	c.next(t).got.Ack()
}

func timerDays(t *T) {
	c := t.receive(t.open(), queue, "worker")
	at := time.Now().Add(3 * 24 * time.Hour)
	t.scheduleTimer("w", at)
	t.fired(c, "w", at)
}

func timersOfOne(t *T) {
	c := t.receive(t.open(), queue, "worker")
	now := time.Now()
	later, sooner := now.Add(2*time.Second), now.Add(800*time.Millisecond)
	for _, at := range []time.Time{later, sooner, later} { // the third is already scheduled
		t.scheduleTimer("w", at)
	}
	t.fired(c, "w", sooner)
	t.fired(c, "w", later)
	c.none(t, 2*time.Second)
}

// A timer that is scheduled at the moment at which another timer of its workflow fires is not lost.
func timerWhileAnotherFires(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for range 20 {
		first := time.Now().Add(20 * time.Millisecond)
		second := first.Add(300 * time.Millisecond)
		t.scheduleTimer("w", first)
		time.Sleep(time.Until(first))
		t.scheduleTimer("w", second)
		t.fired(c, "w", first)
		t.fired(c, "w", second)
	}
}

func timerCancelled(t *T) {
	c := t.receive(t.open(), queue, "worker")
	at := time.Now().Add(700 * time.Millisecond)
	other := at.Add(300 * time.Millisecond)
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.scheduleTimer("w", at)
	t.scheduleTimer("w", other)
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.fired(c, "w", other)
	c.none(t, 3*time.Second)
	again := time.Now().Add(300 * time.Millisecond)
	t.scheduleTimer("w", again)
	t.fired(c, "w", again)
}

func timerAgain(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for range 3 {
		at := time.Now().Add(300 * time.Millisecond)
		t.scheduleTimer("w", at)
		t.fired(c, "w", at)
	}
	c.none(t, time.Second)
}

func timerWaits(t *T) {
	at := time.Now().Add(200 * time.Millisecond)
	t.scheduleTimer("w", at)
	time.Sleep(time.Second)
	w := t.receive(t.open(), queue, "worker").next(t).got
	if !w.Timer || w.ID != "w" {
		t.Errorf("delivered %+v, want the timer", w)
	}
}

func timerOutlives(t *T) {
	s := t.open()
	at := time.Now().Add(700 * time.Millisecond)
	t.ok(s.ScheduleTimer(t.ctx, queue, "w", at))
	t.ok(s.Close())
	t.fired(t.receive(t.open(), queue, "worker"), "w", at)
}

func timerRedelivered(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.scheduleTimer("w", time.Now())
	first := c.next(t)
	second := c.next(t)
	second.between(t, first.at, store.AckWait, store.AckWait)
	if !second.got.Timer || second.got.Delivered != 2 {
		t.Errorf("redelivered as %+v, want the second delivery of the timer", second.got)
	}
	second.got.Nak(time.Second)
	third := c.next(t)
	third.between(t, second.at, time.Second, time.Second)
	third.got.Ack()
	c.none(t, store.AckWait+late)
}

func timersApart(t *T) {
	const n = 200
	c := t.receive(t.open(), queue, "worker")
	at := time.Now().Add(time.Second)
	together(n, func(i int) {
		if err := t.ScheduleTimer(t.ctx, queue, fmt.Sprint("w", i), at); err != nil {
			t.Errorf("schedule: %v", err)
		}
	})
	seen := map[string]bool{}
	for len(seen) < n {
		a := c.next(t)
		if a.at.Before(at) {
			t.Errorf("a timer fired %v early", at.Sub(a.at))
		}
		seen[a.got.ID] = true
		a.got.Ack()
	}
}

func timerNotPending(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.scheduleTimer("w", time.Now())
	c.next(t)
	if waiting := t.pending(queue, "w"); len(waiting) != 0 {
		t.Errorf("the inbox has %+v, want nothing", waiting)
	}
}
