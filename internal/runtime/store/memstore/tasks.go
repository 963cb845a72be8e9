// Task queues and heartbeats: activities that wait for a worker with a free slot, or run on one.

package memstore

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// heartbeatRetention is how long a heartbeat can be read.
const heartbeatRetention = 24 * time.Hour

// tasks implements store.Tasks.
type tasks struct {
	*conn
	queues *taskQueues
}

// taskQueues is the data of tasks.
type taskQueues struct {
	shared     *shared
	messages   map[taskKey]*message[store.Task]
	byName     map[string]*queue[store.Task]
	heartbeats map[taskKey]expiring[[]byte]
}

// taskKey identifies a task.
type taskKey struct{ queue, id, runID, op string }

func keyOf(t store.Task) taskKey { return taskKey{t.Queue, t.ID, t.RunID, t.Op} }

func newTaskQueues(s *shared) *taskQueues {
	return &taskQueues{
		shared:     s,
		messages:   map[taskKey]*message[store.Task]{},
		byName:     map[string]*queue[store.Task]{},
		heartbeats: map[taskKey]expiring[[]byte]{},
	}
}

// queue returns the queue of a name.
func (t *taskQueues) queue(name string) *queue[store.Task] {
	if t.byName[name] == nil {
		t.byName[name] = &queue[store.Task]{shared: t.shared, roundRobin: true}
	}
	return t.byName[name]
}

// EnqueueTask implements store.Tasks.
func (ts tasks) EnqueueTask(ctx context.Context, t store.Task) error {
	if err := ts.lock(ctx, t.Data); err != nil {
		return err
	}
	defer ts.unlock()
	key := keyOf(t)
	if ts.queues.messages[key] != nil {
		return nil
	}
	t.Data = bytes.Clone(t.Data)
	ts.queues.messages[key] = ts.queues.queue(t.Queue).add(t, func() { delete(ts.queues.messages, key) })
	return nil
}

// TaskQueued implements store.Tasks.
func (ts tasks) TaskQueued(ctx context.Context, t store.Task) (bool, error) {
	if err := ts.lock(ctx, nil); err != nil {
		return false, err
	}
	defer ts.unlock()
	return ts.queues.messages[keyOf(t)] != nil, nil
}

// DropTask implements store.Tasks.
func (ts tasks) DropTask(ctx context.Context, t store.Task) error {
	if err := ts.lock(ctx, nil); err != nil {
		return err
	}
	defer ts.unlock()
	if m := ts.queues.messages[keyOf(t)]; m != nil {
		m.remove()
	}
	return nil
}

// ReceiveTasks implements store.Tasks.
func (ts tasks) ReceiveTasks(ctx context.Context, opt store.TaskOptions) error {
	if err := ts.lock(ctx, nil); err != nil {
		return err
	}
	defer ts.unlock()
	c := &taskConsumer{
		ctx:     ts.until(ctx),
		conn:    ts.conn,
		queue:   ts.queues.queue(opt.Queue),
		handler: opt.Handler,
		free:    opt.Slots,
	}
	context.AfterFunc(c.ctx, c.leave)
	c.queue.join(c)
	return nil
}

// taskConsumer delivers tasks to one worker, as many at a time as it has slots.
type taskConsumer struct {
	ctx     context.Context
	conn    *conn
	queue   *queue[store.Task]
	handler func(store.TaskDelivery)
	free    int // slots
}

func (c *taskConsumer) weight() uint64 { return 0 }

func (c *taskConsumer) ready() bool { return c.ctx.Err() == nil && !c.conn.closed() && c.free > 0 }

func (c *taskConsumer) deliver(m *message[store.Task]) {
	task := m.payload
	task.Data = bytes.Clone(task.Data)
	c.free--
	go c.handler(store.TaskDelivery{
		Task:      task,
		Delivered: m.deliveries,
		Settle:    newDelivery(c.conn, m, c.freeSlot),
	})
}

// freeSlot makes room for another task. The lock is held.
func (c *taskConsumer) freeSlot() {
	c.free++
	c.queue.dispatch()
}

func (c *taskConsumer) leave() {
	c.conn.mu.Lock()
	defer c.conn.mu.Unlock()
	c.queue.leave(c)
}

// RecordHeartbeat implements store.Tasks.
func (ts tasks) RecordHeartbeat(ctx context.Context, t store.Task, data []byte) error {
	if err := ts.lock(ctx, data); err != nil {
		return err
	}
	defer ts.unlock()
	ts.queues.heartbeats[keyOf(t)] = expireAfter(bytes.Clone(data), heartbeatRetention)
	return nil
}

// LastHeartbeat implements store.Tasks.
func (ts tasks) LastHeartbeat(ctx context.Context, t store.Task) ([]byte, error) {
	if err := ts.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer ts.unlock()
	h, ok := ts.queues.heartbeats[keyOf(t)]
	if !ok || h.expired() {
		delete(ts.queues.heartbeats, keyOf(t))
		return nil, fmt.Errorf("heartbeat of activity %q of workflow %q: %w", t.Op, t.ID, store.ErrNotFound)
	}
	return bytes.Clone(h.value), nil
}
