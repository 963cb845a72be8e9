// This file is one turn of a run: it applies what has arrived to the workflow's code, and collects the record of it.

package workflow

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
)

// turn is a record in the making: what has arrived, and what the code commands because of it.
type turn struct {
	run       *run // the newest one: a start replaces it
	messages  messages
	supervise supervisor
	visible   *visible               // what visibility had, if the turn has read it
	signal    *history.SignalRequest // taken, and not yet applied
	events    []history.Event
	consumed  []store.Seq
}

// take applies a message, unless it has been applied before.
func (t *turn) take(ctx context.Context, m message) error {
	in := m.inbox()
	if t.signal != nil && !isSignal(in) {
		if err := t.handSignal(ctx, false); err != nil {
			return err
		}
	}
	if err := t.continueAsNew(ctx); err != nil {
		return err
	}
	switch {
	case m.stack != nil:
		m.stack.reply(t.run.stack(m.stack.runID))
	case m.outcome != nil:
		return t.takeOutcome(ctx, m.outcome)
	case m.delivery != nil && m.delivery.Timer:
		t.run.alarm.forget(time.Now())
	case in != nil:
		return t.takeInbox(ctx, in)
	}
	return nil
}

// takeInbox applies a message of the inbox.
func (t *turn) takeInbox(ctx context.Context, in *store.Pending) error {
	if t.run.inbox.consumed[in.Seq] || slices.Contains(t.consumed, in.Seq) {
		return nil
	}
	if in.Start {
		return t.takeStart(ctx, in)
	}
	t.consumed = append(t.consumed, in.Seq)
	msg, err := incoming.Message(*in)
	if err != nil {
		t.setAside(in, err)
		return nil
	}
	if !t.run.loaded() || !t.run.isFor(msg) {
		t.missed(msg) // for a run that has closed
		return nil
	}
	switch {
	case msg.Signal != nil:
		return t.takeSignal(ctx, in, msg.Signal)
	case msg.Completed != nil && t.run.isFunction(msg.Completed.Op):
		return t.complete(ctx, msg.Completed.Op, t.run.completed(msg.Completed))
	case msg.Child != nil && waits[*history.ChildScheduled](t.run, msg.Child.Op):
		return t.complete(ctx, msg.Child.Op, msg.Child)
	case msg.Request != nil && waits[*history.RequestScheduled](t.run, msg.Request.Op):
		return t.complete(ctx, msg.Request.Op, msg.Request)
	case msg.Cancel != nil:
		if !t.run.x.Cancelled() {
			requested := &history.CancelRequested{Reason: msg.Cancel.Reason, Sealed: msg.Cancel.Sealed}
			return t.applyRequest(ctx, requested, &history.CancelRequested{Reason: unreadable})
		}
	case msg.Terminate != nil:
		terminated := &history.RunTerminated{Reason: msg.Terminate.Reason, Sealed: msg.Terminate.Sealed}
		return t.applyRequest(ctx, terminated, &history.RunTerminated{Reason: unreadable})
	case msg.Wake != nil:
		return t.repair(ctx)
	}
	return nil
}

// unreadable is the reason of a request whose own reason cannot be decoded.
const unreadable = "(a reason that the worker cannot decode: give it the transforms of the client)"

// applyRequest applies what a client has requested. If its reason cannot be decoded, it applies instead, because a reason must
// not park the run.
func (t *turn) applyRequest(ctx context.Context, requested, instead history.Body) error {
	if _, err := journal.Open(ctx, t.run.worker.Chain, []history.Event{{Body: requested}}); err != nil && parks(err) {
		requested = instead
	}
	return t.apply(ctx, requested)
}

// setAside leaves out a message that is not one: it must neither park the run nor keep the id from being used. The message is
// acknowledged with the others of the turn.
func (t *turn) setAside(in *store.Pending, why error) {
	t.run.worker.Log.Warn("dropped a message that is not one of Pawl's, or that a newer version sent: update workers before clients",
		"workflow", t.run.id, "queue", t.run.queue, "seq", in.Seq, "start", in.Start, "bytes", len(in.Data), "error", why)
}

// takeOutcome applies an outcome from this worker. Its run may have closed, or moved on in another worker, since.
func (t *turn) takeOutcome(ctx context.Context, o *outcome) error {
	o.applied = o.runID == t.run.runID && t.run.isOpen(o.op)
	if o.runID != t.run.runID {
		t.run.forgetKept(stepRef{o.runID, o.op})
		return nil
	}
	return t.complete(ctx, o.op, o.event)
}

// complete applies the event with the outcome of an operation, unless it has one.
func (t *turn) complete(ctx context.Context, op history.OpID, event history.Body) error {
	if stop := t.run.local.cancels[op]; stop != nil {
		stop()
		delete(t.run.local.cancels, op)
	}
	if !t.run.isOpen(op) {
		t.run.forgetStep(op)
		return nil
	}
	return t.apply(ctx, event)
}

// repair publishes again what the run waits for and is missing.
func (t *turn) repair(ctx context.Context) error {
	if err := t.run.confirm(ctx); err != nil {
		return err
	}
	waiting, err := t.run.worker.Store.Pending(ctx, t.run.queue, t.run.id)
	if err != nil {
		return err
	}
	known, err := t.run.visible(ctx)
	if err != nil {
		return err
	}
	t.visible = &known
	reported := activity.Reported(waiting)
	t.messages.addReported(reported, t.run.runID)
	return t.run.repair(ctx, reported, known)
}

// takeStart starts a run, unless the id is taken.
func (t *turn) takeStart(ctx context.Context, in *store.Pending) error {
	req, err := incoming.Start(t.run.id, in.Data)
	if err != nil {
		t.consumed = append(t.consumed, in.Seq)
		t.setAside(in, err)
		return nil
	}
	begun, err := t.begun(ctx, req)
	if err != nil {
		return err
	}
	if !begun {
		if err := t.makeRoom(ctx, req); err != nil {
			return err
		}
	}
	t.consumed = append(t.consumed, in.Seq)
	switch {
	case begun: // the request has had its run
	case t.run.loaded():
		t.add(&history.StartRejected{RequestID: req.RequestID, Parent: req.Parent})
	case !t.run.closed.Closed() || req.Reuse.Allows(t.run.closed):
		return t.start(ctx, req, in)
	}
	return nil
}

// begun reports whether an earlier start with the same request has begun a run. Clients look that up, but they may be slow.
func (t *turn) begun(ctx context.Context, req *history.StartRequest) (bool, error) {
	if t.run.exists() && t.run.started.RequestID == req.RequestID {
		return true, nil
	}
	if p := req.Parent; p != nil && t.run.exists() && t.run.started.Parent != nil && *t.run.started.Parent == *p {
		return true, nil // a run that continues the child
	}
	if !req.Named {
		return false, nil
	}
	_, err := t.run.worker.Store.FindRun(ctx, req.ID, history.RequestKey(req.RequestID))
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// makeRoom stores the end of a run that has closed in this turn, or that the start replaces. The record must not take in
// the start: if this worker died before it stored the next run, the start would be lost.
func (t *turn) makeRoom(ctx context.Context, req *history.StartRequest) error {
	if !t.run.loaded() {
		return nil
	}
	if t.run.x.Closed() == nil {
		if req.Conflict != history.ConflictTerminate {
			return nil
		}
		if err := t.apply(ctx, &history.RunTerminated{Reason: "replaced by a new start"}); err != nil {
			return err
		}
	}
	return t.commit(ctx)
}

// start makes a new run and its first event. A run that is to be terminated is closed without running its code.
func (t *turn) start(ctx context.Context, req *history.StartRequest, in *store.Pending) error {
	if request := t.messages.terminationBeforeStart(req.RunID); request != nil {
		t.adopt(req, in)
		t.add(&history.RunTerminated{Reason: request.Reason, Sealed: request.Sealed})
		return t.commit(ctx)
	}
	t.run = t.run.next(req.RunID)
	t.run.started, t.run.startedAt = startedEvent(req), in.Time
	if err := t.run.describeCode(); err != nil {
		return err
	}
	signals, err := t.soundSignals(ctx, in, req.Signals)
	if err != nil {
		return err
	}
	t.run.started.Signals = signals
	if err := t.run.newExecution(); err != nil {
		return err
	}
	err = t.apply(ctx, t.run.started)
	t.run.startedAt = t.run.x.StartTime()
	return err
}

// adopt makes a run that can be closed, for a start whose code is not to be run. The run has begun when the start was sent.
func (t *turn) adopt(req *history.StartRequest, in *store.Pending) {
	t.run = t.run.next(req.RunID)
	t.run.started, t.run.startedAt = startedEvent(req), in.Time.UTC()
	t.events = append(t.events, history.Event{Time: t.run.startedAt, Body: t.run.started})
}

// startedEvent is the first event of a run, as far as the request determines it.
func startedEvent(req *history.StartRequest) *history.RunStarted {
	return &history.RunStarted{
		Type: req.Type, Queue: req.Queue, RequestID: req.RequestID, Input: req.Input,
		Timeout: req.Timeout, Retention: req.Retention, Parent: req.Parent, SchedulerVersion: history.SchedulerVersion,
	}
}

// takeDue applies what is due.
func (t *turn) takeDue(ctx context.Context, now time.Time) error {
	for t.run.loaded() && t.run.x.Closed() == nil {
		next, ok := t.run.nextDue()
		if !ok || next.at.After(now) {
			return nil
		}
		if next.check != nil {
			t.run.local.limits.pop()
			next.check()
			continue
		}
		if err := t.apply(ctx, next.event()); err != nil {
			return err
		}
	}
	return nil
}

// apply gives an event to the run's code, and collects the event and the commands with which the code answers it.
func (t *turn) apply(ctx context.Context, body history.Body) error {
	if !t.run.loaded() || t.run.x.Closed() != nil {
		return nil
	}
	opened, err := journal.Open(ctx, t.run.worker.Chain, []history.Event{{Body: body}})
	if err != nil {
		return err
	}
	in := history.Event{Time: t.run.now(), Body: opened[0].Body}
	var commands []history.Event
	err = t.supervise(t.run, func() (err error) {
		commands, err = t.run.x.Step(in)
		return err
	})
	if err != nil {
		return err
	}
	for _, command := range commands {
		if err := t.run.canRun(command.Body); err != nil {
			return err
		}
	}
	if d := body.Details(); d.Ends {
		t.run.local.limits.remove(d.Op.ID())
	}
	t.events = append(t.events, history.Event{Time: in.Time, Body: body})
	t.events = append(t.events, commands...)
	return nil
}

// add collects an event that the code does not see.
func (t *turn) add(body history.Body) {
	t.events = append(t.events, history.Event{Time: t.run.now(), Body: body})
}

// commit stores what the turn has collected, if that is anything.
func (t *turn) commit(ctx context.Context) error {
	if len(t.events) == 0 {
		return nil
	}
	events, consumed := t.events, t.consumed
	t.events, t.consumed = nil, nil
	return t.run.commit(ctx, events, consumed)
}
