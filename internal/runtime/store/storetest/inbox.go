// Requirements of the inbox: deduplication, pending messages, pending starts.

package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var inbox = []requirement{
	{name: "Pending returns what was sent, oldest first", test: pendingInOrder},
	{name: "Pending returns the messages of one workflow on one queue", test: pendingApart},
	{name: "a message sent again is stored once", test: sendTwice},
	{name: "a message sent again after it was acknowledged is not stored", test: sendAfterAck},
	{name: "a message sent again within two minutes is not stored", test: sendAfterMinutes, long: true},
	{name: "messages sent at the same time are all stored", test: sendTogether},
	{name: "a start is pending together with other messages", test: startPends},
	{name: "a second start is refused, and the error has the first one", test: startRefused},
	{name: "a second start is stored behind the first one if it names it", test: startBehind},
	{name: "a start sent again succeeds and is stored once", test: startTwice},
	{name: "a workflow id can be started again after the start was acknowledged", test: startAfterAck},
	{name: "of many concurrent starts one is pending", test: startRace},
	{name: "PendingStarts returns the starts of an id, or all, newest first", test: pendingStarts},
	{name: "Expects reports messages, timers and tasks of an id", test: expects},
	{name: "Pending returns what was delivered but not acknowledged", test: pendingDelivered},
	{name: "an outcome is told apart from what clients send", test: outcomeApart},
}

func pendingInOrder(t *T) {
	if waiting := t.pending(queue, "w"); len(waiting) != 0 {
		t.Errorf("a new inbox has %d messages", len(waiting))
	}
	t.sendN("w", 20)
	waiting := t.pending(queue, "w")
	if len(waiting) != 20 {
		t.Fatalf("%d messages are pending, want 20", len(waiting))
	}
	for i, p := range waiting {
		if want := message("w", i); !bytes.Equal(p.Data, want.Data) || p.Start {
			t.Errorf("message %d is %+v, want %q", i, p, want.Data)
		}
		if p.Seq == 0 || i > 0 && p.Seq <= waiting[i-1].Seq {
			t.Errorf("message %d has sequence %d", i, p.Seq)
		}
	}
}

func outcomeApart(t *T) {
	outcome := message("w", 1)
	outcome.Outcome = true
	t.send(message("w", 0))
	t.send(outcome)
	t.ok(t.SendStart(t.ctx, message("w", 2)))
	waiting := t.pending(queue, "w")
	if len(waiting) != 3 || waiting[0].Outcome || !waiting[1].Outcome || waiting[2].Outcome {
		t.Errorf("pending: %+v, want the outcome in the middle", waiting)
	}
	if asked, err := t.Requests(t.ctx, queue, "w"); err != nil || len(asked) != 1 || asked[0].Seq != waiting[0].Seq || !bytes.Equal(asked[0].Data, waiting[0].Data) {
		t.Errorf("asked by clients: %+v, %v, want the first", asked, err)
	}
	c := t.receive(t.open(), queue, "a")
	for range 3 {
		w := c.next(t)
		if want := bytes.Equal(w.got.Data, outcome.Data); w.got.Outcome != want {
			t.Errorf("the wake-up by %q has Outcome %t", w.got.Data, w.got.Outcome)
		}
		w.got.Ack()
	}
}

func pendingApart(t *T) {
	t.sendN("w", 1)
	t.sendN("other", 2)
	other := message("w", 7)
	other.Queue = "elsewhere"
	t.send(other)
	for _, want := range []struct {
		queue, id string
		n         int
	}{{queue, "w", 1}, {queue, "other", 2}, {"elsewhere", "w", 1}, {"elsewhere", "other", 0}, {queue, "unknown", 0}} {
		if got := len(t.pending(want.queue, want.id)); got != want.n {
			t.Errorf("%d messages are pending for %q on %q, want %d", got, want.id, want.queue, want.n)
		}
	}
}

func sendTwice(t *T) {
	t.send(message("w", 0))
	t.send(message("w", 1))
	t.send(message("w", 0))
	t.ok(t.open().Send(t.ctx, message("w", 0)))
	if waiting := t.pending(queue, "w"); len(waiting) != 2 {
		t.Errorf("%d messages are pending, want 2", len(waiting))
	}
}

func sendAfterAck(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 0))
	c.next(t).got.Ack()
	t.nothingPending(queue, "w")
	t.send(message("w", 0))
	t.send(message("w", 1))
	if got := c.next(t).got; !bytes.Equal(got.Data, message("w", 1).Data) {
		t.Errorf("delivered %q, want the new message only", got.Data)
	}
	if waiting := t.pending(queue, "w"); len(waiting) != 1 {
		t.Errorf("%d messages are pending, want 1", len(waiting))
	}
}

// nothingPending waits until all messages of a workflow are acknowledged, which happens asynchronously.
func (t *T) nothingPending(queue, id string) {
	t.Helper()
	t.eventually("no message is pending", func() bool { return len(t.pending(queue, id)) == 0 })
}

func sendAfterMinutes(t *T) {
	t.send(message("w", 0))
	time.Sleep(2*time.Minute - time.Second)
	t.send(message("w", 0))
	if waiting := t.pending(queue, "w"); len(waiting) != 1 {
		t.Errorf("%d messages are pending, want 1", len(waiting))
	}
}

func sendTogether(t *T) {
	const senders, each = 20, 10
	stores := []store.Store{t.Store, t.open()}
	together(senders, func(i int) {
		for n := range each {
			if err := stores[i%2].Send(t.ctx, message("w", i*each+n)); err != nil {
				t.Errorf("send: %v", err)
			}
		}
	})
	got := map[string]bool{}
	for _, p := range t.pending(queue, "w") {
		got[string(p.Data)] = true
	}
	if len(got) != senders*each {
		t.Errorf("%d different messages are pending, want %d", len(got), senders*each)
	}
}

// startBehind has a second start of an id pending, because it names the first.
func startBehind(t *T) {
	t.ok(t.SendStart(t.ctx, message("w", 1)))
	var pending *store.PendingStartError
	if err := t.SendStart(t.ctx, message("w", 2)); !errors.As(err, &pending) || pending.Seq == 0 {
		t.Fatalf("a second start: %v, want a *store.PendingStartError with a sequence", err)
	}
	second := message("w", 2)
	second.Behind = pending.Seq
	t.ok(t.SendStart(t.ctx, second))
	t.ok(t.SendStart(t.ctx, second)) // sent twice
	third := message("w", 3)
	third.Behind = pending.Seq
	if err := t.SendStart(t.ctx, third); !errors.As(err, &pending) || !bytes.Equal(pending.Data, second.Data) {
		t.Errorf("a third start: %v, want a *store.PendingStartError with the second", err)
	}
	waiting := t.pending(queue, "w")
	if len(waiting) != 2 || !bytes.Equal(waiting[1].Data, second.Data) || !waiting[0].Start || !waiting[1].Start {
		t.Errorf("pending: %+v, want both starts in their order", waiting)
	}
	for _, id := range []string{"w", ""} {
		var starts []string
		t.ok(t.PendingStarts(t.ctx, id, func(p store.PendingStart) bool {
			starts = append(starts, string(p.Data))
			return true
		}))
		if want := []string{string(second.Data), string(message("w", 1).Data)}; !slices.Equal(starts, want) {
			t.Errorf("PendingStarts of %q: %q, want %q", id, starts, want)
		}
	}
	c := t.receive(t.open(), queue, "worker")
	c.next(t).got.Ack()
	c.next(t).got.Ack()
	t.nothingPending(queue, "w")
	t.ok(t.SendStart(t.ctx, third)) // what it names is gone
}

func startPends(t *T) {
	t.send(message("w", 0))
	t.ok(t.SendStart(t.ctx, message("w", 1)))
	t.send(message("w", 2))
	var starts []bool
	for _, p := range t.pending(queue, "w") {
		starts = append(starts, p.Start)
	}
	if !slices.Equal(starts, []bool{false, true, false}) {
		t.Errorf("starts among the pending messages: %v, want the second one", starts)
	}
}

func startRefused(t *T) {
	first, second := message("w", 0), message("w", 1)
	t.ok(t.SendStart(t.ctx, first))
	var pending *store.PendingStartError
	if err := t.open().SendStart(t.ctx, second); !errors.As(err, &pending) {
		t.Fatalf("got error %v, want a *PendingStartError", err)
	}
	if pending.ID != "w" || !bytes.Equal(pending.Data, first.Data) {
		t.Errorf("the error names workflow %q and start %q, want %q", pending.ID, pending.Data, first.Data)
	}
	if waiting := t.pending(queue, "w"); len(waiting) != 1 || !bytes.Equal(waiting[0].Data, first.Data) {
		t.Errorf("pending: %+v, want the first start", waiting)
	}
	t.ok(t.SendStart(t.ctx, message("other", 1)))
}

func startTwice(t *T) {
	t.ok(t.SendStart(t.ctx, message("w", 0)))
	t.ok(t.SendStart(t.ctx, message("w", 0)))
	t.ok(t.open().SendStart(t.ctx, message("w", 0)))
	if waiting := t.pending(queue, "w"); len(waiting) != 1 {
		t.Errorf("%d starts are pending, want 1", len(waiting))
	}
}

func startAfterAck(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.ok(t.SendStart(t.ctx, message("w", 0)))
	first := c.next(t).got
	if err := t.SendStart(t.ctx, message("w", 1)); err == nil {
		t.Error("a second start was accepted while the first one was not acknowledged")
	}
	first.Ack()
	t.nothingPending(queue, "w")
	t.ok(t.SendStart(t.ctx, message("w", 2)))
	if got := c.next(t).got; !got.Start || !bytes.Equal(got.Data, message("w", 2).Data) {
		t.Errorf("delivered %+v, want the new start", got)
	}
}

func startRace(t *T) {
	const clients = 16
	stores := []store.Store{t.Store, t.open(), t.open()}
	var wins atomic.Int32
	refused := make([]*store.PendingStartError, clients)
	together(clients, func(i int) {
		switch err := stores[i%len(stores)].SendStart(t.ctx, message("w", i)); {
		case err == nil:
			wins.Add(1)
		case !errors.As(err, &refused[i]):
			t.Errorf("start: %v", err)
		}
	})
	waiting := t.pending(queue, "w")
	if wins.Load() != 1 || len(waiting) != 1 {
		t.Fatalf("%d starts succeeded and %d are pending, want 1", wins.Load(), len(waiting))
	}
	for i, err := range refused {
		if err != nil && !bytes.Equal(err.Data, waiting[0].Data) {
			t.Errorf("the error of client %d has start %q, but %q is pending", i, err.Data, waiting[0].Data)
		}
	}
}

func pendingDelivered(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.sendN("w", 3)
	deliveries := map[string]store.Wakeup{}
	for range 3 {
		w := c.next(t).got
		deliveries[string(w.Data)] = w
	}
	if waiting := t.pending(queue, "w"); len(waiting) != 3 {
		t.Fatalf("%d messages are pending, want 3", len(waiting))
	}
	deliveries[string(message("w", 1).Data)].Ack()
	t.eventually("the acknowledged message is no longer pending", func() bool { return len(t.pending(queue, "w")) == 2 })
	got := fmt.Sprintf("%s, %s", t.pending(queue, "w")[0].Data, t.pending(queue, "w")[1].Data)
	if want := "w message 0, w message 2"; got != want {
		t.Errorf("pending: %s, want %s", got, want)
	}
}

func pendingStarts(t *T) {
	starts := func(id string) (found []string) {
		t.Helper()
		t.ok(t.open().PendingStarts(t.ctx, id, func(p store.PendingStart) bool {
			if time.Since(p.Time).Abs() > time.Minute {
				t.Errorf("the start of %q was stored at %v", p.ID, p.Time)
			}
			found = append(found, p.Queue+" "+p.ID+" "+string(p.Data))
			return true
		}))
		return found
	}
	expect := func(id string, want ...string) {
		t.Helper()
		if got := starts(id); !slices.Equal(got, want) {
			t.Errorf("the starts of %q are %q, want %q", id, got, want)
		}
	}
	expect("")
	expect("w")
	for _, m := range []store.Message{
		{Queue: "q 1", ID: "w", Data: []byte("one")}, {Queue: "q.2", ID: "other w", Data: []byte("two")}, {Queue: "q.2", ID: "w", Data: []byte("three")},
	} {
		t.ok(t.SendStart(t.ctx, m))
		t.send(store.Message{Queue: m.Queue, ID: m.ID, Data: []byte("no start")})
		time.Sleep(time.Millisecond) // a store that merges several streams orders starts by time
	}
	expect("", "q.2 w three", "q.2 other w two", "q 1 w one")
	expect("other w", "q.2 other w two")
	expect("unknown")
	if got := starts("w"); len(got) != 2 || !slices.Contains(got, "q 1 w one") || !slices.Contains(got, "q.2 w three") {
		t.Errorf("the starts of an id on two queues are %q", got)
	}
	n := 0
	t.ok(t.PendingStarts(t.ctx, "", func(store.PendingStart) bool { n++; return false }))
	if n != 1 {
		t.Errorf("yield was called %d times, want once", n)
	}
}

func expects(t *T) {
	expect := func(id string, want bool) {
		t.Helper()
		if got, err := t.open().Expects(t.ctx, id); got != want || err != nil {
			t.Errorf("something is stored for %q: %v, %v, want %v", id, got, err, want)
		}
	}
	expect("message", false)
	t.send(message("message", 0))
	expect("message", true)
	expect("start", false)
	t.ok(t.SendStart(t.ctx, message("start", 0)))
	expect("start", true)
	expect("task", false)
	t.enqueue(task("task", 0))
	expect("task", true)
	t.ok(t.DropTask(t.ctx, task("task", 0)))
	expect("task", false)
	at := time.Now().Add(time.Hour)
	expect("timer", false)
	t.ok(t.ScheduleTimer(t.ctx, queue, "timer", at))
	expect("timer", true)
	t.ok(t.CancelTimer(t.ctx, queue, "timer", at))
	t.eventually("nothing is left of the timer", func() bool {
		left, err := t.Expects(t.ctx, "timer")
		return err == nil && !left
	})
	t.ok(t.ScheduleTimer(t.ctx, queue, "timer", time.Now()))
	wakeups := t.receive(t.Store, queue, "worker") // gets the timer, and does not acknowledge it
	for w := <-wakeups; w.got.ID != "timer"; {
		w = <-wakeups
	}
	expect("timer", true)
}
