// Package crashstore is the store of a worker that may crash. Each write and each answer of the worker has a crash point
// before it and one after it. A plan decides whether the worker crashes or freezes there.
package crashstore

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"

	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// Store is one worker's connection to the store.
type Store struct {
	store.Store
	worker   string
	plan     Plan
	recorder *recorder.Recorder
	late     *sync.WaitGroup // answers that a frozen worker gives later
	crashed  chan struct{}   // closed when the plan crashes the worker

	mu     sync.Mutex
	dead   bool
	frozen time.Time // until when the worker is frozen
}

// New returns the store of a worker. Answers that are given later, because the worker is frozen, are added to late.
func New(st store.Store, worker string, plan Plan, rec *recorder.Recorder, late *sync.WaitGroup) *Store {
	return &Store{Store: st, worker: worker, plan: plan, recorder: rec, late: late, crashed: make(chan struct{})}
}

// Crashed returns a channel that is closed when the plan crashes the worker, and not when Kill does.
func (s *Store) Crashed() <-chan struct{} { return s.crashed }

// Kill disconnects the worker: from now on, nothing that it does has an effect.
func (s *Store) Kill() {
	if s.die() {
		s.Store.Close()
	}
}

// die marks the worker as dead, and reports whether it was alive.
func (s *Store) die() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	alive := !s.dead
	s.dead = true
	return alive
}

// Alive reports whether the worker has neither crashed nor been killed.
func (s *Store) Alive() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.dead
}

// frozenFor returns how long the worker is still frozen.
func (s *Store) frozenFor() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Until(s.frozen)
}

// reach records that the worker is at a crash point, and does what the plan says.
func (s *Store) reach(point string) {
	if !s.Alive() {
		return
	}
	s.recorder.Reached(s.worker, point)
	fault := s.plan(s.worker, point)
	if fault.Pause > 0 {
		s.recorder.Faulted(s.worker, point, fault.String())
		s.mu.Lock()
		s.frozen = time.Now().Add(fault.Pause)
		s.mu.Unlock()
	}
	if fault.Crash && s.die() {
		s.recorder.Faulted(s.worker, point, fault.String())
		close(s.crashed)
		s.Store.Close()
	}
}

// wait returns when the worker is not frozen. For a dead worker it returns when ctx ends, with an error.
func (s *Store) wait(ctx context.Context) error {
	for {
		if !s.Alive() {
			<-ctx.Done()
			return ctx.Err()
		}
		d := s.frozenFor()
		if d <= 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(d):
		}
	}
}

// write calls do between two crash points. Their names consist of what, a number, and detail.
func (s *Store) write(ctx context.Context, what, detail string, do func() error) error {
	name := s.recorder.Number(what) + detail
	s.reach("before " + name)
	if err := s.wait(ctx); err != nil {
		return err
	}
	err := do()
	s.reach("after " + name)
	if dead := s.wait(ctx); dead != nil {
		return dead
	}
	return err
}

// Append implements store.Journal.
func (s *Store) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (seq store.Seq, err error) {
	err = s.write(ctx, "append of "+id, eventsOf(rec), func() error {
		seq, err = s.Store.Append(ctx, id, prev, rec)
		s.recorder.Appended(recorder.Append{ID: id, Prev: prev, Rec: rec, Seq: seq, Err: err})
		return err
	})
	return seq, err
}

// Expire implements store.Journal.
func (s *Store) Expire(ctx context.Context, id, runID string) (seq store.Seq, err error) {
	err = s.write(ctx, "expiry of "+id, "", func() error {
		seq, err = s.Store.Expire(ctx, id, runID)
		s.recorder.Moved(id, seq, err)
		return err
	})
	return seq, err
}

// Send implements store.Inbox. It drops the messages with which workers wake stuck runs: the engine must not depend on
// them, and they would repair what a test should find.
func (s *Store) Send(ctx context.Context, m store.Message) error {
	if msg, err := history.UnmarshalMessage(m.Data); err == nil && msg.Wake != nil && !strings.Contains(m.DedupID, "/settled/") {
		return nil
	}
	return s.write(ctx, "send of "+messageName(false, m.ID, m.Data), "", func() error { return s.Store.Send(ctx, m) })
}

// SendStart implements store.Inbox.
func (s *Store) SendStart(ctx context.Context, m store.Message) error {
	return s.write(ctx, "send of "+messageName(true, m.ID, m.Data), "", func() error { return s.Store.SendStart(ctx, m) })
}

// EnqueueTask implements store.Tasks.
func (s *Store) EnqueueTask(ctx context.Context, t store.Task) error {
	s.recorder.Enqueued(t)
	return s.write(ctx, "task "+TaskName(t), "", func() error { return s.Store.EnqueueTask(ctx, t) })
}

// DropTask implements store.Tasks.
func (s *Store) DropTask(ctx context.Context, t store.Task) error {
	return s.write(ctx, "drop of task "+TaskName(t), "", func() error { return s.Store.DropTask(ctx, t) })
}

// PutTaskState implements store.Tasks. Unlike other writes it does not wait while the worker is frozen: the author's function
// may wait for it, and goes on after the end of the test then.
func (s *Store) PutTaskState(ctx context.Context, t store.Task, prev store.Seq, state store.TaskState) (store.Seq, error) {
	name := s.recorder.Number("state of task " + TaskName(t))
	s.reach("before " + name)
	if !s.Alive() {
		return 0, s.wait(ctx)
	}
	revision, err := s.Store.PutTaskState(ctx, t, prev, state)
	s.reach("after " + name)
	if !s.Alive() {
		return 0, s.wait(ctx)
	}
	return revision, err
}

// ScheduleTimer implements store.Timers.
func (s *Store) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	return s.write(ctx, "timer of "+id, "", func() error {
		s.recorder.TimerScheduled(id, at) // first, because it may fire immediately
		err := s.Store.ScheduleTimer(ctx, queue, id, at)
		if err != nil {
			s.recorder.TimerCancelled(id, at)
		}
		return err
	})
}

// CancelTimer implements store.Timers.
func (s *Store) CancelTimer(ctx context.Context, queue, id string, at time.Time) error {
	return s.write(ctx, "cancel of timer of "+id, "", func() error {
		// Also after an error, which a crash causes: then the timer may be gone, or it may fire, and both are right.
		defer s.recorder.TimerCancelled(id, at)
		return s.Store.CancelTimer(ctx, queue, id, at)
	})
}

// PutEntry implements store.Visibility. It removes the note that a run may have crashed workers. In a test workers crash by
// chance, and a run that was unlucky often enough would be parked until another version of the code is deployed.
func (s *Store) PutEntry(ctx context.Context, e store.Entry) error {
	if summary, err := history.UnmarshalRunSummary(e.Data); err == nil {
		summary.Trials, summary.TrialsAt = nil, 0
		e.Data = summary.Marshal()
	}
	return s.write(ctx, "visibility entry of "+e.ID, statusOf(e), func() error { return s.Store.PutEntry(ctx, e) })
}

// PutObject implements store.Objects.
func (s *Store) PutObject(ctx context.Context, name string, data []byte) error {
	id, _, _ := strings.Cut(name, "/")
	return s.write(ctx, "object of "+id, "", func() error { return s.Store.PutObject(ctx, name, data) })
}

// DeleteObject implements store.Objects.
func (s *Store) DeleteObject(ctx context.Context, name string) error {
	id, _, _ := strings.Cut(name, "/")
	return s.write(ctx, "deletion of object of "+id, "", func() error { return s.Store.DeleteObject(ctx, name) })
}

// Publish implements store.Bus.
func (s *Store) Publish(topic string, data []byte) error {
	name := s.recorder.Number("publish on " + topic)
	s.reach("before " + name)
	if !s.Alive() {
		return store.ErrClosed
	}
	err := s.Store.Publish(topic, data)
	s.reach("after " + name)
	return err
}

// Request implements store.Bus.
func (s *Store) Request(ctx context.Context, topic string, data []byte) (answer []byte, err error) {
	err = s.write(ctx, "request on "+topic, "", func() error {
		answer, err = s.Store.Request(ctx, topic, data)
		return err
	})
	if err != nil && ctx.Err() != nil && s.Alive() { // it was frozen for so long that no answer came in time
		err = store.ErrNotFound
	}
	return answer, err
}

// Subscribe implements store.Bus.
func (s *Store) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	return s.Store.Subscribe(topic, func(data []byte) []byte {
		if !s.Alive() || s.frozenFor() > 0 {
			return nil
		}
		return fn(data)
	})
}

// Receive implements store.Inbox.
func (s *Store) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	handler := opt.Handler
	opt.Handler = func(w store.Wakeup) {
		if !s.Alive() {
			return
		}
		s.recorder.Received(w)
		inner := w
		w.Settle = &answers{to: inner.Settle, store: s, what: wakeupName(w), acked: func() { s.recorder.Acknowledged(inner) }}
		handler(w)
	}
	return s.Store.Receive(ctx, opt)
}

// ReceiveTasks implements store.Tasks.
func (s *Store) ReceiveTasks(ctx context.Context, opt store.TaskOptions) error {
	handler := opt.Handler
	opt.Handler = func(d store.TaskDelivery) {
		if !s.Alive() {
			return
		}
		d.Settle = &answers{to: d.Settle, store: s, what: "task " + TaskName(d.Task), acked: func() {}}
		handler(d)
	}
	return s.Store.ReceiveTasks(ctx, opt)
}

// answers are the answers of the worker to a delivery.
type answers struct {
	to    store.Settle
	store *Store
	what  string
	acked func()
}

func (a *answers) Ack() {
	a.answer("ack of ", func() { a.acked(); a.to.Ack() })
}

func (a *answers) Nak(delay time.Duration) {
	a.answer("nak of ", func() { a.to.Nak(delay) })
}

func (a *answers) InProgress() {
	if a.store.Alive() && a.store.frozenFor() <= 0 {
		a.to.InProgress()
	}
}

// answer calls do between two crash points. It never waits, because the caller may hold a lock. The answer of a frozen
// worker is given later, on another goroutine.
func (a *answers) answer(verb string, do func()) {
	name := a.store.recorder.Number(verb + a.what)
	a.store.reach("before " + name)
	switch {
	case !a.store.Alive():
	case a.store.frozenFor() > 0:
		a.store.late.Go(func() {
			time.Sleep(a.store.frozenFor())
			if a.store.Alive() {
				do()
			}
		})
	default:
		do()
		a.store.reach("after " + name)
	}
}
