// Store methods that fail the test when they fail. They are for the goroutine of the test only.

package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// queue is the task queue that most tests use.
const queue = "orders"

func (t *T) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is fails unless err is target.
func (t *T) is(err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got error %v, want %v", err, target)
	}
}

// eventually waits until cond holds. what is the condition in words.
func (t *T) eventually(what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(soon); !cond(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after %v it is still not true that %s", soon, what)
		}
	}
}

func notFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

func (t *T) append(id string, prev store.Seq, rec store.Record) store.Seq {
	t.Helper()
	seq, err := t.Append(t.ctx, id, prev, rec)
	t.ok(err)
	return seq
}

// appendRun appends n records of a run to workflow id, the first one after prev, and returns their sequences.
func (t *T) appendRun(id, run string, prev store.Seq, n int) []store.Seq {
	t.Helper()
	var seqs []store.Seq
	for i := range n {
		rec := record(run, i)
		if i > 0 {
			rec.First = seqs[0]
		}
		prev = t.append(id, prev, rec)
		seqs = append(seqs, prev)
	}
	return seqs
}

// closeRun closes the run whose first record is first, and lets it expire.
func (t *T) closeRun(id, run string, first, prev store.Seq, retention time.Duration) store.Seq {
	t.Helper()
	t.append(id, prev, closing(run, first, retention))
	return t.expire(id, run)
}

func (t *T) expire(id, run string) store.Seq {
	t.Helper()
	seq, err := t.Expire(t.ctx, id, run)
	t.ok(err)
	return seq
}

func record(run string, n int) store.Record {
	return store.Record{RunID: run, Request: "request of " + run, CommitID: fmt.Sprintf("%s/%d", run, n), Data: fmt.Appendf(nil, "%s record %d", run, n)}
}

func closing(run string, first store.Seq, retention time.Duration) store.Record {
	return store.Record{
		RunID:    run,
		Request:  "request of " + run,
		CommitID: run + "/end",
		First:    first,
		Data:     []byte(run + " as a whole"),
		Close:    &store.Close{Retention: retention},
	}
}

func (t *T) load(id string) []store.Stored {
	t.Helper()
	records, err := t.Load(t.ctx, id)
	t.ok(err)
	return records
}

func (t *T) loadRun(id, run string) []store.Stored {
	t.Helper()
	records, err := t.LoadRun(t.ctx, id, run)
	t.ok(err)
	return records
}

func (t *T) last(id string) store.Stored {
	t.Helper()
	rec, err := t.Last(t.ctx, id)
	t.ok(err)
	return rec
}

// message returns the nth message to workflow id.
func message(id string, n int) store.Message {
	return store.Message{Queue: queue, ID: id, DedupID: fmt.Sprintf("%s#%d", id, n), Data: fmt.Appendf(nil, "%s message %d", id, n)}
}

func (t *T) send(m store.Message) {
	t.Helper()
	t.ok(t.Send(t.ctx, m))
}

// sendN sends the messages 0 to n-1 to workflow id.
func (t *T) sendN(id string, n int) {
	t.Helper()
	for i := range n {
		t.send(message(id, i))
	}
}

func (t *T) pending(queue, id string) []store.Pending {
	t.Helper()
	waiting, err := t.Pending(t.ctx, queue, id)
	t.ok(err)
	return waiting
}

// receive starts to receive the wake-ups of queue through s.
func (t *T) receive(s store.Store, queue, worker string) calls[store.Wakeup] {
	t.Helper()
	c := newCalls[store.Wakeup]()
	t.receiveWith(s, queue, worker, c.handle)
	return c
}

func (t *T) receiveWith(s store.Store, queue, worker string, handler func(store.Wakeup)) {
	t.Helper()
	t.ok(s.Receive(t.ctx, store.ReceiveOptions{Queue: queue, Worker: worker, Handler: handler}))
}

// task returns the nth task of workflow id.
func task(id string, n int) store.Task {
	return store.Task{Queue: queue, ID: id, RunID: id + "-run", Op: fmt.Sprintf("main/%d", n), Data: fmt.Appendf(nil, "%s task %d", id, n)}
}

func (t *T) enqueue(task store.Task) {
	t.Helper()
	t.ok(t.EnqueueTask(t.ctx, task))
}

func (t *T) queued(task store.Task) bool {
	t.Helper()
	queued, err := t.TaskQueued(t.ctx, task)
	t.ok(err)
	return queued
}

// receiveTasks starts to receive the tasks of queue through s.
func (t *T) receiveTasks(s store.Store, worker string, slots int) calls[store.TaskDelivery] {
	t.Helper()
	c := newCalls[store.TaskDelivery]()
	t.ok(s.ReceiveTasks(t.ctx, store.TaskOptions{Queue: queue, Worker: worker, Slots: slots, Handler: c.handle}))
	return c
}

func (t *T) scheduleTimer(id string, at time.Time) {
	t.Helper()
	t.ok(t.ScheduleTimer(t.ctx, queue, id, at))
}

func (t *T) putEntry(e store.Entry) {
	t.Helper()
	t.ok(t.PutEntry(t.ctx, e))
}

func (t *T) entry(id string) store.Entry {
	t.Helper()
	e, err := t.GetEntry(t.ctx, id)
	t.ok(err)
	return e
}

func (t *T) entries() []store.Entry {
	t.Helper()
	var all []store.Entry
	t.ok(t.ListEntries(t.ctx, func(e store.Entry) bool {
		all = append(all, e)
		return true
	}))
	return all
}

func (t *T) object(name string) []byte {
	t.Helper()
	data, err := t.GetObject(t.ctx, name)
	t.ok(err)
	return data
}

func (t *T) objectNames() []string {
	t.Helper()
	var names []string
	t.ok(t.ListObjects(t.ctx, func(name string) bool {
		names = append(names, name)
		return true
	}))
	return names
}
