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
)

// This file carries out what follows from a record once it is stored. Everything in it can be done twice.

// consequences publishes what follows from the events of a stored record, and returns when it is stored as well.
func (a *actor) consequences(ctx context.Context, events []history.Event) error {
	var effects []func() error
	for _, e := range events {
		switch body := e.Body.(type) {
		case *history.RunStarted:
			effects = append(effects, func() error { return a.putEntry(ctx, history.StatusRunning, nil, e.Time) })
		case *history.ActivityScheduled:
			effects = append(effects, func() error { return a.putTask(ctx, e.Time, body) })
		case *history.ActivityCancelRequested:
			a.cancelOp(body.Op)
		case *history.StepScheduled:
			// Its payload is sealed in the record; the run in memory has it open.
			a.startStep(a.opened(body), false)
		}
	}
	closing := events[len(events)-1]
	if history.StatusOf(closing.Body).Closed() {
		effects = a.closing(ctx, closing)
	}
	return parallel(effects)
}

// closing ends the run in memory and says everywhere that it has ended.
func (a *actor) closing(ctx context.Context, closing history.Event) []func() error {
	if a.x != nil {
		for _, op := range a.x.Open() {
			if body, ok := op.Body.(*history.ActivityScheduled); ok {
				a.abandonActivity(body)
			}
		}
	}
	a.halt(context.Canceled)
	a.stopClock()
	a.announce(closing)
	return []func() error{func() error {
		if err := a.putEntry(ctx, history.StatusOf(closing.Body), closing.Body, closing.Time); err != nil {
			return err
		}
		return a.clearDurable(ctx)
	}}
}

// parallel runs effects side by side: each waits for a store of its own.
func parallel(effects []func() error) error {
	if len(effects) == 1 {
		return effects[0]()
	}
	errs := make([]error, len(effects))
	var wg sync.WaitGroup
	for i, effect := range effects {
		wg.Go(func() { errs[i] = effect() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// opened finds the body of a step as the run in memory has it.
func (a *actor) opened(body *history.StepScheduled) *history.StepScheduled {
	op, _ := a.x.Find(body.Op.ID())
	if step, ok := op.Body.(*history.StepScheduled); ok {
		return step
	}
	return body
}

// task makes the message that asks for an activity.
func (a *actor) task(ctx context.Context, scheduled time.Time, body *history.ActivityScheduled) (store.Task, error) {
	input := body.Input
	if err := a.w.chain.Seal(ctx, journal.Owner(a.id, a.runID), &input); err != nil {
		return store.Task{}, err
	}
	msg := &history.Task{
		ID: a.id, RunID: a.runID, WorkflowType: a.started.Type, WorkflowQueue: a.queue,
		Op: body.Op.ID(), Name: body.Name, Tag: body.Tag, Input: input, Policy: body.Policy, Scheduled: scheduled,
	}
	return store.Task{Queue: body.Queue, ID: a.id, RunID: a.runID, Op: body.Op.ID().String(), Data: msg.Marshal()}, nil
}

func (a *actor) putTask(ctx context.Context, scheduled time.Time, body *history.ActivityScheduled) error {
	task, err := a.task(ctx, scheduled, body)
	if err != nil {
		return err
	}
	return a.w.store.EnqueueTask(ctx, task)
}

// cancelOp passes a cancellation on to whoever runs an operation.
func (a *actor) cancelOp(id history.OpID) {
	if step, ok := a.steps[id]; ok {
		step.cancel(context.Canceled)
		return
	}
	op, _ := a.x.Find(id)
	if body, ok := op.Body.(*history.ActivityScheduled); ok {
		a.cancelActivity(id, body)
	}
}

// askEvery is how often a running activity is told again that it is cancelled: a message on the bus may be lost.
const askEvery = 2 * time.Second

// cancelActivity tells the worker that runs an activity to cancel its context, until the outcome arrives. If no
// worker runs it, it is taken out of its queue and ends as cancelled.
func (a *actor) cancelActivity(id history.OpID, body *history.ActivityScheduled) {
	if a.cancels[id] != nil {
		return
	}
	ctx, stop := context.WithCancel(a.w.ctx)
	a.cancels[id] = stop
	task, ref := a.taskRef(body)
	go func() {
		for ctx.Err() == nil {
			if a.w.cancelTask(ctx, task, ref) {
				a.w.post(a, mail{failed: &activityFailed{id, context.Canceled}})
				return
			}
			backoff.Sleep(ctx, askEvery)
		}
	}()
}

// abandonActivity gets rid of an activity whose run has ended. It is tried once: a task that stays runs for nothing,
// and its outcome finds no run.
func (a *actor) abandonActivity(body *history.ActivityScheduled) {
	task, ref := a.taskRef(body)
	a.w.busyGo(func() { a.w.cancelTask(a.w.ctx, task, ref) })
}

func (a *actor) taskRef(body *history.ActivityScheduled) (store.Task, *history.TaskRef) {
	op := body.Op.ID()
	return store.Task{Queue: body.Queue, ID: a.id, RunID: a.runID, Op: op.String()}, &history.TaskRef{RunID: a.runID, Op: op, Cancel: true}
}

// cancelTask cancels the running attempt at a task. If there is none it takes the task out of its queue and reports
// true.
func (w *Worker) cancelTask(ctx context.Context, task store.Task, ref *history.TaskRef) (gone bool) {
	running, err := w.askWorkers(ctx, task.Queue, ref)
	if err == nil && !running {
		err = w.store.DropTask(ctx, task)
	}
	if err != nil && ctx.Err() == nil {
		w.log.Warn("cannot pass on a cancellation", "workflow", task.ID, "operation", task.Op, "error", err)
	}
	return err == nil && !running
}

// askWorkers sends ref to the workers of an activity queue and reports whether one of them runs the task.
func (w *Worker) askWorkers(ctx context.Context, queue string, ref *history.TaskRef) (bool, error) {
	return w.ask(ctx, taskTopic(queue), ref)
}

// ask sends ref to the workers that listen on a topic and reports whether one of them has it.
func (w *Worker) ask(ctx context.Context, topic string, ref *history.TaskRef) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askPatience)
	defer cancel()
	_, err := w.store.Request(ctx, topic, ref.Marshal())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// askPatience is how long workers have to say that they run a task. One that says nothing has lost it.
const askPatience = 300 * time.Millisecond

func taskTopic(queue string) string { return "task." + queue }

// busyGo runs fn beside the turns; the worker waits for it before it stops.
func (w *Worker) busyGo(fn func()) {
	if w.begin() {
		go func() { defer w.busy.Done(); fn() }()
	}
}

// announce tells clients that wait for the run's result. Those who miss it find the entry in the registry.
func (a *actor) announce(closing history.Event) {
	info := a.info(history.StatusOf(closing.Body), closing.Body, closing.Time)
	if err := a.w.store.Publish(journal.ClosedTopic(a.id), info.Marshal()); err != nil {
		a.w.log.Debug("end of run not announced", "workflow", a.id, "error", err)
	}
}
