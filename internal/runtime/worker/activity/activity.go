// Package activity runs the activities of a worker: the tasks of its queues, and the steps of its runs.
//
// A delivery of a task leads to an attempt (task.go), which is recorded before it begins (progress.go): the server's count of
// deliveries is no number of attempts. The task of an attempt that failed goes back to the queue, which delivers it again
// after the back-off, so retries leave no event. Any other end is an outcome. It goes to the run if this
// worker has it in memory, and to the inbox of its workflow otherwise. Only then is the task acknowledged: if the
// worker dies before, the queue delivers the task to another one.
//
// The owner of a run, in this worker or in another one, asks about its tasks and cancels them over the bus (owner.go).
package activity

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// Runs is what the activity side of a worker asks of its workflow side.
type Runs interface {
	// RecordOutcome gives an outcome to a run if this worker has it in memory. It waits for the run's next record, and
	// reports whether that has the outcome.
	RecordOutcome(id, runID string, outcome *history.ActivityCompleted) bool
	// Wake sends the owner of a run, in whatever worker it is, a message to publish again what is missing. Of several
	// messages with one reason, one is enough.
	Wake(ctx context.Context, queue, id, runID, reason string) error
}

// Runner runs the activities and steps of one worker. Its methods may be called from any goroutine.
type Runner struct {
	*process.Process
	running running
}

// New returns the activity side of a worker.
func New(p *process.Process) *Runner {
	return &Runner{Process: p, running: running{known: map[string]*cancellable{}}}
}

// ReceiveTasks takes tasks of an activity queue until ctx ends, up to slots at a time, and answers questions about them
// as long as the process lives. It returns when tasks flow.
func (r *Runner) ReceiveTasks(ctx context.Context, queue string, slots int, runs Runs) error {
	if err := r.Subscribe(taskTopic(queue), r.running.answer); err != nil {
		return err
	}
	handle := func(d store.TaskDelivery) { r.handle(d, runs) }
	return r.Store.ReceiveTasks(ctx, store.TaskOptions{Queue: queue, Worker: r.ID, Slots: slots, Handler: handle})
}

// AnswerForSteps answers the question of other workers whether a step runs here, as long as the process lives. The
// steps are those of the workflows of a queue.
func (r *Runner) AnswerForSteps(queue string) error {
	return r.Subscribe(stepTopic(queue), r.running.answer)
}

// Delays before a task is delivered again that this worker cannot run.
const (
	unreadableDelay = 30 * time.Second
	noHandlerDelay  = 5 * time.Second
)

// handle makes one attempt at a task and settles its delivery.
func (r *Runner) handle(d store.TaskDelivery, runs Runs) {
	if !r.Begin() {
		d.Nak(0)
		return
	}
	defer r.End()
	message, err := history.UnmarshalTask(d.Data)
	if err != nil {
		r.Log.Error("task cannot be decoded; another worker may be able to", "workflow", d.ID, "operation", d.Op, "error", err)
		d.Nak(unreadableDelay)
		return
	}
	handler := r.Handlers.Activity(message.Name, message.Tag)
	if handler == nil {
		r.reportNoHandler(d, message)
		return
	}
	fn := function{handler, r.Handlers.Errors}
	t := &task{
		runner: r, runs: runs, delivery: d, message: message, function: fn,
		progress: newProgress(r.Context(), r.Store, r.Chain, d.Task),
		attempt: newAttempt(r.Context(), Info{
			ID: message.ID, RunID: message.RunID, WorkflowType: message.WorkflowType, Activity: message.Name,
			IdempotencyKey: message.IdempotencyKey(), Scheduled: message.Scheduled,
		}, message.Policy, fn),
	}
	t.run()
}

// reportNoHandler leaves a task to a worker that has its activity, and stores the reason where people look for it.
func (r *Runner) reportNoHandler(d store.TaskDelivery, message *history.Task) {
	name := message.Name
	if message.Tag != "" {
		name += " (" + message.Tag + ")"
	}
	r.Log.Warn("worker has no handler for an activity of its queue", "activity", name, "queue", d.Queue, "workflow", d.ID)
	p := newProgress(r.Context(), r.Store, r.Chain, d.Task)
	err := p.load()
	if err == nil {
		why := errors.New("worker " + r.ID + " has no activity " + name + ": pass its receiver to PawlRegistration")
		err = p.noHandler(r.ID, r.Handlers.Errors.Encode(why), time.Now().Add(noHandlerDelay))
	}
	if err != nil && !errors.Is(err, store.ErrStateChanged) {
		r.Log.Warn("cannot store that a task has no handler", "workflow", d.ID, "operation", d.Op, "error", err)
	}
	d.Nak(noHandlerDelay)
}
