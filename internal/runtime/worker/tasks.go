package worker

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// This file runs activities. An attempt that fails goes back to the queue, which hands it out again after its
// back-off: retries are no events. The outcome goes to the inbox of the workflow, and only then is the task
// acknowledged; a worker that dies before that is noticed by the queue.

// receiveTasks takes tasks of an activity queue and answers questions about them.
func (w *Worker) receiveTasks(ctx context.Context, queue string) error {
	if err := w.listen(taskTopic(queue)); err != nil {
		return err
	}
	return w.store.ReceiveTasks(ctx, store.TaskOptions{Queue: queue, Worker: w.opt.ID, Slots: w.opt.Activities, Handler: w.runTask})
}

// listen answers questions about attempts that run here, as long as the worker lives.
func (w *Worker) listen(topic string) error {
	return w.subscribe(topic, w.answer)
}

// subscribe has fn answer what is asked on a topic, as long as the worker lives.
func (w *Worker) subscribe(topic string, fn func([]byte) []byte) error {
	stop, err := w.store.Subscribe(topic, fn)
	if err == nil {
		context.AfterFunc(w.ctx, stop)
	}
	return err
}

// answer cancels, or only looks for, a running attempt. It is silent if the attempt is not here.
func (w *Worker) answer(data []byte) []byte {
	ref, err := history.UnmarshalTaskRef(data)
	if err != nil {
		return nil
	}
	w.mu.Lock()
	t := w.attempts[ref.RunID+"/"+ref.Op.String()]
	w.mu.Unlock()
	if t == nil {
		return nil
	}
	if ref.Cancel {
		t.cancel(context.Canceled)
	}
	return []byte("running")
}

// runTask is the store's handler: one attempt, and what follows from it.
func (w *Worker) runTask(d store.TaskDelivery) {
	if !w.begin() {
		d.Nak(0)
		return
	}
	defer w.busy.Done()
	task, err := history.UnmarshalTask(d.Data)
	if err != nil {
		w.log.Error("task cannot be read; another worker may be able to", "workflow", d.ID, "operation", d.Op, "error", err)
		d.Nak(30 * time.Second)
		return
	}
	h := w.registry.handler(task.Name, task.Tag)
	if h == nil {
		w.noHandler(d, task)
		return
	}
	release := w.keep(d.Settle)
	defer release()
	e := &execution{w: w, delivery: d, task: task, handler: h, pen: make(chan struct{}, 1)}
	e.run()
}

// noHandler leaves a task to a worker that has its activity, and says so where a person would look.
func (w *Worker) noHandler(d store.TaskDelivery, task *history.Task) {
	name := task.Name
	if task.Tag != "" {
		name += " (" + task.Tag + ")"
	}
	w.log.Warn("this worker lacks an activity of its queue", "activity", name, "queue", d.Queue, "workflow", d.ID)
	state := &history.TaskState{
		Attempt: 0, NextRetry: time.Now().Add(5 * time.Second), Worker: w.opt.ID,
		LastFailure: w.registry.errors.Encode(errors.New("no activity " + name + " in worker " + w.opt.ID + ": pass its receiver to PawlRegistration")),
	}
	if err := w.store.RecordHeartbeat(w.ctx, d.Task, state.Marshal()); err != nil {
		w.log.Warn("news of a task not stored", "workflow", d.ID, "operation", d.Op, "error", err)
	}
	d.Nak(5 * time.Second)
}

// keep has a delivery renewed until release is called.
func (w *Worker) keep(s store.Settle) (release func()) {
	d := &delivery{settle: s}
	w.mu.Lock()
	w.settling[d] = struct{}{}
	w.mu.Unlock()
	return func() {
		w.mu.Lock()
		delete(w.settling, d)
		w.mu.Unlock()
	}
}

// execution is the work on one delivery of a task.
type execution struct {
	w        *Worker
	delivery store.TaskDelivery
	task     *history.Task
	handler  *abi.Handler
	last     error // of an earlier attempt
	orphan   bool  // the worker of the attempt before died, or may have

	pen chan struct{} // held while the state is being stored

	mu    sync.Mutex
	state history.TaskState
	ended bool
}

func (e *execution) run() {
	if err := e.recall(); err != nil {
		e.giveBack(err)
		return
	}
	if e.delivery.Delivered > 1 {
		settled, err := e.settled()
		if settled {
			err = e.w.nudge(e.w.ctx, e.task.WorkflowQueue, e.task.ID, e.task.RunID, "settled/"+e.task.IdempotencyKey())
		}
		if err != nil {
			e.giveBack(err)
			return
		}
		if settled {
			e.delivery.Ack()
			return
		}
	}
	if err := e.tooLate(); err != nil {
		e.finish(history.Payload{}, err)
		return
	}
	out, err := e.attempt()
	e.end()
	switch {
	case e.w.ctx.Err() != nil:
		e.delivery.Nak(0)
	case err == nil:
		e.finish(out, nil)
	default:
		e.fail(out, err)
	}
}

// recall reads what an earlier attempt left. First attempts need no look.
func (e *execution) recall() error {
	e.state.Attempt = 1
	if e.delivery.Delivered <= 1 {
		return nil
	}
	data, err := e.w.store.LastHeartbeat(e.w.ctx, e.delivery.Task)
	if errors.Is(err, store.ErrNotFound) {
		e.state.Attempt, e.orphan = e.delivery.Delivered, true
		return nil
	}
	if err != nil {
		return err
	}
	state, err := history.UnmarshalTaskState(data)
	if err != nil {
		return err
	}
	e.state = *state
	// Deliveries count attempts, also those whose worker died; but not those of a task that was queued anew.
	e.state.Attempt = max(state.Attempt+1, e.delivery.Delivered)
	e.orphan = e.delivery.Delivered > state.Attempt+1
	e.last = e.w.registry.errors.Decode(state.LastFailure)
	return nil
}

// settled reports whether nobody waits for this activity any more: its run has ended, or a worker that died before it
// could acknowledge the task has sent or recorded its outcome. Such a task would be attempted for ever if it never
// succeeded again. The run is nudged: that worker may also have died before it published what followed.
func (e *execution) settled() (bool, error) {
	last, err := e.w.store.Last(e.w.ctx, e.task.ID)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if last.RunID != e.task.RunID || last.Close != nil {
		return true, nil
	}
	if !e.orphan {
		return false, nil
	}
	waiting, err := e.w.store.Pending(e.w.ctx, e.task.WorkflowQueue, e.task.ID)
	if err != nil || outcomes(waiting)[e.task.Op] {
		return err == nil, err
	}
	return e.recorded()
}

// recorded reports whether the journal has the activity's outcome. A history that cannot be read is no reason to
// leave the activity.
func (e *execution) recorded() (bool, error) {
	run, err := journal.Read(e.w.ctx, e.w.store, e.w.chain, e.task.ID, e.task.RunID)
	var corrupt *journal.CorruptError
	if errors.As(err, &corrupt) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, event := range run.Events() {
		if done, ok := event.Body.(*history.ActivityCompleted); ok && done.Op == e.task.Op {
			return true, nil
		}
	}
	return false, nil
}

// tooLate ends an activity that may not be attempted any more.
func (e *execution) tooLate() error {
	p, age := e.task.Policy, time.Since(e.task.Scheduled)
	switch {
	case p.Attempts > 0 && e.state.Attempt > p.Attempts:
		return e.timeout(codec.Heartbeat, 0, e.last) // its worker died in the last attempt it had
	case p.ScheduleToClose > 0 && age >= p.ScheduleToClose:
		return e.outOfTime(e.last)
	case p.ScheduleToStart > 0 && e.state.Attempt == 1 && age >= p.ScheduleToStart:
		return e.timeout(codec.ScheduleToStart, p.ScheduleToStart, e.last)
	}
	return nil
}

// attempt runs the author's function once.
func (e *execution) attempt() (history.Payload, error) {
	in := e.task.Input
	if err := e.w.chain.Open(e.w.ctx, &in); err != nil {
		return history.Payload{}, err
	}
	ctx := e.w.ctx
	if limit := e.task.Policy.ScheduleToClose; limit > 0 {
		var release context.CancelFunc
		ctx, release = context.WithDeadlineCause(ctx, e.task.Scheduled.Add(limit), e.outOfTime(e.last))
		defer release()
	}
	t := newAttempt(ctx, Info{
		ID: e.task.ID, RunID: e.task.RunID, WorkflowType: e.task.WorkflowType, Activity: e.task.Name,
		Attempt: e.state.Attempt, IdempotencyKey: e.task.IdempotencyKey(), Scheduled: e.task.Scheduled,
	}, e.task.Policy)
	defer t.cancel(nil)
	t.heartbeat = e.state.Heartbeat
	t.beat = e.throttledBeat()
	e.state.Started, e.state.NextRetry, e.state.Worker = time.Now(), time.Time{}, e.w.opt.ID
	e.w.track(t, true)
	defer e.w.track(t, false)
	return t.run(e.handler, in)
}

// track makes an attempt known to those who ask for it.
func (w *Worker) track(t *attempt, running bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if running {
		w.attempts[t.IdempotencyKey] = t
	} else {
		delete(w.attempts, t.IdempotencyKey)
	}
}

// beatEvery is the least time between two heartbeats that are stored.
const beatEvery = 500 * time.Millisecond

// throttledBeat stores the newest details of heartbeats, not more often than beatEvery. Details that came in between
// are stored with the attempt's failure. The store is not waited for under the lock that an attempt's end needs.
func (e *execution) throttledBeat() func(history.Payload) {
	var stored time.Time
	due := func(details history.Payload) bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.ended {
			return false // the attempt was given up and does not know it yet
		}
		e.state.Heartbeat = details
		if time.Since(stored) < beatEvery {
			return false
		}
		stored = time.Now()
		return true
	}
	return func(details history.Payload) {
		if !due(details) {
			return
		}
		if err := e.remember(); err != nil {
			e.w.log.Warn("heartbeat not stored", "workflow", e.task.ID, "operation", e.delivery.Op, "error", err)
		}
	}
}

// end closes the ears for heartbeats: a function that was left behind may still send some.
func (e *execution) end() {
	e.mu.Lock()
	e.ended = true
	e.mu.Unlock()
}

// remember stores what the next attempt, or a person, wants to know. What is stored last is the newest.
func (e *execution) remember() error {
	select {
	case e.pen <- struct{}{}:
		defer func() { <-e.pen }()
	case <-e.w.ctx.Done():
		return e.w.ctx.Err()
	}
	e.mu.Lock()
	data := e.state.Marshal()
	e.mu.Unlock()
	return e.w.store.RecordHeartbeat(e.w.ctx, e.delivery.Task, data)
}

// fail has the activity tried again, if it may be.
func (e *execution) fail(out history.Payload, err error) {
	if e.expired(err) {
		e.finish(out, e.outOfTime(e.last))
		return
	}
	delay, again := retryable(e.handler, e.task.Policy, e.state.Attempt, err)
	if !again || errors.Is(err, context.Canceled) {
		e.finish(out, err)
		return
	}
	if limit := e.task.Policy.ScheduleToClose; limit > 0 && time.Since(e.task.Scheduled)+delay >= limit {
		e.finish(out, e.outOfTime(err))
		return
	}
	e.w.log.Info("activity failed; it is tried again", "workflow", e.task.ID, "activity", e.task.Name, "attempt", e.state.Attempt, "after", delay, "error", err)
	e.mu.Lock() // a function that was left behind may still be storing a heartbeat
	e.state.LastFailure, e.state.NextRetry = e.w.registry.errors.Encode(err), time.Now().Add(delay)
	e.mu.Unlock()
	if err := e.remember(); err != nil {
		e.w.log.Warn("failed attempt not noted", "workflow", e.task.ID, "operation", e.delivery.Op, "error", err)
	}
	e.delivery.Nak(delay)
}

// expired reports whether an attempt was ended because the activity's whole time had passed. By then both the attempt's
// own deadline and the owner of the run end it, and chance says which of the two errors the function returns.
func (e *execution) expired(err error) bool {
	limit := e.task.Policy.ScheduleToClose
	ended := errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return limit > 0 && ended && time.Since(e.task.Scheduled) >= limit
}

// outOfTime is the error of an activity whose whole time has passed, or would have before its next attempt.
func (e *execution) outOfTime(last error) error {
	return e.timeout(codec.ScheduleToClose, e.task.Policy.ScheduleToClose, last)
}

func (e *execution) timeout(kind codec.TimeoutKind, limit time.Duration, last error) error {
	return &codec.TimeoutError{Kind: kind, Activity: e.task.Name, Limit: limit, Last: last}
}

// giveBack leaves the task to a later delivery, because the store did not answer.
func (e *execution) giveBack(err error) {
	e.w.log.Warn("task put back", "workflow", e.task.ID, "operation", e.delivery.Op, "error", err)
	e.delivery.Nak(time.Second)
}

// finish brings the outcome to the workflow and takes the task out of the queue: by hand if this worker has the run,
// through the inbox otherwise.
func (e *execution) finish(out history.Payload, err error) {
	ctx := e.w.ctx
	if sealErr := e.w.chain.Seal(ctx, journal.Owner(e.task.ID, e.task.RunID), &out); sealErr != nil {
		out, err = history.Payload{}, errors.Join(err, sealErr)
	}
	msg := &history.Message{RunID: e.task.RunID, Completed: &history.ActivityCompleted{Op: e.task.Op, Outcome: history.Outcome{
		Result: out, Failure: e.w.registry.errors.Encode(err), Attempts: e.state.Attempt, Worker: e.w.opt.ID,
	}}}
	if e.w.hand(e.task.ID, e.task.RunID, msg.Completed) {
		e.delivery.Ack()
		return
	}
	dedup := e.task.IdempotencyKey() + "/done"
	retry := backoff.Doubling(50*time.Millisecond, 5*time.Second)
	for attempts := 1; ; attempts++ {
		sendErr := e.w.store.Send(ctx, store.Message{Queue: e.task.WorkflowQueue, ID: e.task.ID, DedupID: dedup, Data: msg.Marshal()})
		if sendErr == nil {
			e.delivery.Ack()
			return
		}
		if ctx.Err() != nil {
			e.delivery.Nak(0)
			return
		}
		e.w.log.Warn("outcome not sent; trying again", "workflow", e.task.ID, "operation", e.delivery.Op, "error", sendErr)
		retry.Wait(ctx, attempts)
	}
}
