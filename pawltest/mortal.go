package pawltest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file is the store as a worker sees it that may die: each of its writes and answers has a crash point before it
// and one after it.

// fate decides what happens to a worker at a crash point. It is called from many goroutines.
type fate func(worker, point string) blow

// blow is what a worker suffers: it crashes, or it stands still for a while, as a process does whose machine is
// overloaded, and does not know afterwards. The zero value is neither.
type blow struct {
	crash bool
	pause time.Duration
}

// spare is the fate of those to whom nothing happens.
func spare(worker, point string) blow { return blow{} }

// mortal is one worker's connection to the store.
type mortal struct {
	store.Store
	world   *world
	worker  string
	crashed chan struct{} // closed by a blow, not by the orderly end of a worker

	mu    sync.Mutex
	dead  bool
	until time.Time // standing still
}

func newMortal(w *world, worker string) *mortal {
	st := w.open()
	if w.opt.worker != nil {
		st = w.opt.worker(st)
	}
	return &mortal{Store: st, world: w, worker: worker, crashed: make(chan struct{})}
}

// kill cuts the worker off: nothing that it does from now on has an effect.
func (m *mortal) kill() {
	m.mu.Lock()
	first := !m.dead
	m.dead = true
	m.mu.Unlock()
	if first {
		m.Store.Close()
	}
}

func (m *mortal) alive() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.dead
}

// stillness is how long the worker is still to stand still.
func (m *mortal) stillness() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Until(m.until)
}

// reach brings the worker to a crash point, and what is meant for it there upon it.
func (m *mortal) reach(point string) {
	if !m.alive() {
		return
	}
	m.world.witness.reached(m.worker, point)
	b := m.world.fate(m.worker, point)
	if b.pause > 0 {
		m.world.witness.suffered(m.worker, point, b)
		m.mu.Lock()
		m.until = time.Now().Add(b.pause)
		m.mu.Unlock()
	}
	if b.crash {
		m.mu.Lock()
		first := !m.dead
		m.dead = true
		m.mu.Unlock()
		if first {
			m.world.witness.suffered(m.worker, point, b)
			close(m.crashed)
			m.Store.Close()
		}
	}
}

// wait lets a living worker go on, one that stands still after a while, and a dead one never.
func (m *mortal) wait(ctx context.Context) error {
	for {
		if !m.alive() {
			<-ctx.Done()
			return ctx.Err()
		}
		d := m.stillness()
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

// write does a write between its two crash points.
func (m *mortal) write(ctx context.Context, what, detail string, do func() error) error {
	name := m.world.witness.name(what) + detail
	m.reach("before " + name)
	if err := m.wait(ctx); err != nil {
		return err
	}
	err := do()
	m.reach("after " + name)
	if dead := m.wait(ctx); dead != nil {
		return dead
	}
	return err
}

func (m *mortal) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (seq store.Seq, err error) {
	err = m.write(ctx, "append of "+id, eventsOf(rec), func() error {
		seq, err = m.Store.Append(ctx, id, prev, rec)
		m.world.witness.appended(id, prev, rec, seq, err)
		return err
	})
	return seq, err
}

// Send leaves out the nudges of the sweep for stuck runs. Nothing may rest on them, and they would mend what a test
// should find.
func (m *mortal) Send(ctx context.Context, msg store.Message) error {
	if in, err := history.UnmarshalMessage(msg.Data); err == nil && in.Wake != nil && !strings.Contains(msg.DedupID, "/settled/") {
		return nil
	}
	return m.write(ctx, "send of "+letter(false, msg.Data)+msg.ID, "", func() error { return m.Store.Send(ctx, msg) })
}

func (m *mortal) SendStart(ctx context.Context, msg store.Message) error {
	return m.write(ctx, "send of "+letter(true, msg.Data)+msg.ID, "", func() error { return m.Store.SendStart(ctx, msg) })
}

func (m *mortal) EnqueueTask(ctx context.Context, t store.Task) error {
	m.world.witness.queued(t)
	return m.write(ctx, "task "+taskName(t), "", func() error { return m.Store.EnqueueTask(ctx, t) })
}

func (m *mortal) DropTask(ctx context.Context, t store.Task) error {
	return m.write(ctx, "drop of task "+taskName(t), "", func() error { return m.Store.DropTask(ctx, t) })
}

// RecordHeartbeat is the one write that does not stand still with its worker: an attempt holds a lock meanwhile, and who waits
// for a lock stops a bubble's time.
func (m *mortal) RecordHeartbeat(ctx context.Context, t store.Task, data []byte) error {
	name := m.world.witness.name("state of task " + taskName(t))
	m.reach("before " + name)
	if !m.alive() {
		return m.wait(ctx)
	}
	err := m.Store.RecordHeartbeat(ctx, t, data)
	m.reach("after " + name)
	if !m.alive() {
		return m.wait(ctx)
	}
	return err
}

func (m *mortal) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	return m.write(ctx, "alarm of "+id, "", func() error {
		m.world.witness.alarmSet(id, at) // it may ring at once
		err := m.Store.ScheduleTimer(ctx, queue, id, at)
		if err != nil {
			m.world.witness.alarmCleared(id, at)
		}
		return err
	})
}

func (m *mortal) CancelTimer(ctx context.Context, queue, id string, at time.Time) error {
	return m.write(ctx, "clearing of the alarm of "+id, "", func() error {
		err := m.Store.CancelTimer(ctx, queue, id, at)
		if err == nil {
			m.world.witness.alarmCleared(id, at)
		}
		return err
	})
}

// PutEntry leaves out that a run is tried as one that workers may be dying of. Here they die of chance, and a run that was
// unlucky often enough would be parked until another build of the test comes.
func (m *mortal) PutEntry(ctx context.Context, e store.Entry) error {
	status := ""
	if info, err := history.UnmarshalRunSummary(e.Data); err == nil {
		status = ": " + info.Status.String()
		info.Trials, info.TrialsAt = nil, 0
		e.Data = info.Marshal()
	}
	return m.write(ctx, "registry entry of "+e.ID, status, func() error { return m.Store.PutEntry(ctx, e) })
}

func (m *mortal) PutObject(ctx context.Context, name string, data []byte) error {
	id, _, _ := strings.Cut(name, "/")
	return m.write(ctx, "object of "+id, "", func() error { return m.Store.PutObject(ctx, name, data) })
}

func (m *mortal) DeleteObject(ctx context.Context, name string) error {
	id, _, _ := strings.Cut(name, "/")
	return m.write(ctx, "deletion of object of "+id, "", func() error { return m.Store.DeleteObject(ctx, name) })
}

func (m *mortal) Publish(topic string, data []byte) error {
	name := m.world.witness.name("news on " + topic)
	m.reach("before " + name)
	if !m.alive() {
		return store.ErrClosed
	}
	err := m.Store.Publish(topic, data)
	m.reach("after " + name)
	return err
}

func (m *mortal) Request(ctx context.Context, topic string, data []byte) (answer []byte, err error) {
	err = m.write(ctx, "question on "+topic, "", func() error {
		answer, err = m.Store.Request(ctx, topic, data)
		return err
	})
	return answer, err
}

func (m *mortal) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	return m.Store.Subscribe(topic, func(data []byte) []byte {
		if !m.alive() || m.stillness() > 0 {
			return nil
		}
		return fn(data)
	})
}

func (m *mortal) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	handler := opt.Handler
	opt.Handler = func(wk store.Wakeup) {
		if !m.alive() {
			return
		}
		m.world.witness.woken(wk)
		what := letter(wk.Start, wk.Data) + wk.ID
		settled := func() { m.world.witness.settled(wk) }
		if wk.Timer {
			what = "rung alarm of " + wk.ID
		}
		wk.Settle = &answers{wk.Settle, m, what, settled}
		handler(wk)
	}
	return m.Store.Receive(ctx, opt)
}

func (m *mortal) ReceiveTasks(ctx context.Context, opt store.TaskOptions) error {
	handler := opt.Handler
	opt.Handler = func(d store.TaskDelivery) {
		if !m.alive() {
			return
		}
		d.Settle = &answers{d.Settle, m, "task " + taskName(d.Task), func() {}}
		handler(d)
	}
	return m.Store.ReceiveTasks(ctx, opt)
}

// answers is how a mortal worker answers a delivery.
type answers struct {
	to      store.Settle
	m       *mortal
	what    string
	settled func()
}

func (a *answers) Ack() {
	a.answer("ack of ", func() { a.settled(); a.to.Ack() })
}

func (a *answers) Nak(delay time.Duration) {
	a.answer("nak of ", func() { a.to.Nak(delay) })
}

func (a *answers) InProgress() {
	if a.m.alive() && a.m.stillness() <= 0 {
		a.to.InProgress()
	}
}

// answer gives an answer between its two crash points. It never waits, for its caller may hold a lock: the answer of
// a worker that stands still is given later, on a goroutine of its own.
func (a *answers) answer(verb string, do func()) {
	name := a.m.world.witness.name(verb + a.what)
	a.m.reach("before " + name)
	switch {
	case !a.m.alive():
	case a.m.stillness() > 0:
		a.m.world.dying.Go(func() {
			time.Sleep(a.m.stillness())
			if a.m.alive() {
				do()
			}
		})
	default:
		do()
		a.m.reach("after " + name)
	}
}

// Names of crash points: they are the same in every run of a test, which ids of runs are not.

// eventsOf lists what happened in a record; of a closing one, which repeats the whole history, only the end.
func eventsOf(rec store.Record) string {
	r, err := history.UnmarshalRecord(rec.Data)
	if err != nil {
		return ""
	}
	events := r.Events
	if rec.Close != nil {
		events = events[len(events)-1:]
	}
	var names []string
	for _, e := range events {
		names = append(names, kind(e.Body))
	}
	return ": " + strings.Join(names, " ")
}

func kind(body history.Body) string { return strings.TrimPrefix(fmt.Sprintf("%T", body), "*history.") }

// letter says what a message of an inbox is about.
func letter(start bool, data []byte) string {
	if start {
		return "start of "
	}
	msg, err := history.UnmarshalMessage(data)
	if err != nil {
		return "unreadable message to "
	}
	switch {
	case msg.Completed != nil:
		return "outcome of " + opName(msg.Completed.Op.String()) + " to "
	case msg.Cancel != nil:
		return "cancellation of "
	case msg.Terminate != nil:
		return "termination of "
	case msg.Wake != nil:
		return "nudge to "
	}
	return "message to "
}

func taskName(t store.Task) string { return opName(t.Op) + " of " + t.ID }

// opName is an operation without the slash, which separates tests from subtests.
func opName(op string) string { return strings.ReplaceAll(op, "/", ":") }
