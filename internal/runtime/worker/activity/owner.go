// This file is for the owner of a run: it asks about the run's activities and cancels them, in whatever worker they run.

package activity

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Ref names an activity or step of a run.
type Ref struct {
	Queue string // the activity's task queue; for a step, that of the workflow
	ID    string // workflow id
	RunID string
	Op    history.OpID
}

// Task returns the task of the activity, without data.
func (r Ref) Task() store.Task {
	return store.Task{Queue: r.Queue, ID: r.ID, RunID: r.RunID, Op: r.Op.String()}
}

func taskTopic(queue string) string { return "task." + queue }
func stepTopic(queue string) string { return "step." + queue }

// Cancel cancels the running attempt at an activity. If no attempt runs, it takes the task out of its queue and reports
// true: the activity will have no outcome. It also reports false if the store did not answer.
func (r *Runner) Cancel(ctx context.Context, ref Ref) (gone bool) {
	running, err := r.ask(ctx, taskTopic(ref.Queue), ref, true)
	if err == nil && !running {
		err = r.Store.DropTask(ctx, ref.Task())
	}
	if err != nil && ctx.Err() == nil {
		r.Log.Warn("cannot cancel an activity", "workflow", ref.ID, "operation", ref.Op, "error", err)
	}
	return err == nil && !running
}

// CancelUntilGone repeats Cancel, because a message on the bus may be lost, until ctx ends, and then reports false, or
// until the task is gone.
func (r *Runner) CancelUntilGone(ctx context.Context, ref Ref) (gone bool) {
	for ctx.Err() == nil {
		if r.Cancel(ctx, ref) {
			return true
		}
		backoff.Sleep(ctx, cancelEvery)
	}
	return false
}

// cancelEvery is how often the cancellation of a running attempt is repeated.
const cancelEvery = 2 * time.Second

// DropUnlessStarted takes the task of an activity out of its queue, and reports true, unless an attempt runs or has run.
func (r *Runner) DropUnlessStarted(ctx context.Context, ref Ref) bool {
	if r.started(ctx, ref) {
		return false
	}
	if err := r.Store.DropTask(ctx, ref.Task()); err != nil {
		r.Log.Warn("cannot take a task out of its queue", "workflow", ref.ID, "operation", ref.Op, "error", err)
	}
	return true
}

// started reports whether an attempt at an activity runs or has run. If in doubt, it reports true.
func (r *Runner) started(ctx context.Context, ref Ref) bool {
	if running, err := r.ask(ctx, taskTopic(ref.Queue), ref, false); running || err != nil {
		return true
	}
	if state := r.state(ctx, ref); state != nil && state.Attempt > 0 {
		return true // it waits for its next attempt
	}
	queued, err := r.Store.TaskQueued(ctx, ref.Task())
	return err != nil || !queued // if it has left the queue, its outcome is in the inbox
}

// LastFailure returns the error of the last attempt at an activity, or nil if none is stored.
func (r *Runner) LastFailure(ctx context.Context, ref Ref) error {
	state := r.state(ctx, ref)
	if state == nil {
		return nil
	}
	if err := history.EditPayloads(state, func(p *history.Payload) error { return r.Chain.Open(ctx, p) }); err != nil {
		return nil
	}
	return r.Handlers.Errors.Decode(state.LastFailure)
}

// state returns the stored state of an activity, or nil.
func (r *Runner) state(ctx context.Context, ref Ref) *history.TaskState {
	data, _, err := r.Store.TaskState(ctx, ref.Task())
	if err != nil {
		return nil
	}
	state, err := history.UnmarshalTaskState(data)
	if err != nil {
		return nil
	}
	return state
}

// StepRuns reports whether a step runs in some worker.
func (r *Runner) StepRuns(ctx context.Context, ref Ref) (bool, error) {
	return r.ask(ctx, stepTopic(ref.Queue), ref, false)
}

// AnswerTime is how long workers have to answer a question on the bus. A worker that does not answer in time counts as
// one that does not have what it was asked for.
const AnswerTime = 300 * time.Millisecond

// ask asks the workers that listen on a topic whether one of them runs an activity or step, which that worker cancels
// if cancel is set.
func (r *Runner) ask(ctx context.Context, topic string, ref Ref, cancel bool) (running bool, err error) {
	ctx, done := context.WithTimeout(ctx, AnswerTime)
	defer done()
	msg := &history.TaskRef{RunID: ref.RunID, Op: ref.Op, Cancel: cancel}
	_, err = r.Store.Request(ctx, topic, msg.Marshal())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, nil
	case errors.Is(err, context.DeadlineExceeded): // the question may not have been sent
		return false, fmt.Errorf("ask other workers: %w", store.ErrUnavailable)
	}
	return err == nil, err
}
