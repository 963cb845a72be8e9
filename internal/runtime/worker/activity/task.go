// This file does the work on one delivery of a task: one attempt, and what follows from how it ends.

package activity

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// task is the work on one delivery of a task.
type task struct {
	runner   *Runner
	runs     Runs
	delivery store.TaskDelivery
	message  *history.Task
	function function
	progress *progress
	attempt  *attempt
	renewed  *process.Delivery
	forget   func()          // ends the answers that the attempt runs
	input    history.Payload // opened
	last     error           // of an earlier attempt
}

// run makes one attempt, unless the activity needs none, and settles the delivery.
func (t *task) run() {
	t.renewed, t.forget = t.runner.Renew(t.delivery.Settle), func() {}
	defer t.release()
	var undecodable *payloads.DecodeError
	switch next, err := t.prepare(); {
	case errors.As(err, &undecodable):
		t.runner.Log.Error("input of an activity cannot be decoded; another worker may be able to", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		t.nak(unreadableDelay)
	case errors.Is(err, store.ErrStateChanged): // the server had forgotten a delivery, or the worker was suspended
		t.nak(changedDelay)
	case err != nil:
		t.runner.Log.Warn("store did not answer; the task goes back to its queue", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		t.nak(time.Second)
	case next == leave:
		t.nak(store.AckWait)
	case next == drop:
		t.ack()
	case next == giveUp:
		t.finish(t.function.failed(t.expired()))
	default:
		t.runAttempt()
	}
}

// changedDelay is the delay before a task is looked at again that another worker is at work on.
const changedDelay = time.Second

// runAttempt makes the attempt that has been counted.
func (t *task) runAttempt() {
	result := t.call()
	t.progress.end()
	switch {
	case t.runner.Context().Err() != nil:
		t.nak(0)
	case result.failure == nil:
		t.finish(result)
	default:
		t.fail(result)
	}
}

// release ends what goes on while the task is worked on.
func (t *task) release() {
	t.forget()
	t.renewed.Settle()
	t.attempt.cancel(nil)
}

// nak has the task delivered again. The attempt must not be known any more when it is.
func (t *task) nak(delay time.Duration) {
	t.release()
	t.delivery.Nak(delay)
}

// ack takes the task out of its queue, and lets its state expire.
func (t *task) ack() {
	t.delivery.Ack()
	if err := t.progress.close(); err != nil && !errors.Is(err, store.ErrStateChanged) && t.runner.Context().Err() == nil {
		t.runner.Log.Info("the state of an activity with an outcome stays in the store", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
	}
}

// next is what to do with a delivery.
type next int

const (
	begin  next = iota // an attempt
	giveUp             // no further attempt is allowed
	leave              // an attempt is under way
	drop               // no outcome is needed any more
)

// prepare decides what to do with the delivery. If that is to begin an attempt, the attempt has been counted.
func (t *task) prepare() (next, error) {
	limited := t.message.Policy.Attempts > 0
	// A task that was enqueued late may have been enqueued before, and have an outcome. The state of the attempts at it shows
	// that for a while.
	late := t.delivery.Enqueued.Sub(t.message.Scheduled) > store.AckWait ||
		limited && time.Since(t.message.Scheduled) > closedRetention-time.Minute
	again := t.delivery.Delivered > 1
	if again || late {
		if n, err := t.examine(limited, late); n != begin || err != nil {
			return n, err
		}
	}
	if t.expired() != nil {
		return giveUp, nil
	}
	t.input = t.message.Input
	if err := t.runner.Chain.Open(t.runner.Context(), &t.input); err != nil {
		return leave, err
	}
	forget, alone := t.runner.running.addOnly(t.attempt.IdempotencyKey, t.attempt.cancel) // before it is recorded: other workers may ask about it then
	if !alone {
		return leave, nil
	}
	t.forget = forget
	began := time.Now()
	err := t.progress.begin(t.runner.ID, limited || again)
	t.attempt.Attempt = t.progress.state.Attempt
	if err != nil || time.Since(began) < store.AckWait/2 {
		return begin, err
	}
	// The worker was suspended, or cut off. Another one may have taken the attempt for lost.
	settled, err := t.settled(true)
	if settled {
		return drop, err
	}
	return begin, err
}

// examine looks at what is known of the task, because an attempt may have begun, or the activity may have an outcome. doubtful
// says that it may have one although no attempt is recorded.
func (t *task) examine(limited, doubtful bool) (next, error) {
	if err := t.progress.load(); err != nil {
		return leave, err
	}
	if t.progress.revision == 0 && !limited && t.delivery.Delivered > 1 {
		t.progress.state.Attempt = 1 // it is not recorded, and may have begun
	}
	t.last = t.function.errors.Decode(t.progress.state.LastFailure)
	lost := t.progress.lost()
	if lost {
		running, err := t.runner.ask(t.runner.Context(), taskTopic(t.delivery.Queue), t.ref(), false)
		if err != nil || running {
			return leave, err
		}
	}
	settled, err := t.settled(lost || doubtful)
	if err != nil || !settled {
		return begin, err
	}
	// The worker that recorded the outcome may have died before it published what followed.
	return drop, t.runs.Wake(t.runner.Context(), t.message.WorkflowQueue, t.message.ID, t.message.RunID, "settled/"+t.message.IdempotencyKey())
}

func (t *task) ref() Ref {
	return Ref{Queue: t.delivery.Queue, ID: t.message.ID, RunID: t.message.RunID, Op: t.message.Op}
}

// settled reports whether the run does not wait for this activity any more: the run has ended, or a worker that died
// before it acknowledged the task has sent or recorded the outcome. Without this check such a task could be attempted
// forever.
func (t *task) settled(orphaned bool) (bool, error) {
	ctx := t.runner.Context()
	last, err := t.runner.Store.Last(ctx, t.message.ID)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	if last.RunID != t.message.RunID || last.Close != nil {
		return true, nil
	}
	if !orphaned {
		return false, nil
	}
	waiting, err := t.runner.Store.Pending(ctx, t.message.WorkflowQueue, t.message.ID)
	if err != nil || Reported(waiting)[t.message.Op] {
		return err == nil, err
	}
	return t.recorded()
}

// Reported returns the activities, children and requests whose outcomes wait in the inbox.
func Reported(waiting []store.Pending) map[history.OpID]bool {
	reported := map[history.OpID]bool{}
	for _, p := range waiting {
		if p.Start {
			continue
		}
		msg, err := incoming.Message(p)
		switch {
		case err != nil:
		case msg.Completed != nil:
			reported[msg.Completed.Op] = true
		case msg.Child != nil:
			reported[msg.Child.Op] = true
		case msg.Request != nil:
			reported[msg.Request.Op] = true
		}
	}
	return reported
}

// recorded reports whether the journal has the activity's outcome. If the history cannot be decoded, the activity is
// attempted.
func (t *task) recorded() (bool, error) {
	run, err := journal.Read(t.runner.Context(), t.runner.Store, t.runner.Chain, t.message.ID, t.message.RunID)
	var corrupt *journal.CorruptError
	if errors.As(err, &corrupt) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for _, event := range run.Events() {
		if done, ok := event.Body.(*history.ActivityCompleted); ok && done.Op == t.message.Op {
			return true, nil
		}
	}
	return false, nil
}

// expired returns the error of an activity that allows no further attempt.
func (t *task) expired() error {
	p, age := t.message.Policy, time.Since(t.message.Scheduled)
	switch begun := t.progress.state.Attempt; {
	case p.Attempts > 0 && begun >= p.Attempts:
		return &failures.WorkerLostError{Activity: t.message.Name, Attempt: begun, Last: t.last}
	case p.ScheduleToClose > 0 && age >= p.ScheduleToClose:
		return t.outOfTime(t.last)
	case p.ScheduleToStart > 0 && begun == 0 && age >= p.ScheduleToStart:
		return t.timeout(failures.ScheduleToStart, p.ScheduleToStart, t.last)
	}
	return nil
}

// call runs the author's function once.
func (t *task) call() result {
	a := t.attempt
	if limit := t.message.Policy.ScheduleToClose; limit > 0 {
		var release context.CancelFunc
		a.ctx, release = context.WithDeadlineCause(a.ctx, t.message.Scheduled.Add(limit), t.outOfTime(t.last))
		defer release()
	}
	a.previous, a.heartbeat = t.progress.state.Heartbeat, t.heartbeat
	return a.run(t.input)
}

func (t *task) heartbeat(details history.Payload) error {
	err := t.progress.heartbeat(details)
	var refused *payloads.SealError
	if errors.As(err, &refused) {
		return err
	}
	if err != nil {
		t.runner.Log.Warn("heartbeat not stored", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
	}
	return nil
}

// fail retries the activity after its back-off, or finishes it if it may not be retried.
func (t *task) fail(r result) {
	if t.expiredDuring(r) {
		t.finish(t.function.failed(t.outOfTime(t.last)))
		return
	}
	delay, again := t.attempt.retryDelay(r)
	if !again {
		t.finish(r)
		return
	}
	if limit := t.message.Policy.ScheduleToClose; limit > 0 && delay >= limit-time.Since(t.message.Scheduled) {
		t.finish(t.function.failed(t.outOfTime(t.function.errors.Decode(r.failure))))
		return
	}
	stored := t.progress.failed(r.failure, time.Now().Add(delay))
	if errors.Is(stored, store.ErrStateChanged) {
		t.nak(store.AckWait) // this worker was taken for dead, and another one has begun the next attempt
		return
	}
	if stored != nil {
		t.runner.Log.Warn("failure of an attempt not stored", "workflow", t.message.ID, "operation", t.delivery.Op, "error", stored)
	}
	t.runner.Log.Info("activity failed and will be retried", "workflow", t.message.ID, "activity", t.message.Name, "attempt", t.attempt.Attempt, "after", delay, "error", r.failure.Message)
	t.nak(delay)
}

// expiredDuring reports whether an attempt ended because the schedule-to-close limit passed. Both the deadline of the
// attempt and the owner of the run end it then, so the function may return either error.
func (t *task) expiredDuring(r result) bool {
	limit := t.message.Policy.ScheduleToClose
	return limit > 0 && (r.late || r.stopped) && time.Since(t.message.Scheduled) >= limit
}

// outOfTime is the error of an activity whose schedule-to-close limit has passed, or would before its next attempt.
func (t *task) outOfTime(last error) error {
	return t.timeout(failures.ScheduleToClose, t.message.Policy.ScheduleToClose, last)
}

func (t *task) timeout(kind failures.TimeoutKind, limit time.Duration, last error) error {
	return &failures.TimeoutError{Kind: kind, Activity: t.message.Name, Limit: limit, Last: last}
}

// finish brings the outcome to the run and then takes the task out of its queue. If this worker has the run in memory,
// the outcome goes there directly; otherwise it is sent to the inbox.
func (t *task) finish(r result) {
	info := t.attempt.Info
	info.Attempt = t.progress.state.Attempt
	outcome, err := t.runner.outcome(info, r)
	if err != nil {
		t.nak(0)
		return
	}
	completed := &history.ActivityCompleted{Op: t.message.Op, Outcome: outcome}
	if t.runs.RecordOutcome(t.message.ID, t.message.RunID, completed) {
		t.ack()
		return
	}
	ctx := t.runner.Context()
	msg := &history.Message{RunID: t.message.RunID, Completed: completed}
	sent := store.Message{Queue: t.message.WorkflowQueue, ID: t.message.ID, DedupID: t.message.IdempotencyKey() + "/done", Outcome: true, Data: msg.Marshal()}
	for attempts := 1; ; attempts++ {
		err := t.runner.Store.Send(ctx, sent)
		if err == nil {
			t.ack()
			return
		}
		if ctx.Err() != nil {
			t.nak(0)
			return
		}
		t.runner.Log.Warn("outcome not sent; trying again", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		sendRetry.Wait(ctx, attempts)
	}
}
