// Requirements of tasks: idempotent enqueueing, slots, redelivery, dropping, and the state of the attempts.

package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var tasks = []requirement{
	{name: "a delivery has what was enqueued", test: taskFields},
	{name: "a worker gets the tasks of its queue only", test: taskOwnQueue},
	{name: "a task that is queued is not queued again", test: enqueueWhileQueued},
	{name: "a task that is running is not queued again", test: enqueueWhileRunning},
	{name: "a task can be queued again after it was acknowledged", test: enqueueAfterAck},
	{name: "a task that is enqueued concurrently is delivered once", test: enqueueRace},
	{name: "tasks differ by workflow, run and operation", test: tasksApart},
	{name: "TaskQueued reports what is queued or running", test: taskQueued},
	{name: "a dropped task is not delivered", test: dropQueued},
	{name: "a dropped task may be queued again", test: dropAndEnqueue},
	{name: "the answers to a dropped task are ignored", test: dropRunning},
	{name: "a task that is not acknowledged is delivered again after AckWait", test: taskRedelivered},
	{name: "an acknowledged task is not delivered again", test: taskAcked},
	{name: "after Nak, a task is delivered again when the delay is over", test: taskNakDelays},
	{name: "InProgress keeps a task with its worker", test: taskInProgress},
	{name: "Slots limits the unsettled deliveries", test: slotsBound},
	{name: "Ack and Nak free a slot", test: slotsFree},
	{name: "each delivery is handled on a goroutine of its own", test: taskGoroutines},
	{name: "tasks of a dead worker are delivered to another worker", test: taskTakeOver},
	{name: "ReceiveTasks ends with its context", test: receiveTasksEnds},
	{name: "many workers together get every task", test: tasksTogether},
	{name: "the state of a task is replaced only by those who know it", test: stateCompared},
	{name: "one of several writers stores the state of a task", test: stateRace},
	{name: "a state that is stored twice is stored once", test: stateRepeated},
	{name: "tasks have states of their own", test: statesApart},
	{name: "the state of a task outlives it", test: stateOutlivesTask},
	{name: "the state of a task expires", test: stateExpires, long: true},
}

func taskFields(t *T) {
	enqueued := time.Now()
	t.enqueue(task("w", 0))
	time.Sleep(3 * time.Second)
	c := t.receiveTasks(t.open(), "worker", 1)
	got, want := c.next(t).got, task("w", 0)
	if d := got.Enqueued.Sub(enqueued).Abs(); d > time.Second {
		t.Errorf("the delivery says that the task was enqueued %v earlier or later than it was", d)
	}
	if got.Queue != want.Queue || got.ID != want.ID || got.RunID != want.RunID || got.Op != want.Op ||
		!bytes.Equal(got.Data, want.Data) || got.Delivered != 1 {
		t.Errorf("delivered %+v, want the first delivery of %+v", got, want)
	}
}

func taskOwnQueue(t *T) {
	other := task("w", 0)
	other.Queue = "elsewhere"
	t.enqueue(other)
	t.enqueue(task("w", 1))
	c := t.receiveTasks(t.open(), "worker", 10)
	if got := c.next(t).got; got.Queue != queue {
		t.Errorf("the worker of %q got a task of %q", queue, got.Queue)
	}
	c.none(t, time.Second)
}

func enqueueWhileQueued(t *T) {
	t.enqueue(task("w", 0))
	t.enqueue(task("w", 0))
	t.ok(t.open().EnqueueTask(t.ctx, task("w", 0)))
	c := t.receiveTasks(t.open(), "worker", 10)
	c.next(t)
	c.none(t, time.Second)
}

func enqueueWhileRunning(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.enqueue(task("w", 0))
	running := c.next(t).got
	t.enqueue(task("w", 0))
	c.none(t, time.Second)
	running.Ack()
	t.notQueued(task("w", 0))
	c.none(t, time.Second)
}

// notQueued waits until task has left its queue: answers are asynchronous.
func (t *T) notQueued(task store.Task) {
	t.Helper()
	t.eventually("the task has left its queue", func() bool { return !t.queued(task) })
}

func enqueueAfterAck(t *T) {
	c := t.receiveTasks(t.open(), "worker", 1)
	for range 3 {
		t.enqueue(task("w", 0))
		d := c.next(t).got
		if d.Delivered != 1 {
			t.Errorf("a task that was queued again has Delivered %d, want 1", d.Delivered)
		}
		d.Ack()
		t.notQueued(task("w", 0))
	}
}

func enqueueRace(t *T) {
	stores := []store.Store{t.Store, t.open(), t.open()}
	together(16, func(i int) {
		if err := stores[i%len(stores)].EnqueueTask(t.ctx, task("w", 0)); err != nil {
			t.Errorf("enqueue: %v", err)
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
		t.enqueue(task)
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
		t.Error("a task that was never enqueued is queued")
	}
	t.enqueue(task("w", 0))
	if !t.queued(task("w", 0)) {
		t.Error("a task is not queued after it was enqueued")
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
	t.enqueue(task("w", 0))
	t.enqueue(task("w", 1))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.ok(t.DropTask(t.ctx, task("unknown", 0)))
	if t.queued(task("w", 0)) {
		t.Error("a dropped task is queued")
	}
	c := t.receiveTasks(t.open(), "worker", 10)
	if got := c.next(t).got; got.Op != task("w", 1).Op {
		t.Errorf("delivered the task %q, want only the other one", got.Op)
	}
	c.none(t, time.Second)
}

func dropAndEnqueue(t *T) {
	t.enqueue(task("w", 0))
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.enqueue(task("w", 0))
	c := t.receiveTasks(t.open(), "worker", 10)
	if d := c.next(t).got; d.Delivered != 1 {
		t.Errorf("a task that was queued again has Delivered %d, want 1", d.Delivered)
	}
	c.none(t, time.Second)
}

func dropRunning(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.enqueue(task("w", 0))
	dropped := c.next(t).got
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	c.none(t, store.AckWait+late)

	t.enqueue(task("w", 0))
	again := c.next(t)
	dropped.InProgress()
	dropped.Ack()
	if d := c.next(t); d.got.Delivered != 2 {
		t.Errorf("the task that was queued again has Delivered %d, want 2", d.got.Delivered)
	} else {
		d.between(t, again.at, store.AckWait, store.AckWait)
	}
}

func taskRedelivered(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	t.enqueue(task("w", 0))
	first := c.next(t)
	second := c.next(t)
	second.between(t, first.at, store.AckWait, store.AckWait)
	if second.got.Delivered != 2 || second.got.Op != first.got.Op {
		t.Errorf("redelivered as %+v, want the second delivery of %+v", second.got, first.got)
	}
}

func taskAcked(t *T) {
	c := t.receiveTasks(t.open(), "worker", 10)
	for n := range 3 {
		t.enqueue(task("w", n))
	}
	for range 3 {
		c.next(t).got.Ack()
	}
	c.none(t, store.AckWait+late)
}

func taskNakDelays(t *T) {
	const delay = 1500 * time.Millisecond
	c := t.receiveTasks(t.open(), "worker", 10)
	t.enqueue(task("w", 0))
	first := c.next(t)
	first.got.Nak(delay)
	second := c.next(t)
	second.between(t, first.at, delay, delay)
	if second.got.Delivered != 2 {
		t.Errorf("after Nak, Delivered is %d, want 2", second.got.Delivered)
	}
}

func taskInProgress(t *T) {
	const pause = 3 * time.Second
	c := t.receiveTasks(t.open(), "worker", 10)
	t.enqueue(task("w", 0))
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
		t.enqueue(task("w", n))
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
		t.enqueue(task("w", n))
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
	c := newCalls[store.TaskDelivery]()
	handler := func(d store.TaskDelivery) {
		if inside.Add(1) == slots {
			close(all)
		}
		<-all
		c.handle(d)
	}
	t.ok(t.ReceiveTasks(t.ctx, store.TaskOptions{Queue: queue, Worker: "worker", Slots: slots, Handler: handler}))
	for n := range slots {
		t.enqueue(task("w", n))
	}
	for range slots {
		c.next(t).got.Ack()
	}
}

func taskTakeOver(t *T) {
	s := t.open()
	c := t.receiveTasks(s, "worker", 10)
	for n := range 3 {
		t.enqueue(task("w", n))
	}
	for range 3 {
		c.next(t)
	}
	t.ok(s.Close())
	successor := t.receiveTasks(t.open(), "successor", 10)
	for range 3 {
		a := successor.nextWithin(t, store.AckWait+late)
		if a.got.Delivered != 2 {
			t.Errorf("Delivered of what the dead worker left is %d, want 2", a.got.Delivered)
		}
		a.got.Ack()
	}
}

func receiveTasksEnds(t *T) {
	s := t.open()
	first := newCalls[store.TaskDelivery]()
	ctx, cancel := context.WithCancel(t.ctx)
	t.ok(s.ReceiveTasks(ctx, store.TaskOptions{Queue: queue, Worker: "worker", Slots: 10, Handler: first.handle}))
	t.enqueue(task("w", 0))
	left := first.next(t).got
	cancel()
	time.Sleep(time.Second) // the end of a context reaches the server asynchronously
	t.enqueue(task("w", 1))
	left.Ack()
	second := t.receiveTasks(s, "another worker", 10)
	if got := second.next(t).got; got.Op != task("w", 1).Op {
		t.Errorf("delivered the task %q, want only what was not acknowledged", got.Op)
	}
	first.none(t, time.Millisecond)
}

func tasksTogether(t *T) {
	const workers, n = 3, 500
	c := newCalls[store.TaskDelivery]()
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
				t.Errorf("enqueue: %v", err)
			}
		}
	})
	seen := map[string]bool{}
	for len(seen) < n {
		d := c.next(t).got
		seen[d.ID+" "+d.Op] = true
	}
}

// putState stores data as the first state of task.
func (t *T) putState(task store.Task, data []byte) error {
	_, err := t.PutTaskState(t.ctx, task, 0, store.TaskState{Data: data, Keep: time.Hour})
	return err
}

// nextState stores data in place of the state with revision prev.
func (t *T) nextState(prev store.Seq, data string) store.Seq {
	t.Helper()
	revision, err := t.PutTaskState(t.ctx, task("w", 0), prev, store.TaskState{Data: []byte(data), Keep: time.Hour})
	t.ok(err)
	return revision
}

// state fails unless the state of task is want. It returns the revision.
func (t *T) state(task store.Task, want string) store.Seq {
	t.Helper()
	got, revision, err := t.TaskState(t.ctx, task)
	t.ok(err)
	if string(got) != want {
		t.Errorf("the state is %q, want %q", got, want)
	}
	return revision
}

func stateCompared(t *T) {
	_, _, err := t.TaskState(t.ctx, task("w", 0))
	t.is(err, store.ErrNotFound)
	_, err = t.PutTaskState(t.ctx, task("w", 0), 1, store.TaskState{Data: []byte("not the first"), Keep: time.Hour})
	t.is(err, store.ErrStateChanged)
	first := t.nextState(0, "first")
	second := t.nextState(first, "second")
	if got := t.state(task("w", 0), "second"); got != second || second <= first {
		t.Errorf("revision %d was read of the state that was stored as %d, after %d", got, second, first)
	}
	for _, prev := range []store.Seq{0, first} {
		_, err := t.PutTaskState(t.ctx, task("w", 0), prev, store.TaskState{Data: []byte("late"), Keep: time.Hour})
		t.is(err, store.ErrStateChanged)
	}
	t.state(task("w", 0), "second")
}

func stateRace(t *T) {
	stores := []store.Store{t.Store, t.open(), t.open()}
	var stored atomic.Int32
	together(12, func(i int) {
		_, err := stores[i%len(stores)].PutTaskState(t.ctx, task("w", 0), 0, store.TaskState{Data: fmt.Appendf(nil, "writer %d", i), Keep: time.Hour})
		if err == nil {
			stored.Add(1)
		} else {
			t.is(err, store.ErrStateChanged)
		}
	})
	if stored.Load() != 1 {
		t.Errorf("%d writers stored the first state, want 1", stored.Load())
	}
}

func stateRepeated(t *T) {
	revision := t.nextState(0, "state")
	if again := t.nextState(0, "state"); again != revision {
		t.Errorf("the state has revision %d, and after it was stored again %d", revision, again)
	}
}

func statesApart(t *T) {
	base := task("w", 0)
	otherID, otherRun, otherOp := base, base, base
	otherID.ID, otherRun.RunID, otherOp.Op = "other", "other", "other"
	all := []store.Task{base, otherID, otherRun, otherOp}
	for i, task := range all {
		t.ok(t.putState(task, fmt.Appendf(nil, "state %d", i)))
	}
	for i, task := range all {
		t.state(task, fmt.Sprintf("state %d", i))
	}
}

func stateOutlivesTask(t *T) {
	c := t.receiveTasks(t.open(), "worker", 1)
	t.enqueue(task("w", 0))
	d := c.next(t).got
	t.ok(t.putState(d.Task, []byte("half way")))
	d.Ack()
	t.notQueued(task("w", 0))
	t.state(task("w", 0), "half way")
	t.ok(t.DropTask(t.ctx, task("w", 0)))
	t.state(task("w", 0), "half way")
}

func stateExpires(t *T) {
	first := t.nextState(0, "kept for an hour")
	_, err := t.PutTaskState(t.ctx, task("w", 0), first, store.TaskState{Data: []byte("kept for a day"), Keep: 24 * time.Hour})
	t.ok(err)
	time.Sleep(23 * time.Hour)
	revision := t.state(task("w", 0), "kept for a day")
	_, err = t.PutTaskState(t.ctx, task("w", 0), revision, store.TaskState{Data: []byte("kept for a minute"), Keep: time.Minute})
	t.ok(err)
	t.state(task("w", 0), "kept for a minute")
	time.Sleep(time.Minute)
	t.eventually("the state has expired", func() bool {
		_, _, err := t.TaskState(t.ctx, task("w", 0))
		return notFound(err)
	})
	t.nextState(0, "first again")
}
