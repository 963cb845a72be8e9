// This file is the activity operation: its task, its deadlines and its cancellation.

package workflow

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

var activityKind = kind{
	recorded: func(r *run, e history.Event) effect {
		if op, ok := r.x.Find(e.Body.Details().Op.ID()); ok {
			r.local.limits.add(op.ID, activityLimits(r, op))
		}
		return r.enqueue(e.Time, e.Body.(*history.ActivityScheduled))
	},
	missing: taskMissing,
	again: func(r *run, op replay.Open) effect {
		body := op.Body.(*history.ActivityScheduled)
		if op.Cancelled {
			r.cancelActivity(body)
			return nil
		}
		return r.enqueue(op.Scheduled, body)
	},
	limits: activityLimits,
	abandon: func(r *run, op replay.Open) {
		r.abandonActivity(op.Body.(*history.ActivityScheduled))
	},
}

// enqueue enqueues the task of an activity.
func (r *run) enqueue(scheduled time.Time, body *history.ActivityScheduled) effect {
	return func(ctx context.Context) error {
		task, err := r.task(ctx, scheduled, body)
		if err != nil {
			return err
		}
		return r.worker.Store.EnqueueTask(ctx, task)
	}
}

// task returns the task of an activity, with its input sealed.
func (r *run) task(ctx context.Context, scheduled time.Time, body *history.ActivityScheduled) (store.Task, error) {
	input := body.Input
	if err := r.worker.Chain.Seal(ctx, journal.ObjectPrefix(r.id, r.runID), &input); err != nil {
		return store.Task{}, err
	}
	msg := &history.Task{
		ID: r.id, RunID: r.runID, WorkflowType: r.started.Type, WorkflowQueue: r.queue,
		Op: body.Op.ID(), Name: body.Name, Tag: body.Tag, Input: input, Policy: body.Policy, Scheduled: scheduled,
	}
	task := r.activityRef(body).Task()
	task.Data = msg.Marshal()
	return task, nil
}

func (r *run) activityRef(body *history.ActivityScheduled) activity.Ref {
	return activity.Ref{Queue: body.Queue, ID: r.id, RunID: r.runID, Op: body.Op.ID()}
}

// taskMissing reports whether the task of an activity is not in its queue, or nothing cancels it although it is cancelled.
func taskMissing(ctx context.Context, r *run, op replay.Open) (bool, error) {
	if op.Cancelled {
		return r.local.cancels[op.ID] == nil, nil
	}
	queued, err := r.worker.Store.TaskQueued(ctx, r.activityRef(op.Body.(*history.ActivityScheduled)).Task())
	return !queued, err
}

// cancelOperation passes a cancellation on to the worker that runs an activity, step or request.
func cancelOperation(r *run, e history.Event) effect {
	id := e.Body.(*history.ActivityCancelRequested).Op
	if step, ok := r.local.steps[id]; ok {
		step.Cancel(context.Canceled)
		return nil
	}
	op, _ := r.x.Find(id)
	switch body := op.Body.(type) {
	case *history.ActivityScheduled:
		r.cancelActivity(body)
	case *history.RequestScheduled:
		r.requests.cancel(requestKey{r.runID, id}, context.Canceled)
	}
	return nil
}

// cancelActivity has the worker that runs an activity cancel its context, and repeats that until the outcome arrives. If
// no worker runs the activity, its task is taken out of the queue and the activity ends as cancelled.
func (r *run) cancelActivity(body *history.ActivityScheduled) {
	ref := r.activityRef(body)
	if r.local.cancels[ref.Op] != nil {
		return
	}
	ctx, stop := context.WithCancel(r.worker.Context())
	r.local.cancels[ref.Op] = stop
	go func() {
		if r.tasks.CancelUntilGone(ctx, ref) {
			r.failActivity(ref, context.Canceled)
		}
	}()
}

// abandonActivity cancels an activity that the run does not wait for any more. It tries once: a task that stays is run in
// vain, and its outcome is ignored.
func (r *run) abandonActivity(body *history.ActivityScheduled) {
	ref := r.activityRef(body)
	r.worker.Go(func() { r.tasks.Cancel(r.worker.Context(), ref) })
}

// failActivity posts the outcome of an activity that no worker runs. It may be called from any goroutine.
func (r *run) failActivity(ref activity.Ref, err error) {
	r.post(message{outcome: &outcome{runID: ref.RunID, op: ref.Op, event: r.activityFailed(ref, err)}})
}

func (r *run) activityFailed(ref activity.Ref, err error) *history.ActivityCompleted {
	return &history.ActivityCompleted{Op: ref.Op, Outcome: history.Outcome{Failure: r.worker.Handlers.Errors.Encode(err), Worker: r.worker.ID}}
}

// activityLimits are the limits that the owner of the run watches. The worker that runs an attempt watches the others.
func activityLimits(r *run, op replay.Open) (limits []due) {
	body := op.Body.(*history.ActivityScheduled)
	if limit := body.Policy.ScheduleToClose; limit > 0 {
		limits = append(limits, due{at: op.Scheduled.Add(limit), event: func() history.Body { return r.timedOut(body, limit) }})
	}
	if limit := body.Policy.ScheduleToStart; limit > 0 {
		limits = append(limits, due{at: op.Scheduled.Add(limit), check: func() { r.checkStarted(body, limit) }})
	}
	return limits
}

// timedOut is the outcome of an activity whose schedule-to-close limit has passed.
func (r *run) timedOut(body *history.ActivityScheduled, limit time.Duration) history.Body {
	r.abandonActivity(body)
	ref := r.activityRef(body)
	last := r.tasks.LastFailure(r.worker.Context(), ref)
	return r.activityFailed(ref, &failures.TimeoutError{Kind: failures.ScheduleToClose, Activity: body.Name, Limit: limit, Last: last})
}

// checkStarted checks, when the schedule-to-start limit of an activity has passed, whether a worker has started it. If
// not, it fails the activity.
func (r *run) checkStarted(body *history.ActivityScheduled, limit time.Duration) {
	ref := r.activityRef(body)
	r.worker.Go(func() {
		if r.tasks.DropUnlessStarted(r.worker.Context(), ref) {
			r.failActivity(ref, &failures.TimeoutError{Kind: failures.ScheduleToStart, Activity: body.Name, Limit: limit})
		}
	})
}
