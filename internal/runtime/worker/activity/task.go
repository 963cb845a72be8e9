// This file does the work on one delivery of a task: one attempt, and what follows from how it ends.

package activity

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// task is the work on one delivery of a task.
type task struct {
	runner   *Runner
	runs     Runs
	delivery store.TaskDelivery
	message  *history.Task
	function function
	progress *progress
	input    history.Payload // opened
	last     error           // of an earlier attempt
}

// run makes one attempt, unless the activity needs none any more, and settles the delivery.
func (t *task) run() {
	needed, err := t.prepare()
	var undecodable *payloads.DecodeError
	switch {
	case errors.As(err, &undecodable):
		t.runner.Log.Error("input of an activity cannot be decoded; another worker may be able to", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		t.delivery.Nak(unreadableDelay)
		return
	case err != nil:
		t.runner.Log.Warn("store did not answer; the task goes back to its queue", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		t.delivery.Nak(time.Second)
		return
	case !needed:
		t.delivery.Ack()
		return
	}
	if err := t.expiredBefore(); err != nil {
		t.finish(t.function.failed(err))
		return
	}
	t.attempt()
}

// prepare loads what earlier attempts left. It reports false if no run needs an outcome of this activity any more.
func (t *task) prepare() (needed bool, err error) {
	orphaned, err := t.progress.load(t.delivery.Delivered)
	if err != nil {
		return false, err
	}
	t.last = t.function.errors.Decode(t.progress.state.LastFailure)
	t.input = t.message.Input
	if err := t.runner.Chain.Open(t.runner.Context(), &t.input); err != nil {
		return false, err
	}
	if t.delivery.Delivered <= 1 {
		return true, nil
	}
	settled, err := t.settled(orphaned)
	if err != nil || !settled {
		return !settled, err
	}
	// The worker that recorded the outcome may have died before it published what followed.
	return false, t.runs.Wake(t.runner.Context(), t.message.WorkflowQueue, t.message.ID, t.message.RunID, "settled/"+t.message.IdempotencyKey())
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

// Reported returns the activities whose outcomes wait in the inbox.
func Reported(waiting []store.Pending) map[history.OpID]bool {
	reported := map[history.OpID]bool{}
	for _, p := range waiting {
		if p.Start {
			continue
		}
		if msg, err := history.UnmarshalMessage(p.Data); err == nil && msg.Completed != nil {
			reported[msg.Completed.Op] = true
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

// expiredBefore returns the error of an activity that allows no further attempt.
func (t *task) expiredBefore() error {
	p, age := t.message.Policy, time.Since(t.message.Scheduled)
	switch attempt := t.progress.state.Attempt; {
	case p.Attempts > 0 && attempt > p.Attempts:
		return &failures.WorkerLostError{Activity: t.message.Name, Attempt: attempt - 1, Last: t.last}
	case p.ScheduleToClose > 0 && age >= p.ScheduleToClose:
		return t.outOfTime(t.last)
	case p.ScheduleToStart > 0 && attempt == 1 && age >= p.ScheduleToStart:
		return t.timeout(failures.ScheduleToStart, p.ScheduleToStart, t.last)
	}
	return nil
}

// info is what the attempt can learn about itself.
func (t *task) info() Info {
	return Info{
		ID: t.message.ID, RunID: t.message.RunID, WorkflowType: t.message.WorkflowType, Activity: t.message.Name,
		Attempt: t.progress.state.Attempt, IdempotencyKey: t.message.IdempotencyKey(), Scheduled: t.message.Scheduled,
	}
}

// attempt makes one attempt, and finishes the activity or returns it to its queue.
func (t *task) attempt() {
	ctx, cancel := context.WithCancelCause(t.runner.Context())
	defer cancel(nil)
	limited := ctx
	if limit := t.message.Policy.ScheduleToClose; limit > 0 {
		var release context.CancelFunc
		limited, release = context.WithDeadlineCause(ctx, t.message.Scheduled.Add(limit), t.outOfTime(t.last))
		defer release()
	}
	a := newAttempt(limited, t.info(), t.message.Policy, t.function)
	a.previous, a.heartbeat = t.progress.state.Heartbeat, t.heartbeat
	t.progress.begin(t.runner.ID)
	defer t.runner.running.add(a.IdempotencyKey, cancel)()
	result := a.run(t.input)
	t.progress.end()
	switch {
	case t.runner.Context().Err() != nil:
		t.delivery.Nak(0)
	case result.failure == nil:
		t.finish(result)
	default:
		t.fail(a, result)
	}
}

func (t *task) heartbeat(details history.Payload) error {
	if err := t.progress.heartbeat(details); err != nil {
		t.runner.Log.Warn("heartbeat not stored", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
	}
	return nil
}

// fail retries the activity after its back-off, or finishes it if it may not be retried.
func (t *task) fail(a *attempt, r result) {
	if t.expiredDuring(a, r) {
		t.finish(t.function.failed(t.outOfTime(t.last)))
		return
	}
	delay, again := a.retryDelay(r)
	if !again {
		t.finish(r)
		return
	}
	if limit := t.message.Policy.ScheduleToClose; limit > 0 && time.Since(t.message.Scheduled)+delay >= limit {
		t.finish(t.function.failed(t.outOfTime(t.function.errors.Decode(r.failure))))
		return
	}
	t.runner.Log.Info("activity failed and will be retried", "workflow", t.message.ID, "activity", t.message.Name, "attempt", a.Attempt, "after", delay, "error", r.failure.Message)
	if err := t.progress.failed(r.failure, time.Now().Add(delay)); err != nil {
		t.runner.Log.Warn("failure of an attempt not stored", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
	}
	t.delivery.Nak(delay)
}

// expiredDuring reports whether an attempt ended because the schedule-to-close limit passed. Both the deadline of the
// attempt and the owner of the run end it then, so the function may return either error.
func (t *task) expiredDuring(a *attempt, r result) bool {
	limit := t.message.Policy.ScheduleToClose
	return limit > 0 && (r.late || r.stopped) && a.ctx.Err() != nil && time.Since(t.message.Scheduled) >= limit
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
	ctx := t.runner.Context()
	outcome, err := t.runner.outcome(t.info(), r)
	if err != nil {
		t.delivery.Nak(0)
		return
	}
	completed := &history.ActivityCompleted{Op: t.message.Op, Outcome: outcome}
	if t.runs.RecordOutcome(t.message.ID, t.message.RunID, completed) {
		t.delivery.Ack()
		return
	}
	msg := &history.Message{RunID: t.message.RunID, Completed: completed}
	sent := store.Message{Queue: t.message.WorkflowQueue, ID: t.message.ID, DedupID: t.message.IdempotencyKey() + "/done", Data: msg.Marshal()}
	for attempts := 1; ; attempts++ {
		err := t.runner.Store.Send(ctx, sent)
		if err == nil {
			t.delivery.Ack()
			return
		}
		if ctx.Err() != nil {
			t.delivery.Nak(0)
			return
		}
		t.runner.Log.Warn("outcome not sent; trying again", "workflow", t.message.ID, "operation", t.delivery.Op, "error", err)
		sendRetry.Wait(ctx, attempts)
	}
}
