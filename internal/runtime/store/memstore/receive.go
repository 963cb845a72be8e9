// Receiving wake-ups: each worker consumes the queues of all groups, and owns those it weighs most in.

package memstore

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// prefetch is how many deliveries of a group a worker holds before its handler got them.
const prefetch = 64

// Receive implements store.Inbox.
func (i inbox) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	if err := i.lock(ctx, nil); err != nil {
		return err
	}
	defer i.unlock()
	ctx = i.until(ctx)
	for group := range groups {
		c := &groupConsumer{
			ctx:     ctx,
			conn:    i.conn,
			queue:   i.pending.queue(opt.Queue, group),
			rank:    hash(opt.Worker, opt.Queue, strconv.Itoa(group)),
			handler: opt.Handler,
			buffer:  make(chan store.Wakeup, prefetch),
		}
		go c.run()
		c.queue.join(c)
	}
	return nil
}

// groupConsumer delivers the wake-ups of one group to one worker.
type groupConsumer struct {
	ctx     context.Context
	conn    *conn
	queue   *queue[inboxMessage]
	rank    uint64 // rendezvous hashing: the highest rank of a group owns it
	handler func(store.Wakeup)
	buffer  chan store.Wakeup
	last    uint64    // number of the newest delivery
	busy    time.Time // when the handler was called; zero if it is not running
}

func (c *groupConsumer) weight() uint64 { return c.rank }

// ready reports whether the worker is alive and has room. A worker whose handler has blocked for store.AckWait gets
// nothing more; other workers take over.
func (c *groupConsumer) ready() bool {
	stuck := !c.busy.IsZero() && time.Since(c.busy) >= store.AckWait
	return c.alive() && !stuck && len(c.buffer) < cap(c.buffer)
}

func (c *groupConsumer) alive() bool { return c.ctx.Err() == nil && !c.conn.closed() }

func (c *groupConsumer) deliver(m *message[inboxMessage]) {
	gap := c.queue.delivered != c.last+1
	c.last = c.queue.delivered
	c.buffer <- store.Wakeup{
		Queue:     m.payload.Queue,
		ID:        m.payload.ID,
		Timer:     m.payload.timer,
		Start:     m.payload.start,
		Time:      m.payload.sent,
		Outcome:   m.payload.Outcome,
		Seq:       m.seq,
		Data:      bytes.Clone(m.payload.Data),
		Delivered: m.deliveries,
		Gap:       gap,
		Received:  time.Now(),
		Settle:    newDelivery(c.conn, m, nil),
	}
}

// run calls the handler with one wake-up after the other.
func (c *groupConsumer) run() {
	defer c.leave()
	for {
		select {
		case <-c.ctx.Done():
			return
		case w := <-c.buffer:
			c.setBusy(time.Now())
			if c.alive() {
				c.handler(w)
			}
			c.setBusy(time.Time{})
		}
	}
}

// setBusy records when the handler was called, and fills the buffer.
func (c *groupConsumer) setBusy(since time.Time) {
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	c.busy = since
	c.queue.dispatch()
}

// leave gives the group up to the other workers.
func (c *groupConsumer) leave() {
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	c.queue.leave(c)
}
