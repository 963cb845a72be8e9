// The queue that wake-ups and tasks share: messages stay in it until they are acknowledged.

package memstore

import (
	"cmp"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// queue holds messages and delivers them to its consumers. A message leaves it only when it is acknowledged or
// dropped. All methods are called with the lock held.
type queue[P any] struct {
	shared    *shared
	waiting   []*message[P] // to be delivered, in the order of the log
	consumers []consumer[P] // the first one that is ready gets the next message
	delivered uint64        // number of deliveries
	// roundRobin moves a consumer to the end of the list once it got a message.
	roundRobin bool
}

// consumer receives messages of a queue.
type consumer[P any] interface {
	// weight orders the consumers of a queue: the heaviest one comes first.
	weight() uint64
	// ready reports whether deliver may be called.
	ready() bool
	deliver(m *message[P])
}

// message is one entry of a queue.
type message[P any] struct {
	queue      *queue[P]
	seq        store.Seq
	payload    P
	added      time.Time
	deliveries int
	removed    bool        // acknowledged or dropped
	redelivery *time.Timer // set while the message is delivered or delayed
	onRemove   func()
}

// add adds a message, and delivers it if a consumer is ready. onRemove is called when it leaves the queue for good.
func (q *queue[P]) add(payload P, onRemove func()) *message[P] {
	m := &message[P]{queue: q, seq: q.shared.nextSeq(), payload: payload, added: time.Now(), onRemove: onRemove}
	q.insert(m)
	return m
}

// insert puts m where its sequence belongs.
func (q *queue[P]) insert(m *message[P]) {
	at, _ := slices.BinarySearchFunc(q.waiting, m.seq, func(w *message[P], seq store.Seq) int {
		return cmp.Compare(w.seq, seq)
	})
	q.waiting = slices.Insert(q.waiting, at, m)
	q.dispatch()
}

// dispatch delivers messages until none waits or no consumer is ready.
func (q *queue[P]) dispatch() {
	for len(q.waiting) > 0 {
		at := slices.IndexFunc(q.consumers, consumer[P].ready)
		if at < 0 {
			return
		}
		c, m := q.consumers[at], q.waiting[0]
		q.waiting = q.waiting[1:]
		if q.roundRobin {
			q.consumers = append(slices.Delete(q.consumers, at, at+1), c)
		}
		m.deliveries++
		q.delivered++
		m.redeliverAfter(store.AckWait)
		c.deliver(m)
	}
}

// join adds a consumer, and delivers what waits for it.
func (q *queue[P]) join(c consumer[P]) {
	at := slices.IndexFunc(q.consumers, func(other consumer[P]) bool { return other.weight() < c.weight() })
	if at < 0 {
		at = len(q.consumers)
	}
	q.consumers = slices.Insert(q.consumers, at, c)
	q.dispatch()
}

// leave removes a consumer.
func (q *queue[P]) leave(c consumer[P]) {
	q.consumers = slices.DeleteFunc(q.consumers, func(other consumer[P]) bool { return other == c })
	q.dispatch()
}

// redeliverAfter returns m to its queue after d, unless it is answered before.
func (m *message[P]) redeliverAfter(d time.Duration) {
	m.stopRedelivery()
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		mu := &m.queue.shared.mu
		mu.Lock()
		defer mu.Unlock()
		if m.redelivery == timer {
			m.redelivery = nil
			m.queue.insert(m)
		}
	})
	m.redelivery = timer
}

func (m *message[P]) stopRedelivery() {
	if m.redelivery != nil {
		m.redelivery.Stop()
		m.redelivery = nil
	}
}

// remove takes m out of the queue for good.
func (m *message[P]) remove() {
	if m.removed {
		return
	}
	m.removed = true
	m.stopRedelivery()
	m.queue.waiting = slices.DeleteFunc(m.queue.waiting, func(w *message[P]) bool { return w == m })
	m.onRemove()
}

// delivery is one delivery of a message. It implements store.Settle.
type delivery[P any] struct {
	m        *message[P]
	number   int // among the deliveries of the message, from 1
	conn     *conn
	settled  bool   // by Ack or Nak; later answers are ignored
	onSettle func() // may be nil
}

// newDelivery returns the present delivery of m, over c.
func newDelivery[P any](c *conn, m *message[P], onSettle func()) *delivery[P] {
	return &delivery[P]{m: m, number: m.deliveries, conn: c, onSettle: onSettle}
}

// Ack removes the message.
func (d *delivery[P]) Ack() {
	d.answer(func() {
		d.m.remove()
		d.settle()
	})
}

// Nak has the message delivered again after delay.
func (d *delivery[P]) Nak(delay time.Duration) {
	d.answer(func() {
		if d.current() {
			d.m.redeliverAfter(delay)
		}
		d.settle()
	})
}

// InProgress restarts store.AckWait.
func (d *delivery[P]) InProgress() {
	d.answer(func() {
		if d.current() {
			d.m.redeliverAfter(store.AckWait)
		}
	})
}

// answer calls fn with the lock held. The answers of a closed connection are lost.
func (d *delivery[P]) answer(fn func()) {
	d.conn.mu.Lock()
	defer d.conn.mu.Unlock()
	if !d.settled && !d.conn.closed() {
		fn()
	}
}

// current reports whether this is the latest delivery of a message that is still to be answered.
func (d *delivery[P]) current() bool {
	return !d.m.removed && d.m.redelivery != nil && d.m.deliveries == d.number
}

func (d *delivery[P]) settle() {
	d.settled = true
	if d.onSettle != nil {
		d.onSettle()
	}
}
