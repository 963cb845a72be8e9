package storetest

// Clauses on tasks: idempotent puts, slots, redelivery, dropping, heartbeats.

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var tasks = []clause{
	{says: "a delivery says what was queued", test: taskFields},
	{says: "a worker gets the tasks of its queue only", test: taskOwnQueue},
	{says: "a task is queued once while it waits", test: putWhileQueued},
	{says: "a task is queued once while it runs", test: putWhileRunning},
	{says: "a task is queued again after it was acknowledged", test: putAfterAck},
	{says: "of many puts of a task one is delivered", test: putRace},
	{says: "tasks differ by workflow, run and operation", test: tasksApart},
	{says: "TaskQueued reports what is queued or running", test: taskQueued},
	{says: "a dropped task is not delivered", test: dropQueued},
	{says: "a dropped task may be queued anew", test: dropAndPut},
	{says: "the answers of a dropped attempt are ignored", test: dropRunning},
	{says: "a task that is not acknowledged is delivered again after AckWait", test: taskRedelivered},
	{says: "a task that is acknowledged is not delivered again", test: taskAckedForGood},
	{says: "Nak has a task delivered again after the delay", test: taskNakDelays},
	{says: "InProgress keeps a task with its worker", test: taskInProgress},
	{says: "Slots bounds the unsettled deliveries", test: slotsBound},
	{says: "a slot frees on Ack and on Nak", test: slotsFree},
	{says: "each delivery has a goroutine of its own", test: taskGoroutines},
	{says: "tasks of a dead worker go to another one", test: taskTakeOver},
	{says: "ReceiveTasks ends with its context", test: receiveTasksEnds},
	{says: "many workers together get everything", test: tasksTogether},
	{says: "the newest heartbeat is kept", test: beatNewest},
	{says: "a heartbeat outlives its task's delivery", test: beatOutlivesTask},
	{says: "a heartbeat is kept for a day", test: beatForADay, long: true},
}

func taskFields(t *T) {
	c := t.receiveTasks(t.open(), "worker", 1)
	t.putTask(task("w", 0))
	got, want := c.next(t).got, task("w", 0)
	if got.Queue != want.Queue || got.ID != want.ID || got.RunID != want.RunID || got.Op != want.Op ||
		!bytes.Equal(got.Data, want.Data) || got.Delivered != 1 {
		t.Errorf("delivered %+v, want the first delivery of %+v", got, want)
	}
}

func taskOwnQueue(t *T) {
	elsewhere := task("w", 0)
	elsewhere.Queue = "elsewhere"
	t.putTask(elsewhere)
	t.putTask(task("w", 1))
	c := t.receiveTasks(t.open(), "worker", 10)
	if got := c.next(t).got; got.Queue != queue {
		t.Errorf("the worker of %q got a task of %q", queue, got.Queue)
	}
	c.none(t, time.Second)
}

func putWhileQueued(t *T) {
	t.putTask(task("w", 0))
	t.putTask(task("w", 0))
	t.ok(t.open().EnqueueTask(t.ctx, task("w", 0)))
	c := t.receiveTasks(t.open(), "worker", 10)
	c.next(t)
	c.none(t, time.Second)
}

func putWhileRunning(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.putTask(task("w", 0))
	running := c.next(t).got
	t.putTask(task("w", 0))
	c.none(t, time.Second)
	running.Ack()
	t.notQueued(task("w", 0))
	c.none(t, time.Second)
}

// notQueued waits until task has left its queue: the answers take their time.
func (t *T) notQueued(task store.Task) {
	t.Helper()
	t.eventually("the task has left its queue", func() bool { return !t.queued(task) })
}

func putAfterAck(t *T) {
	c := t.receiveTasks(t.open(), "worker", 1)
	for range 3 {
		t.putTask(task("w", 0))
		d := c.next(t).got
		if d.Delivered != 1 {
			t.Errorf("a task put anew is delivery %d, want 1", d.Delivered)
		}
		d.Ack()
		t.notQueued(task("w", 0))
	}
}

func putRace(t *T) {
	stores := []store.Store{t.Store, t.open(), t.open()}
	together(16, func(i int) {
		if err := stores[i%len(stores)].EnqueueTask(t.ctx, task("w", 0)); err != nil {
			t.Errorf("put: %v", err)
		}
	})
	c := t.receiveTasks(t.open(), "worker", 10)
	c.next(t)
	c.none(t, time.Second)
}

func tasksApart(t *T) {
	base := task("w", 0)
	otherID, otherRun, otherOp := base, base, base
	otherID.ID, otherRun.RunID, otherOp.Op = "other", "other", "other"
	all := []store.Task{base, otherID, otherRun, otherOp}
	for _, task := range all {
		t.putTask(task)
	}
	c := t.receiveTasks(t.open(), "worker", 10)
	seen := map[string]bool{}
	for range all {
		d := c.next(t).got
		seen[fmt.Sprint(d.ID, "/", d.RunID, "/", d.Op)] = true
	}
	if len(seen) != len(all) {
		t.Errorf("delivered %v, want %d different tasks", seen, len(all))
	}
}

func taskQueued(t *T) {
	if t.queued(task("w", 0)) {
		t.Error("a task that nobody put is queued")
	}
	t.putTask(task("w", 0))
	if !t.queued(task("w", 0)) {
		t.Error("a task is not queued after it was put")
	}
	if t.queued(task("w", 1)) {
		t.Error("another task of the run is queued")
	}
	c := t.receiveTasks(t.open(), "worker", 1)
	first := c.next(t).got
	if !t.queued(task("w", 0)) {
		t.Error("a running task is not queued")
	}
	first.Nak(0)
	second := c.next(t).got
	if !t.queued(task("w", 0)) {
		t.Error("a task is not queued after Nak")
	}
	second.Ack()
	t.notQueued(task("w", 0))
}

func dropQueued(t *T) {
	t.putTask(task("w", 0))
	t.putTask(task("w", 1))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.ok(t.DropTask(t.ctx, task("nobody", 0)))
	if t.queued(task("w", 0)) {
		t.Error("a dropped task is queued")
	}
	c := t.receiveTasks(t.open(), "worker", 10)
	if got := c.next(t).got; got.Op != task("w", 1).Op {
		t.Errorf("delivered the task %q, want only the other one", got.Op)
	}
	c.none(t, time.Second)
}

func dropAndPut(t *T) {
	t.putTask(task("w", 0))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.putTask(task("w", 0))
	c := t.receiveTasks(t.open(), "worker", 10)
	if d := c.next(t).got; d.Delivered != 1 {
		t.Errorf("a task put anew is delivery %d, want 1", d.Delivered)
	}
	c.none(t, time.Second)
}

func dropRunning(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.putTask(task("w", 0))
	dropped := c.next(t).got
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	c.none(t, store.AckWait+late)

	t.putTask(task("w", 0))
	anew := c.next(t)
	dropped.InProgress()
	dropped.Ack()
	if d := c.next(t); d.got.Delivered != 2 {
		t.Errorf("the task put anew came as delivery %d, want 2", d.got.Delivered)
	} else {
		d.between(t, anew.at, store.AckWait, store.AckWait)
	}
}

func taskRedelivered(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.putTask(task("w", 0))
	first := c.next(t)
	second := c.next(t)
	second.between(t, first.at, store.AckWait, store.AckWait)
	if second.got.Delivered != 2 || second.got.Op != first.got.Op {
		t.Errorf("delivered again as %+v, want the second delivery of %+v", second.got, first.got)
	}
}

func taskAckedForGood(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	for n := range 3 {
		t.putTask(task("w", n))
	}
	for range 3 {
		c.next(t).got.Ack()
	}
	c.none(t, store.AckWait+late)
}

func taskNakDelays(t *T) {
	const delay = 1500 * time.Millisecond
	c := t.receiveTasks(t.open(), "worker", 10)
	t.putTask(task("w", 0))
	first := c.next(t)
	first.got.Nak(delay)
	second := c.next(t)
	second.between(t, first.at, delay, delay)
	if second.got.Delivered != 2 {
		t.Errorf("after Nak it is delivery %d, want 2", second.got.Delivered)
	}
}

func taskInProgress(t *T) {
	const pause = 3 * time.Second
	c := t.receiveTasks(t.open(), "worker", 10)
	t.putTask(task("w", 0))
	first := c.next(t)
	for range 3 {
		time.Sleep(pause)
		first.got.InProgress()
	}
	c.next(t).between(t, first.at, 3*pause+store.AckWait, 3*pause+store.AckWait)
}

func slotsBound(t *T) {
	const slots = 3
	for n := range 10 {
		t.putTask(task("w", n))
	}
	c := t.receiveTasks(t.open(), "worker", slots)
	var running []store.TaskDelivery
	for range slots {
		running = append(running, c.next(t).got)
	}
	c.none(t, time.Second)
	for range 10 - slots {
		running[0].Ack()
		running = append(running[1:], c.next(t).got)
	}
	for _, d := range running {
		d.Ack()
	}
	c.none(t, time.Second)
}

func slotsFree(t *T) {
	for n := range 3 {
		t.putTask(task("w", n))
	}
	c := t.receiveTasks(t.open(), "worker", 1)
	first := c.next(t).got
	first.Nak(time.Hour)
	second := c.next(t).got
	second.Ack()
	third := c.next(t).got
	if first.Op == second.Op || second.Op == third.Op || first.Op == third.Op {
		t.Errorf("delivered %q, %q, %q; want three different tasks", first.Op, second.Op, third.Op)
	}
}

func taskGoroutines(t *T) {
	const slots = 4
	var inside atomic.Int32
	all := make(chan struct{})
	c := newCatch[store.TaskDelivery]()
	handler := func(d store.TaskDelivery) {
		if inside.Add(1) == slots {
			close(all)
		}
		<-all
		c.handle(d)
	}
	t.ok(t.ReceiveTasks(t.ctx, store.TaskOptions{Queue: queue, Worker: "worker", Slots: slots, Handler: handler}))
	for n := range slots {
		t.putTask(task("w", n))
	}
	for range slots {
		c.next(t).got.Ack()
	}
}

func taskTakeOver(t *T) {
	s := t.open()
	c := t.receiveTasks(s, "worker", 10)
	for n := range 3 {
		t.putTask(task("w", n))
	}
	for range 3 {
		c.next(t)
	}
	t.ok(s.Close())
	heir := t.receiveTasks(t.open(), "heir", 10)
	for range 3 {
		a := heir.nextWithin(t, store.AckWait+late)
		if a.got.Delivered != 2 {
			t.Errorf("what the dead worker left is delivery %d, want 2", a.got.Delivered)
		}
		a.got.Ack()
	}
}

func receiveTasksEnds(t *T) {
	s := t.open()
	first := newCatch[store.TaskDelivery]()
	ctx, cancel := context.WithCancel(t.ctx)
	t.ok(s.ReceiveTasks(ctx, store.TaskOptions{Queue: queue, Worker: "worker", Slots: 10, Handler: first.handle}))
	t.putTask(task("w", 0))
	left := first.next(t).got
	cancel()
	time.Sleep(time.Second) // the end of a context takes its time to reach the server
	t.putTask(task("w", 1))
	left.Ack()
	second := t.receiveTasks(s, "another worker", 10)
	if got := second.next(t).got; got.Op != task("w", 1).Op {
		t.Errorf("delivered the task %q, want only what nobody acknowledged", got.Op)
	}
	first.none(t, time.Millisecond)
}

func tasksTogether(t *T) {
	const workers, n = 3, 500
	c := newCatch[store.TaskDelivery]()
	for i := range workers {
		t.ok(t.open().ReceiveTasks(t.ctx, store.TaskOptions{
			Queue: queue, Worker: fmt.Sprint("worker", i), Slots: 20,
			Handler: func(d store.TaskDelivery) {
				c.handle(d)
				d.Ack()
			},
		}))
	}
	together(10, func(i int) {
		for k := range n / 10 {
			if err := t.EnqueueTask(t.ctx, task(fmt.Sprint("w", i), k)); err != nil {
				t.Errorf("put: %v", err)
			}
		}
	})
	seen := map[string]bool{}
	for len(seen) < n {
		d := c.next(t).got
		seen[d.ID+" "+d.Op] = true
	}
}

func beatNewest(t *T) {
	_, err := t.LastHeartbeat(t.ctx, task("w", 0))
	t.is(err, store.ErrNotFound)
	for n := range 5 {
		t.ok(t.RecordHeartbeat(t.ctx, task("w", 0), fmt.Appendf(nil, "beat %d", n)))
	}
	t.ok(t.RecordHeartbeat(t.ctx, task("w", 1), []byte("another task's")))
	t.beat(task("w", 0), "beat 4")
	t.beat(task("w", 1), "another task's")
	_, err = t.LastHeartbeat(t.ctx, task("w", 2))
	t.is(err, store.ErrNotFound)
}

// beat fails unless the newest heartbeat of task is want.
func (t *T) beat(task store.Task, want string) {
	t.Helper()
	got, err := t.LastHeartbeat(t.ctx, task)
	t.ok(err)
	if string(got) != want {
		t.Errorf("the newest heartbeat is %q, want %q", got, want)
	}
}

func beatOutlivesTask(t *T) {
	c := t.receiveTasks(t.open(), "worker", 1)
	t.putTask(task("w", 0))
	d := c.next(t).got
	t.ok(t.RecordHeartbeat(t.ctx, d.Task, []byte("half way")))
	d.Ack()
	t.notQueued(task("w", 0))
	t.beat(task("w", 0), "half way")
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.beat(task("w", 0), "half way")
}

func beatForADay(t *T) {
	t.ok(t.RecordHeartbeat(t.ctx, task("w", 0), []byte("half way")))
	time.Sleep(23 * time.Hour)
	t.beat(task("w", 0), "half way")
	time.Sleep(time.Hour)
	t.eventually("the heartbeat is gone", func() bool {
		_, err := t.LastHeartbeat(t.ctx, task("w", 0))
		return notFound(err)
	})
}
