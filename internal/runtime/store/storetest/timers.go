package storetest

// Clauses on alarms: never early, in the end always, each for itself.

import (
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var timers = []clause{
	{says: "an alarm wakes its workflow when it is due, never early", test: timerFires},
	{says: "an alarm in the past is due at once", test: timerPast},
	{says: "an alarm days ahead fires", test: timerDays, long: true},
	{says: "alarms of one workflow ring each at its time", test: timersOfOne},
	{says: "an alarm can be set while another one rings", test: timerWhileAnotherRings},
	{says: "a cleared alarm does not fire", test: timerCleared},
	{says: "an alarm can be set again after it fired", test: timerAgain},
	{says: "an alarm waits for a worker", test: timerWaits},
	{says: "an alarm outlives who set it", test: timerOutlives},
	{says: "the wake-up of an alarm is delivered until it is acknowledged", test: timerRedelivered},
	{says: "every workflow has an alarm of its own", test: timersApart},
	{says: "an alarm is no message", test: timerNotPending},
}

// precision is how late an alarm may come.
const precision = 250 * time.Millisecond

func timerFires(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for _, ahead := range []time.Duration{20 * time.Millisecond, 300 * time.Millisecond, 1700 * time.Millisecond} {
		at := time.Now().Add(ahead)
		t.setTimer("w", at)
		t.alarm(c, "w", at)
	}
}

// alarm awaits and acknowledges the wake-up of the alarm of id, due at.
func (t *T) alarm(c catch[store.Wakeup], id string, at time.Time) {
	t.Helper()
	a := c.nextWithin(t, time.Until(at)+soon)
	defer a.got.Ack()
	if !a.got.Timer || a.got.ID != id || a.got.Queue != queue {
		t.Errorf("delivered %+v, want the alarm of %q on %q", a.got, id, queue)
	}
	if a.got.Start || len(a.got.Data) != 0 || a.got.Delivered != 1 {
		t.Errorf("the alarm is %+v, want a first delivery without data", a.got)
	}
	switch lag := a.at.Sub(at); {
	case lag < 0:
		t.Errorf("the alarm came %v early", -lag)
	case lag > precision+late:
		t.Errorf("the alarm came %v late", lag)
	}
}

func timerPast(t *T) {
	c := t.receive(t.open(), queue, "worker")
	now := time.Now()
	t.setTimer("w", now.Add(-time.Hour))
	a := c.next(t)
	a.between(t, now, 0, precision)
	a.got.Ack()
	t.setTimer("w", now)
	c.next(t).got.Ack()
}

func timerDays(t *T) {
	c := t.receive(t.open(), queue, "worker")
	at := time.Now().Add(3 * 24 * time.Hour)
	t.setTimer("w", at)
	t.alarm(c, "w", at)
}

func timersOfOne(t *T) {
	c := t.receive(t.open(), queue, "worker")
	now := time.Now()
	later, sooner := now.Add(2*time.Second), now.Add(800*time.Millisecond)
	for _, at := range []time.Time{later, sooner, later} { // the third is there already
		t.setTimer("w", at)
	}
	t.alarm(c, "w", sooner)
	t.alarm(c, "w", later)
	c.none(t, 2*time.Second)
}

// An alarm that is set at the moment at which another one of its workflow rings is not lost with it.
func timerWhileAnotherRings(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for range 20 {
		first := time.Now().Add(20 * time.Millisecond)
		second := first.Add(300 * time.Millisecond)
		t.setTimer("w", first)
		time.Sleep(time.Until(first))
		t.setTimer("w", second)
		t.alarm(c, "w", first)
		t.alarm(c, "w", second)
	}
}

func timerCleared(t *T) {
	c := t.receive(t.open(), queue, "worker")
	at := time.Now().Add(700 * time.Millisecond)
	other := at.Add(300 * time.Millisecond)
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.setTimer("w", at)
	t.setTimer("w", other)
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.ok(t.CancelTimer(t.ctx, queue, "w", at))
	t.alarm(c, "w", other)
	c.none(t, 3*time.Second)
	again := time.Now().Add(300 * time.Millisecond)
	t.setTimer("w", again)
	t.alarm(c, "w", again)
}

func timerAgain(t *T) {
	c := t.receive(t.open(), queue, "worker")
	for range 3 {
		at := time.Now().Add(300 * time.Millisecond)
		t.setTimer("w", at)
		t.alarm(c, "w", at)
	}
	c.none(t, time.Second)
}

func timerWaits(t *T) {
	at := time.Now().Add(200 * time.Millisecond)
	t.setTimer("w", at)
	time.Sleep(time.Second)
	w := t.receive(t.open(), queue, "worker").next(t).got
	if !w.Timer || w.ID != "w" {
		t.Errorf("delivered %+v, want the alarm", w)
	}
}

func timerOutlives(t *T) {
	s := t.open()
	at := time.Now().Add(700 * time.Millisecond)
	t.ok(s.ScheduleTimer(t.ctx, queue, "w", at))
	t.ok(s.Close())
	t.alarm(t.receive(t.open(), queue, "worker"), "w", at)
}

func timerRedelivered(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.setTimer("w", time.Now())
	first := c.next(t)
	second := c.next(t)
	second.between(t, first.at, store.AckWait, store.AckWait)
	if !second.got.Timer || second.got.Delivered != 2 {
		t.Errorf("delivered again as %+v, want the second delivery of the alarm", second.got)
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
			t.Errorf("set: %v", err)
		}
	})
	seen := map[string]bool{}
	for len(seen) < n {
		a := c.next(t)
		if a.at.Before(at) {
			t.Errorf("an alarm came %v early", at.Sub(a.at))
		}
		seen[a.got.ID] = true
		a.got.Ack()
	}
}

func timerNotPending(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.setTimer("w", time.Now())
	c.next(t)
	if waiting := t.pending(queue, "w"); len(waiting) != 0 {
		t.Errorf("the inbox has %+v, want nothing", waiting)
	}
}
