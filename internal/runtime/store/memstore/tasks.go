// Task queues, and the state of tasks: activities that wait for a worker with a free slot, or run on one.

package memstore

import (
	"bytes"
	"context"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// tasks implements store.Tasks.
type tasks struct {
	*conn
	queues *taskQueues
}

// taskQueues is the data of tasks.
type taskQueues struct {
	shared   *shared
	messages map[taskKey]*message[store.Task]
	byName   map[string]*queue[store.Task]
	states   map[taskKey]expiring[taskState]
}

// taskState is a state of a task with its revision.
type taskState struct {
	revision store.Seq
	data     []byte
}

// taskKey identifies a task.
type taskKey struct{ queue, id, runID, op string }

func keyOf(t store.Task) taskKey { return taskKey{t.Queue, t.ID, t.RunID, t.Op} }

func newTaskQueues(s *shared) *taskQueues {
	return &taskQueues{
		shared:   s,
		messages: map[taskKey]*message[store.Task]{},
		byName:   map[string]*queue[store.Task]{},
		states:   map[taskKey]expiring[taskState]{},
	}
}

// holds reports whether workflow id has a task. The lock is held.
func (t *taskQueues) holds(id string) bool {
	for key := range t.messages {
		if key.id == id {
			return true
		}
	}
	return false
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
		Enqueued:  m.added,
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

// PutTaskState implements store.Tasks.
func (ts tasks) PutTaskState(ctx context.Context, t store.Task, prev store.Seq, s store.TaskState) (store.Seq, error) {
	if err := ts.lock(ctx, s.Data); err != nil {
		return 0, err
	}
	defer ts.unlock()
	now := ts.queues.state(t)
	switch {
	case now.revision == prev:
	case now.revision != 0 && bytes.Equal(now.data, s.Data):
		return now.revision, nil
	default:
		return 0, fmt.Errorf("store state of activity %q of workflow %q: %w", t.Op, t.ID, store.ErrStateChanged)
	}
	next := taskState{ts.shared.nextSeq(), bytes.Clone(s.Data)}
	ts.queues.states[keyOf(t)] = expireAfter(next, s.Keep)
	return next.revision, nil
}

// TaskState implements store.Tasks.
func (ts tasks) TaskState(ctx context.Context, t store.Task) ([]byte, store.Seq, error) {
	if err := ts.lock(ctx, nil); err != nil {
		return nil, 0, err
	}
	defer ts.unlock()
	now := ts.queues.state(t)
	if now.revision == 0 {
		return nil, 0, fmt.Errorf("state of activity %q of workflow %q: %w", t.Op, t.ID, store.ErrNotFound)
	}
	return bytes.Clone(now.data), now.revision, nil
}

// state returns the state of a task; its revision is 0 if there is none.
func (t *taskQueues) state(task store.Task) taskState {
	s := t.states[keyOf(task)]
	if s.expired() {
		delete(t.states, keyOf(task))
		return taskState{}
	}
	return s.value
}
