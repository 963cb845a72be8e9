// Tasks: activities that wait for a worker or run on one, with a subject each, and the state of its attempts.

package natsstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// EnqueueTask implements store.Tasks.
func (s *Store) EnqueueTask(ctx context.Context, t store.Task) error {
	if err := checkTask(t); err != nil {
		return err
	}
	if err := s.checkSize(t.Data); err != nil {
		return err
	}
	_, err := s.shard(t.ID).tasks.write(ctx, &nats.Msg{
		Subject: s.name.task(t), Header: header(headerExpectedSeq, "0"), Data: t.Data,
	})
	if err != nil && !isConflict(err) {
		return fmt.Errorf("enqueue task %s of workflow %q on %q: %w", t.Op, t.ID, t.Queue, err)
	}
	return nil
}

// TaskQueued implements store.Tasks.
func (s *Store) TaskQueued(ctx context.Context, t store.Task) (bool, error) {
	_, err := s.findTask(ctx, t)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) findTask(ctx context.Context, t store.Task) (message, error) {
	if err := checkTask(t); err != nil {
		return message{}, err
	}
	m, err := s.reader(s.shard(t.ID).tasks).last(ctx, s.name.task(t))
	if err != nil {
		return message{}, fmt.Errorf("look up task %s of workflow %q on %q: %w", t.Op, t.ID, t.Queue, err)
	}
	return m, nil
}

// DropTask implements store.Tasks.
func (s *Store) DropTask(ctx context.Context, t store.Task) error {
	m, err := s.findTask(ctx, t)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := s.shard(t.ID).tasks.delete(ctx, m.Seq); err != nil {
		if queued, lookErr := s.TaskQueued(ctx, t); lookErr == nil && !queued {
			return nil // it was acknowledged in the meantime
		}
		return fmt.Errorf("drop task %s of workflow %q from %q: %w", t.Op, t.ID, t.Queue, err)
	}
	return nil
}

// ReceiveTasks implements store.Tasks.
func (s *Store) ReceiveTasks(ctx context.Context, opt store.TaskOptions) error {
	if err := checkQueue(opt.Queue); err != nil {
		return err
	}
	if opt.Slots < 1 {
		return fmt.Errorf("receive tasks of queue %q: %d slots, want at least 1", opt.Queue, opt.Slots)
	}
	slots := make(chan struct{}, opt.Slots)
	for _, sh := range s.shards {
		if err := s.receiveTasks(ctx, sh.tasks, opt, slots); err != nil {
			return fmt.Errorf("receive tasks of queue %q: %w", opt.Queue, err)
		}
	}
	return nil
}

// receiveTasks pulls the tasks of one shard. Each shard requests as many tasks as there are slots, because one shard may
// have all the work. slots holds a value for each unsettled task, so that deliveries beyond the slots wait.
func (s *Store) receiveTasks(ctx context.Context, from *stream, opt store.TaskOptions, slots chan struct{}) error {
	ensure := func(ctx context.Context) error { return s.ensureTasks(ctx, from, opt.Queue) }
	if err := ensure(ctx); err != nil {
		return err
	}
	var p *puller
	p = s.newPuller(from, token(opt.Queue), pullOptions{
		window: opt.Slots,
		handle: func(m *nats.Msg, _ time.Time) {
			slots <- struct{}{}
			s.deliverTask(m, opt.Handler, func() { <-slots; p.release() })
		},
		ensure: ensure,
	})
	return p.start(ctx)
}

// ensureTasks creates the consumer of a queue's tasks in one shard.
func (s *Store) ensureTasks(ctx context.Context, from *stream, queue string) error {
	return s.ensureConsumer(ctx, from, durable(token(queue), s.name.tasksOf(queue)))
}

// deliverTask calls handler with a task, and settled once the task is settled.
func (s *Store) deliverTask(m *nats.Msg, handler func(store.TaskDelivery), settled func()) {
	d, err := newDelivery(m)
	if err != nil {
		s.log.Error("received a message that is not a delivery", "error", err)
		settled()
		return
	}
	d.settled = settled
	t, err := s.name.parseTask(m.Subject)
	if err != nil {
		s.log.Error("dropped a message that is not a task", "seq", d.seq, "error", err)
		d.terminate()
		return
	}
	t.Data = m.Data
	go func() {
		defer recoverHandler(s.log, m, d.Nak)
		handler(store.TaskDelivery{Task: t, Delivered: d.count, Enqueued: d.stored, Settle: d})
	}()
}

// PutTaskState implements store.Tasks.
func (s *Store) PutTaskState(ctx context.Context, t store.Task, prev store.Seq, state store.TaskState) (store.Seq, error) {
	if err := checkTask(t); err != nil {
		return 0, err
	}
	if err := s.checkSize(state.Data); err != nil {
		return 0, err
	}
	a, err := s.shard(t.ID).attempts.write(ctx, &nats.Msg{
		Subject: s.name.taskState(t), Header: header(headerExpectedSeq, seqString(prev), headerTTL, ttl(state.Keep)), Data: state.Data,
	})
	switch {
	case err == nil:
		return a.Seq, nil
	case isConflict(err):
		return s.stateStored(ctx, t, state.Data)
	}
	return 0, fmt.Errorf("store state of task %s of workflow %q: %w", t.Op, t.ID, err)
}

// stateStored returns the revision of the state of t if that is data: an earlier attempt at the write has stored it.
func (s *Store) stateStored(ctx context.Context, t store.Task, data []byte) (store.Seq, error) {
	now, revision, err := s.TaskState(ctx, t)
	switch {
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return 0, err
	case revision != 0 && bytes.Equal(now, data):
		return revision, nil
	}
	return 0, fmt.Errorf("store state of task %s of workflow %q: %w", t.Op, t.ID, store.ErrStateChanged)
}

// TaskState implements store.Tasks.
func (s *Store) TaskState(ctx context.Context, t store.Task) ([]byte, store.Seq, error) {
	if err := checkTask(t); err != nil {
		return nil, 0, err
	}
	m, err := s.reader(s.shard(t.ID).attempts).last(ctx, s.name.taskState(t))
	if err != nil {
		return nil, 0, fmt.Errorf("read state of task %s of workflow %q: %w", t.Op, t.ID, err)
	}
	return m.Data, m.Seq, nil
}
