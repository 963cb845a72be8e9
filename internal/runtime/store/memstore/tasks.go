package memstore

// Tasks and heartbeats: activities in line for a worker with a free slot.

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// beatKept is how long a heartbeat can be read.
const beatKept = 24 * time.Hour

// tasks is what waits for activity workers, or runs on them.
type tasks struct {
	messages map[taskKey]*message
	lines    map[string]*line // by queue
	beats    map[taskKey]kept[[]byte]
}

// taskKey tells a task from all others.
type taskKey struct{ queue, id, runID, op string }

func keyOf(t store.Task) taskKey { return taskKey{t.Queue, t.ID, t.RunID, t.Op} }

func newTasks() tasks {
	return tasks{
		messages: map[taskKey]*message{},
		lines:    map[string]*line{},
		beats:    map[taskKey]kept[[]byte]{},
	}
}

func (t *tasks) line(queue string) *line {
	if t.lines[queue] == nil {
		t.lines[queue] = &line{fair: true}
	}
	return t.lines[queue]
}

// EnqueueTask queues t unless it is still queued or running.
func (s *Store) EnqueueTask(ctx context.Context, t store.Task) error {
	if err := s.enter(ctx, t.Data); err != nil {
		return err
	}
	defer s.leave()
	key := keyOf(t)
	if s.tasks.messages[key] != nil {
		return nil
	}
	t.Data = copyOf(t.Data)
	m := &message{seq: s.nextSeq(), payload: t, forget: func() { delete(s.tasks.messages, key) }}
	s.tasks.messages[key] = m
	s.tasks.line(t.Queue).add(s.Server, m)
	return nil
}

// TaskQueued reports whether t is queued or running.
func (s *Store) TaskQueued(ctx context.Context, t store.Task) (bool, error) {
	if err := s.enter(ctx, nil); err != nil {
		return false, err
	}
	defer s.leave()
	return s.tasks.messages[keyOf(t)] != nil, nil
}

// DropTask removes t from its queue.
func (s *Store) DropTask(ctx context.Context, t store.Task) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	if m := s.tasks.messages[keyOf(t)]; m != nil {
		m.remove()
	}
	return nil
}

// ReceiveTasks hands the tasks of opt.Queue to opt.Handler until ctx ends.
func (s *Store) ReceiveTasks(ctx context.Context, opt store.TaskOptions) error {
	if err := s.enter(ctx, nil); err != nil {
		return err
	}
	defer s.leave()
	b := &bench{
		ctx:     s.lifeOf(ctx),
		to:      s,
		line:    s.tasks.line(opt.Queue),
		handler: opt.Handler,
		free:    opt.Slots,
	}
	b.line.takers = append(b.line.takers, b)
	context.AfterFunc(b.ctx, b.end)
	b.line.handOut(s.Server)
	return nil
}

// bench is where one worker runs tasks.
type bench struct {
	ctx     context.Context
	to      *Store
	line    *line
	handler func(store.TaskDelivery)
	free    int // slots
}

func (b *bench) room() bool { return b.ctx.Err() == nil && !b.to.closed() && b.free > 0 }

func (b *bench) take(m *message) {
	task := m.payload.(store.Task)
	task.Data = copyOf(task.Data)
	b.free--
	go b.handler(store.TaskDelivery{
		Task:      task,
		Delivered: m.attempt,
		Settle:    &delivery{m: m, attempt: m.attempt, to: b.to, free: b.freeSlot},
	})
}

// freeSlot makes room for one more. Called with the lock held.
func (b *bench) freeSlot() {
	b.free++
	b.line.handOut(b.to.Server)
}

// end leaves the queue to the other workers.
func (b *bench) end() {
	b.to.mu.Lock()
	defer b.to.mu.Unlock()
	b.line.leave(b)
}

// RecordHeartbeat keeps data as the newest heartbeat of t.
func (s *Store) RecordHeartbeat(ctx context.Context, t store.Task, data []byte) error {
	if err := s.enter(ctx, data); err != nil {
		return err
	}
	defer s.leave()
	s.tasks.beats[keyOf(t)] = keep(copyOf(data), beatKept)
	return nil
}

// LastHeartbeat returns the newest heartbeat of t.
func (s *Store) LastHeartbeat(ctx context.Context, t store.Task) ([]byte, error) {
	if err := s.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer s.leave()
	beat, ok := s.tasks.beats[keyOf(t)]
	if !ok || beat.gone() {
		delete(s.tasks.beats, keyOf(t))
		return nil, fmt.Errorf("heartbeat of activity %q of workflow %q: %w", t.Op, t.ID, store.ErrNotFound)
	}
	return copyOf(beat.value), nil
}
