// Requirements of a store as a whole: names, sizes, memory, and closing.

package storetest

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var general = []requirement{
	{name: "a message of MaxPayload bytes is accepted", test: largest},
	{name: "a larger message fails with ErrTooLarge", test: tooLarge},
	{name: "an empty message is accepted", test: emptyMessages},
	{name: "the store does not share memory with callers", test: noSharedMemory},
	{name: "names may have any characters", test: anyNames},
	{name: "names that look alike are distinct", test: namesDistinct},
	{name: "names may be 255 bytes long", test: longNames},
	{name: "data remains when a store is closed", test: dataStays},
	{name: "every method of a closed store fails with ErrClosed", test: closedFails},
	{name: "a store may be closed twice", test: closeTwice},
}

// writes stores data with each method that stores a message, and returns their errors by the name of the method.
func (t *T) writes(data []byte) map[string]error {
	m := message("w", 0)
	m.Data = data
	start := message("w", 1)
	start.Data = data
	work := task("w", 0)
	work.Data = data
	e := entry("w", 1)
	e.Data = data
	rec := record("r", 0)
	rec.Data = data
	_, appendErr := t.Append(t.ctx, "w", 0, rec)
	return map[string]error{
		"Append":       appendErr,
		"Send":         t.Send(t.ctx, m),
		"SendStart":    t.SendStart(t.ctx, start),
		"EnqueueTask":  t.EnqueueTask(t.ctx, work),
		"PutTaskState": t.putState(work, data),
		"PutEntry":     t.PutEntry(t.ctx, e),
	}
}

// stored returns what writes stored, by the name of the method. It puts the task back into its queue.
func (t *T) stored(tasks calls[store.TaskDelivery]) map[string][]byte {
	state, _, err := t.TaskState(t.ctx, task("w", 0))
	t.ok(err)
	waiting := t.pending(queue, "w")
	if len(waiting) != 2 {
		t.Fatalf("%d messages are pending, want 2", len(waiting))
	}
	if !waiting[1].Start {
		waiting[0], waiting[1] = waiting[1], waiting[0]
	}
	d := tasks.next(t).got
	d.Nak(0)
	return map[string][]byte{
		"Append":       t.last("w").Data,
		"Send":         waiting[0].Data,
		"SendStart":    waiting[1].Data,
		"EnqueueTask":  d.Data,
		"PutTaskState": state,
		"PutEntry":     t.entry("w").Data,
	}
}

func (t *T) allStored(tasks calls[store.TaskDelivery], want []byte) {
	t.Helper()
	for write, got := range t.stored(tasks) {
		if !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes were read as %d bytes: %.40q", write, len(want), len(got), got)
		}
	}
}

func largest(t *T) {
	if t.MaxPayload() < 64<<10 {
		t.Fatalf("MaxPayload is only %d", t.MaxPayload())
	}
	data := bytes.Repeat([]byte{'x'}, t.MaxPayload())
	for write, err := range t.writes(data) {
		if err != nil {
			t.Errorf("%s: %v", write, err)
		}
	}
	t.allStored(t.receiveTasks(t.open(), "worker", 1), data)
}

func tooLarge(t *T) {
	for write, err := range t.writes(make([]byte, t.MaxPayload()+1)) {
		if err == nil {
			t.Errorf("%s accepted more than MaxPayload", write)
			continue
		}
		t.is(err, store.ErrTooLarge)
	}
	if waiting := t.pending(queue, "w"); len(waiting) != 0 {
		t.Errorf("%d messages that were too large are pending", len(waiting))
	}
	_, err := t.Last(t.ctx, "w")
	t.is(err, store.ErrNotFound)
}

func emptyMessages(t *T) {
	for write, err := range t.writes(nil) {
		if err != nil {
			t.Errorf("%s: %v", write, err)
		}
	}
	t.allStored(t.receiveTasks(t.open(), "worker", 1), nil)
}

func noSharedMemory(t *T) {
	data := []byte("the caller's own")
	for write, err := range t.writes(data) {
		if err != nil {
			t.Errorf("%s: %v", write, err)
		}
	}
	t.ok(t.PutObject(t.ctx, "blob", data))
	want := bytes.Clone(data)
	clear(data)
	tasks := t.receiveTasks(t.open(), "worker", 1)
	for _, got := range t.stored(tasks) {
		if !bytes.Equal(got, want) {
			t.Errorf("changing the caller's memory changed the stored data to %q", got)
		}
		clear(got)
	}
	clear(t.object("blob"))
	t.allStored(tasks, want)
	if got := t.object("blob"); !bytes.Equal(got, want) {
		t.Errorf("changing the caller's memory changed the object to %q", got)
	}
}

func anyNames(t *T) {
	for i, name := range []string{
		"order-81", "a.b.c", "*", ">", "a b", "tab\tnewline\n", "$JS.API", "100%", "%2E", "_", "-", "=", "a/b\\c", "日本語 ü",
		"\x00\x01", "..", "UPPER lower", "0",
	} {
		t.useName(name, name, fmt.Sprint("run ", i))
	}
}

func longNames(t *T) {
	t.useName(strings.Repeat("n", 255), "a queue", "run")
	t.useName(strings.Repeat(".", 255), "another queue", "run")
}

// useName uses a name for everything that has one.
func (t *T) useName(name, queue, run string) {
	t.Helper()
	t.nameJournal(name, run)
	t.nameInbox(name, queue)
	t.nameTask(name, queue)
	t.named(name, t.PutEntry(t.ctx, entry(name, 1)))
	t.sameEntry(t.entry(name), entry(name, 1))
	t.named(name, t.PutObject(t.ctx, name, []byte("object")))
	if got := t.object(name); string(got) != "object" {
		t.Errorf("%q: the object is %q", name, got)
	}
	messages, stop := t.subscribe(t.Store, name)
	t.named(name, t.Publish(name, []byte("news")))
	t.expect(messages, "news")
	stop()
}

func (t *T) nameJournal(name, run string) {
	t.Helper()
	end, err := t.Append(t.ctx, name, 0, closing(run, 0, time.Hour))
	t.named(name, err)
	t.appendRun(name, run+" the second", end, 1)
	if records := t.loadRun(name, run); len(records) != 1 {
		t.Errorf("%q: the archived run has %d records, want 1", name, len(records))
	}
}

func (t *T) nameInbox(name, queue string) {
	t.Helper()
	t.named(name, t.Send(t.ctx, store.Message{Queue: queue, ID: name, DedupID: name, Data: []byte("sent")}))
	if waiting := t.pending(queue, name); len(waiting) != 1 {
		t.Errorf("%q: %d messages are pending, want 1", name, len(waiting))
	}
	c := t.receive(t.Store, queue, name)
	t.wokenAs(c, name, queue)
	t.named(name, t.ScheduleTimer(t.ctx, queue, name, time.Now()))
	t.wokenAs(c, name, queue)
}

func (t *T) wokenAs(c calls[store.Wakeup], name, queue string) {
	t.Helper()
	w := c.next(t).got
	w.Ack()
	if w.ID != name || w.Queue != queue {
		t.Errorf("%q on %q: woken as %q on %q", name, queue, w.ID, w.Queue)
	}
}

func (t *T) nameTask(name, queue string) {
	t.Helper()
	work := store.Task{Queue: queue, ID: name, RunID: name, Op: name, Data: []byte("work")}
	t.named(name, t.EnqueueTask(t.ctx, work))
	t.named(name, t.putState(work, []byte("state")))
	t.state(work, "state")
	c := newCalls[store.TaskDelivery]()
	t.named(name, t.ReceiveTasks(t.ctx, store.TaskOptions{Queue: queue, Worker: name, Slots: 1, Handler: c.handle}))
	d := c.next(t).got
	d.Ack()
	if d.Queue != queue || d.ID != name || d.RunID != name || d.Op != name {
		t.Errorf("%q: the task was delivered as %+v", name, d.Task)
	}
}

func (t *T) named(name string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%q: %v", name, err)
	}
}

func namesDistinct(t *T) {
	names := []string{"a", "A", "a.b", "a_b", "a b", "a%2Eb", "a.", ".a", "a*", "a/b"}
	for i, name := range names {
		t.append(name, 0, record(name, i))
		t.putEntry(entry(name, uint64(i)+1))
		t.ok(t.PutObject(t.ctx, name, []byte(name)))
		t.send(message(name, 0))
		t.enqueue(task(name, 0))
	}
	for i, name := range names {
		t.sameRecord(t.last(name), record(name, i))
		t.sameEntry(t.entry(name), entry(name, uint64(i)+1))
		if got := t.object(name); string(got) != name {
			t.Errorf("object %q has the content of %q", name, got)
		}
		if waiting := t.pending(queue, name); len(waiting) != 1 || !bytes.Equal(waiting[0].Data, message(name, 0).Data) {
			t.Errorf("the inbox of %q has %+v", name, waiting)
		}
	}
	if got := len(t.entries()); got != len(names) {
		t.Errorf("listed %d entries, want %d", got, len(names))
	}
	c := t.receiveTasks(t.open(), "worker", len(names))
	for range names {
		c.next(t).got.Ack()
	}
}

func dataStays(t *T) {
	s := t.open()
	at := time.Now().Add(500 * time.Millisecond)
	_, err := s.Append(t.ctx, "w", 0, record("r", 0))
	t.ok(err)
	t.ok(s.Send(t.ctx, message("w", 0)))
	t.ok(s.EnqueueTask(t.ctx, task("w", 0)))
	_, err = s.PutTaskState(t.ctx, task("w", 0), 0, store.TaskState{Data: []byte("state"), Keep: time.Hour})
	t.ok(err)
	t.ok(s.PutEntry(t.ctx, entry("w", 1)))
	t.ok(s.PutObject(t.ctx, "blob", []byte("object")))
	t.ok(s.ScheduleTimer(t.ctx, queue, "sleeper", at))
	t.ok(s.Close())

	t.load("w")
	if waiting := t.pending(queue, "w"); len(waiting) != 1 {
		t.Errorf("%d messages are pending, want 1", len(waiting))
	}
	t.receiveTasks(t.open(), "worker", 1).next(t).got.Ack()
	t.state(task("w", 0), "state")
	t.entry("w")
	t.object("blob")
	c := t.receive(t.open(), queue, "worker")
	for ids := map[string]bool{}; len(ids) < 2; {
		w := c.next(t).got
		ids[w.ID] = true
		w.Ack()
	}
}

func closedFails(t *T) {
	s := t.open()
	t.ok(s.Close())
	for call, err := range closedCalls(t, s) {
		if err == nil {
			t.Errorf("%s succeeded on a closed store", call)
			continue
		}
		t.is(err, store.ErrClosed)
	}
}

// closedCalls calls every method that reaches the store.
func closedCalls(t *T, s store.Store) map[string]error {
	ctx := t.ctx
	errs := map[string]error{
		"Send":          s.Send(ctx, message("w", 0)),
		"SendStart":     s.SendStart(ctx, message("w", 0)),
		"Receive":       s.Receive(ctx, store.ReceiveOptions{Queue: queue, Worker: "worker", Handler: func(store.Wakeup) {}}),
		"EnqueueTask":   s.EnqueueTask(ctx, task("w", 0)),
		"DropTask":      s.DropTask(ctx, task("w", 0)),
		"ReceiveTasks":  s.ReceiveTasks(ctx, store.TaskOptions{Queue: queue, Worker: "worker", Slots: 1, Handler: func(store.TaskDelivery) {}}),
		"ScheduleTimer": s.ScheduleTimer(ctx, queue, "w", time.Now()),
		"CancelTimer":   s.CancelTimer(ctx, queue, "w", time.Now()),
		"PutEntry":      s.PutEntry(ctx, entry("w", 1)),
		"PendingStarts": s.PendingStarts(ctx, "", func(store.PendingStart) bool { return true }),
		"ListEntries":   s.ListEntries(ctx, func(store.Entry) bool { return true }),
		"PutObject":     s.PutObject(ctx, "blob", nil),
		"ListObjects":   s.ListObjects(ctx, func(string) bool { return true }),
		"DeleteObject":  s.DeleteObject(ctx, "blob"),
		"Publish":       s.Publish("news", nil),
	}
	_, _, errs["ReadEntries"] = s.ReadEntries(ctx, store.Position{}, 1)
	_, errs["Expects"] = s.Expects(ctx, "w")
	_, errs["Append"] = s.Append(ctx, "w", 0, record("r", 0))
	_, errs["Load"] = s.Load(ctx, "w")
	_, errs["LoadRun"] = s.LoadRun(ctx, "w", "r")
	_, errs["FindRun"] = s.FindRun(ctx, "w", "request")
	_, errs["Last"] = s.Last(ctx, "w")
	_, errs["Pending"] = s.Pending(ctx, queue, "w")
	_, errs["Requests"] = s.Requests(ctx, queue, "w")
	_, errs["TaskQueued"] = s.TaskQueued(ctx, task("w", 0))
	_, errs["PutTaskState"] = s.PutTaskState(ctx, task("w", 0), 0, store.TaskState{Keep: time.Hour})
	_, _, errs["TaskState"] = s.TaskState(ctx, task("w", 0))
	_, errs["GetEntry"] = s.GetEntry(ctx, "w")
	_, errs["GetObject"] = s.GetObject(ctx, "blob")
	_, errs["Subscribe"] = s.Subscribe("news", func([]byte) []byte { return nil })
	_, errs["Request"] = s.Request(ctx, "news", nil)
	return errs
}

func closeTwice(t *T) {
	s := t.open()
	t.ok(s.Close())
	t.ok(s.Close())
}
