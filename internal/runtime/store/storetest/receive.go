// Requirements of wake-ups: order, redelivery, and which worker gets them.

package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var receive = []requirement{
	{name: "a wake-up has what was sent", test: wakeupFields},
	{name: "messages sent before and after Receive are delivered", test: receiveEarlierAndLater},
	{name: "a worker gets the wake-ups of its queue only", test: receiveOwnQueue},
	{name: "the messages of a workflow are delivered in the order of the inbox", test: receiveInOrder},
	{name: "a wake-up that is not acknowledged is delivered again after AckWait", test: redelivered},
	{name: "an acknowledged wake-up is not delivered again", test: acked},
	{name: "after Nak, a wake-up is delivered again when the delay is over", test: nakDelays},
	{name: "after Nak without delay, a wake-up is delivered again immediately", test: nakWithoutDelay},
	{name: "InProgress restarts AckWait", test: inProgress},
	{name: "a blocked handler slows delivery and loses nothing", test: handlerBlocks},
	{name: "one worker at a time gets the messages of a workflow", test: sticky},
	{name: "another worker takes over when the owner dies", test: takeOver},
	{name: "another worker takes over what a blocked owner does not handle", test: ownerBlocked},
	{name: "a worker that restarts gets what it had not acknowledged", test: workerRestarts},
	{name: "answers after a connection was closed are ignored", test: answersAfterClose},
	{name: "Receive ends with its context", test: receiveEnds},
	{name: "many workers together get every message", test: receiveTogether},
}

func wakeupFields(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.ok(t.SendStart(t.ctx, message("w", 0)))
	t.checkWakeup(c.next(t).got, message("w", 0), true)
	t.send(message("w", 1))
	t.checkWakeup(c.next(t).got, message("w", 1), false)
}

// checkWakeup fails unless w is the first delivery of m, which is the newest pending message.
func (t *T) checkWakeup(w store.Wakeup, m store.Message, start bool) {
	t.Helper()
	if w.Queue != m.Queue || w.ID != m.ID || !bytes.Equal(w.Data, m.Data) {
		t.Errorf("delivered %q for %q on %q, want %q for %q on %q", w.Data, w.ID, w.Queue, m.Data, m.ID, m.Queue)
	}
	if w.Start != start || w.Timer || w.Delivered != 1 {
		t.Errorf("wake-up has Start %t, Timer %t, Delivered %d; want %t, false, 1", w.Start, w.Timer, w.Delivered, start)
	}
	waiting := t.pending(m.Queue, m.ID)
	if newest := waiting[len(waiting)-1]; newest.Seq != w.Seq {
		t.Errorf("wake-up has sequence %d, its message %d", w.Seq, newest.Seq)
	}
}

func receiveEarlierAndLater(t *T) {
	t.send(message("w", 0))
	t.send(message("v", 0))
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 1))
	t.send(message("v", 1))
	t.ackAll(c, 4)
	t.nothingPending(queue, "w")
	t.nothingPending(queue, "v")
}

// ackAll acknowledges what arrives until n different wake-ups have arrived.
func (t *T) ackAll(c calls[store.Wakeup], n int) {
	t.Helper()
	seen := map[string]bool{} // by workflow too: sequences are per workflow
	for len(seen) < n {
		w := c.next(t).got
		seen[fmt.Sprint(w.ID, "/", w.Seq)] = true
		w.Ack()
	}
}

func receiveOwnQueue(t *T) {
	own := t.receive(t.open(), queue, "worker")
	others := t.receive(t.open(), "elsewhere", "other worker")
	other := message("w", 0)
	other.Queue = "elsewhere"
	t.send(other)
	t.send(message("w", 1))
	if w := own.next(t).got; w.Queue != queue {
		t.Errorf("the worker of %q got a wake-up of %q", queue, w.Queue)
	}
	if w := others.next(t).got; w.Queue != "elsewhere" {
		t.Errorf("the worker of %q got a wake-up of %q", "elsewhere", w.Queue)
	}
}

func receiveInOrder(t *T) {
	const n = 200
	t.sendN("w", n/2)
	c := t.receive(t.open(), queue, "worker")
	for i := n / 2; i < n; i++ {
		t.send(message("w", i))
	}
	for i := range n {
		w := c.next(t).got
		if want := message("w", i).Data; !bytes.Equal(w.Data, want) {
			t.Fatalf("delivery %d is %q, want %q", i, w.Data, want)
		}
		w.Ack()
	}
}

func redelivered(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 0))
	first := c.next(t)
	second := c.next(t)
	second.between(t, first.at, store.AckWait, store.AckWait)
	if second.got.Delivered != 2 || second.got.Seq != first.got.Seq || !bytes.Equal(second.got.Data, first.got.Data) {
		t.Errorf("redelivered as %+v, want the second delivery of %+v", second.got, first.got)
	}
}

func acked(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.sendN("w", 3)
	t.ackAll(c, 3)
	c.none(t, store.AckWait+late)
}

func nakDelays(t *T) {
	const delay = 1500 * time.Millisecond
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 0))
	first := c.next(t)
	first.got.Nak(delay)
	second := c.next(t)
	second.between(t, first.at, delay, delay)
	if second.got.Delivered != 2 {
		t.Errorf("after Nak, Delivered is %d, want 2", second.got.Delivered)
	}
}

func nakWithoutDelay(t *T) {
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 0))
	first := c.next(t)
	first.got.Nak(0)
	c.next(t).between(t, first.at, 0, 0)
}

func inProgress(t *T) {
	const pause = 3 * time.Second
	c := t.receive(t.open(), queue, "worker")
	t.send(message("w", 0))
	first := c.next(t)
	time.Sleep(pause)
	first.got.InProgress()
	c.next(t).between(t, first.at, pause+store.AckWait, pause+store.AckWait)
}

func handlerBlocks(t *T) {
	const n = 300
	c := newCalls[store.Wakeup]()
	release := make(chan struct{})
	t.receiveWith(t.open(), queue, "worker", func(w store.Wakeup) {
		<-release
		c.handle(w)
	})
	t.sendN("w", n)
	time.Sleep(time.Second)
	close(release)
	t.ackAll(c, n)
	t.nothingPending(queue, "w")
}

// pair is two workers on one queue, each with a connection of its own.
type pair struct {
	stores [2]store.Store
	calls  [2]calls[store.Wakeup]
}

func (t *T) pair() *pair {
	var p pair
	for i := range p.stores {
		p.stores[i] = t.open()
		p.calls[i] = t.receive(p.stores[i], queue, fmt.Sprint("worker", i))
	}
	return &p
}

// next returns the next wake-up that either worker gets, and which worker got it.
func (p *pair) next(t *T) (w store.Wakeup, worker int) {
	t.Helper()
	select {
	case a := <-p.calls[0]:
		return a.got, 0
	case a := <-p.calls[1]:
		return a.got, 1
	case <-time.After(soon):
		t.Fatalf("nothing was delivered to either worker within %v", soon)
		panic("unreachable")
	}
}

// owner sends to workflow id until one worker has got ten messages in a row, and returns that worker.
func (p *pair) owner(t *T, id string) int {
	t.Helper()
	deadline := time.Now().Add(soon)
	for n, owner, row := 0, 0, 0; ; n++ {
		t.send(message(id, n))
		w, worker := p.next(t)
		w.Ack()
		if worker != owner {
			owner, row = worker, 0
		}
		if row++; row == 10 {
			return owner
		}
		if time.Now().After(deadline) {
			t.Fatalf("after %v the messages of one workflow are still delivered to both workers", soon)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// sticky tolerates a few messages that go to the other worker: it may get one while the owner is about to ask for more.
func sticky(t *T) {
	const n, strays = 50, 5
	p := t.pair()
	owner := p.owner(t, "w")
	strayed := 0
	for i := range n {
		t.send(message("w", 1000+i))
		w, worker := p.next(t)
		w.Ack()
		if worker != owner {
			strayed++
		}
	}
	if strayed > strays {
		t.Errorf("%d of %d messages were not delivered to the worker that owns the workflow", strayed, n)
	}
}

func takeOver(t *T) {
	p := t.pair()
	owner := p.owner(t, "w")
	successor := 1 - owner
	t.send(message("w", 1000))
	left, _ := p.next(t)
	t.ok(p.stores[owner].Close())
	died := time.Now()
	t.send(message("w", 1001))

	found := map[string]bool{}
	for len(found) < 2 {
		a := p.calls[successor].nextWithin(t, store.AckWait+late)
		found[string(a.got.Data)] = true
		if a.got.Seq == left.Seq && a.got.Delivered != 2 {
			t.Errorf("Delivered of what the dead worker left is %d, want 2", a.got.Delivered)
		}
		if d := a.at.Sub(died); d > store.AckWait+late {
			t.Errorf("delivered to the other worker after %v, want at most %v", d, store.AckWait)
		}
		a.got.Ack()
	}
	t.nothingPending(queue, "w")
}

// ownerBlocked blocks the handler of one worker. What that worker had received is delivered to the other one.
func ownerBlocked(t *T) {
	const n = 5
	var mu sync.Mutex
	blocked := map[int]bool{}
	blocks := func(worker int) bool { // the first worker that is called blocks until the end of the test
		mu.Lock()
		defer mu.Unlock()
		if len(blocked) == 0 {
			blocked[worker] = true
		}
		return blocked[worker]
	}
	other := newCalls[store.Wakeup]()
	for i := range 2 {
		t.receiveWith(t.open(), queue, fmt.Sprint("worker", i), func(w store.Wakeup) {
			if blocks(i) {
				<-t.ctx.Done()
				return
			}
			other.handle(w)
		})
	}
	t.sendN("w", n)
	seen := map[store.Seq]bool{}
	for len(seen) < n {
		w := other.nextWithin(t, 6*store.AckWait).got
		seen[w.Seq] = true
		w.Ack()
	}
	t.nothingPending(queue, "w")
}

func workerRestarts(t *T) {
	s := t.open()
	c := t.receive(s, queue, "worker")
	t.sendN("w", 10)
	for range 10 {
		c.next(t)
	}
	t.ok(s.Close())
	again := t.receive(t.open(), queue, "worker")
	t.ackAll(again, 10)
	t.nothingPending(queue, "w")
}

func answersAfterClose(t *T) {
	s := t.open()
	c := t.receive(s, queue, "worker")
	t.sendN("w", 3)
	var left []store.Wakeup
	for range 3 {
		left = append(left, c.next(t).got)
	}
	t.ok(s.Close())
	left[0].Ack()
	left[1].Nak(time.Hour)
	left[2].InProgress()
	t.ackAll(t.receive(t.open(), queue, "successor"), 3)
}

func receiveEnds(t *T) {
	s := t.open()
	first := newCalls[store.Wakeup]()
	ctx, cancel := context.WithCancel(t.ctx)
	t.ok(s.Receive(ctx, store.ReceiveOptions{Queue: queue, Worker: "worker", Handler: first.handle}))
	t.send(message("w", 0))
	left := first.next(t).got
	cancel()
	time.Sleep(time.Second) // the end of a context reaches the server asynchronously
	t.send(message("w", 1))
	left.Ack()
	second := t.receive(s, queue, "another worker")
	if w := second.next(t).got; !bytes.Equal(w.Data, message("w", 1).Data) {
		t.Errorf("delivered %q, want only what was not acknowledged", w.Data)
	}
	first.none(t, time.Millisecond)
}

func receiveTogether(t *T) {
	const workers, workflows, each = 3, 60, 10
	c := newCalls[store.Wakeup]()
	for i := range workers {
		t.receiveWith(t.open(), queue, fmt.Sprint("worker", i), func(w store.Wakeup) {
			c.handle(w)
			w.Ack()
		})
	}
	together(workflows, func(i int) {
		for n := range each {
			if err := t.Send(t.ctx, message(fmt.Sprint("w", i), n)); err != nil {
				t.Errorf("send: %v", err)
			}
		}
	})
	perWorkflow := map[string][]string{}
	for total := 0; total < workflows*each; {
		w := c.next(t).got
		if got := perWorkflow[w.ID]; !slices.Contains(got, string(w.Data)) {
			perWorkflow[w.ID] = append(got, string(w.Data))
			total++
		}
	}
	for i := range workflows {
		t.nothingPending(queue, fmt.Sprint("w", i))
	}
}
