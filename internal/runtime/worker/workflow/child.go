// This file is the child operation, on the side of the parent: the start of a child, its cancellation, and what becomes of it when
// the parent closes.
//
// A child is a run like any other. Its start is a message in its own inbox, its first event names the call that has started it, and
// its worker sends its outcome to the inbox of the parent before anything lets the store forget the child. So a parent that
// finds neither a start, nor a run, nor an outcome of a child can start it, and it does not start twice.

package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

var childKind = kind{
	recorded: func(r *run, e history.Event) effect {
		body := e.Body.(*history.ChildScheduled)
		id := body.Op.ID()
		op, _ := r.x.Find(id)
		r.local.starting[id] = true
		return func(ctx context.Context) error {
			if err := r.startChild(ctx, body); err != nil || !op.Cancelled {
				return err
			}
			return r.cancelChild(ctx, body)
		}
	},
	missing: childMissing,
	again: func(r *run, op replay.Open) effect {
		return func(ctx context.Context) error { return r.recallChild(ctx, op) }
	},
}

// childCancelRequested passes a cancellation on to a child. If the child was scheduled in the same record, the effect of that does it,
// after the start.
func childCancelRequested(r *run, e history.Event) effect {
	id := e.Body.(*history.ChildCancelRequested).Op
	op, _ := r.x.Find(id)
	body, ok := op.Body.(*history.ChildScheduled)
	if !ok || r.local.starting[id] {
		return nil
	}
	return func(ctx context.Context) error { return r.cancelChild(ctx, body) }
}

// childRetention is how long a closed child is kept at least. One that closes in its first record is kept from then on, perhaps
// before its parent has been told.
const childRetention = time.Hour

// startRequest returns the start of a child, as a message.
func (r *run) startRequest(ctx context.Context, body *history.ChildScheduled) (store.Message, error) {
	input := body.Input
	if err := r.worker.Chain.Open(ctx, &input); err != nil {
		return store.Message{}, fmt.Errorf("input of child workflow %s: %w", body.Type, err)
	}
	if err := r.worker.Chain.Seal(ctx, journal.ObjectPrefix(body.ID, body.RunID), &input); err != nil {
		return store.Message{}, fmt.Errorf("input of child workflow %s: %w", body.Type, err)
	}
	req := &history.StartRequest{
		Type: body.Type, Queue: body.Queue, ID: body.ID, RunID: body.RunID, RequestID: body.Request(r.runID), Input: input,
		Retention: max(r.started.Retention, childRetention), Named: body.Named,
		Parent: r.callOf(body),
	}
	return store.Message{Queue: body.Queue, ID: body.ID, DedupID: "start/" + body.RunID, Data: req.Marshal()}, nil
}

// idTakenWait is how long a start waits for the end of another run of its id, which is being stored.
const idTakenWait = 3 * time.Second

// startChild sends the start of a child. If the id is taken, the call ends with an error.
func (r *run) startChild(ctx context.Context, body *history.ChildScheduled) error {
	msg, err := r.startRequest(ctx, body)
	if err != nil {
		return err
	}
	for giveUp := time.Now().Add(idTakenWait); ; {
		err := r.worker.Store.SendStart(ctx, msg)
		var pending *store.PendingStartError
		if !errors.As(err, &pending) {
			return err
		}
		other, err := incoming.Start(body.ID, pending.Data)
		switch {
		case err == nil && other.RunID == body.RunID:
			return nil
		case err == nil:
			last, err := r.worker.Store.Last(ctx, body.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			closed := err == nil && history.FirstRunID(last.RunID) == other.RunID && last.Close != nil && !last.Close.Held
			if !closed || time.Now().After(giveUp) {
				taken := &failures.AlreadyStartedError{ID: body.ID, RunID: other.RunID, Status: history.StatusRunning}
				return r.endCall(ctx, r.callOf(body), history.Outcome{Failure: r.worker.Handlers.Errors.Encode(taken)})
			}
		}
		backoff.Sleep(ctx, 20*time.Millisecond)
	}
}

// callOf is the call of a child, as the child knows it.
func (r *run) callOf(body *history.ChildScheduled) *history.Parent {
	return &history.Parent{ID: r.id, RunID: r.runID, Queue: r.queue, Op: body.Op.ID()}
}

// cancelChild asks a child to cancel its context. A second request has no effect.
func (r *run) cancelChild(ctx context.Context, body *history.ChildScheduled) error {
	reason := fmt.Sprintf("cancelled by its parent, workflow %q", r.id)
	return r.tellChild(ctx, body, "cancel", &history.Message{Cancel: &history.CancelRequest{Reason: reason}})
}

// terminateChild closes a child without involving its code.
func (r *run) terminateChild(ctx context.Context, body *history.ChildScheduled) error {
	reason := fmt.Sprintf("its parent, workflow %q, has closed", r.id)
	return r.tellChild(ctx, body, "terminate", &history.Message{Terminate: &history.TerminateRequest{Reason: reason}})
}

func (r *run) tellChild(ctx context.Context, body *history.ChildScheduled, what string, msg *history.Message) error {
	msg.RunID = body.RunID
	return r.worker.Store.Send(ctx, store.Message{
		Queue: body.Queue, ID: body.ID, DedupID: "parent/" + body.RunID + "/" + what, Data: msg.Marshal(),
	})
}

// childMissing reports whether nothing leads to the outcome of a child, or nobody may have told the child that it is cancelled.
func childMissing(ctx context.Context, r *run, op replay.Open) (bool, error) {
	found, err := r.findChild(ctx, op.Body.(*history.ChildScheduled))
	return found != childOpen || op.Cancelled, err
}

// childState is what there is of a child.
type childState int

const (
	childOpen    childState = iota // its start is in the inbox, or its run is open
	childClosed                    // its run has closed
	childUnknown                   // there is nothing
)

// findChild looks for a child. A start leaves the inbox for the journal, so they are looked at in this order, unless the journal
// shows immediately that the child is there, as it usually does.
func (r *run) findChild(ctx context.Context, body *history.ChildScheduled) (childState, error) {
	state, err := r.recordedChild(ctx, body)
	if err != nil || state != childUnknown {
		return state, err
	}
	waiting, err := r.worker.Store.Pending(ctx, body.Queue, body.ID)
	if err != nil {
		return childUnknown, err
	}
	for _, p := range waiting {
		if !p.Start {
			continue
		}
		if req, err := incoming.Start(body.ID, p.Data); err == nil && req.RunID == body.RunID {
			return childOpen, nil
		}
	}
	return r.recordedChild(ctx, body)
}

// recordedChild looks for a child in the journal of its id.
func (r *run) recordedChild(ctx context.Context, body *history.ChildScheduled) (childState, error) {
	last, err := r.worker.Store.Last(ctx, body.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return childUnknown, nil
	case err != nil:
		return childUnknown, err
	case history.FirstRunID(last.RunID) == body.RunID && (last.Close == nil || last.Close.Held):
		return childOpen, nil
	case history.FirstRunID(last.RunID) == body.RunID:
		return childClosed, nil
	}
	_, err = r.worker.Store.FindRun(ctx, body.ID, history.RequestKey(body.Request(r.runID)))
	switch {
	case errors.Is(err, store.ErrNotFound):
		return childUnknown, nil
	case err != nil:
		return childUnknown, err
	}
	return childClosed, nil // another run has the id now
}

// recallChild does again what leads to the outcome of a child.
func (r *run) recallChild(ctx context.Context, op replay.Open) error {
	body := op.Body.(*history.ChildScheduled)
	found, err := r.findChild(ctx, body)
	if err != nil {
		return err
	}
	switch found {
	case childClosed:
		if ended, err := r.fetchOutcome(ctx, body); ended || err != nil {
			return err
		}
	case childUnknown:
		if err := r.startChild(ctx, body); err != nil {
			return err
		}
	}
	if op.Cancelled {
		return r.cancelChild(ctx, body)
	}
	return nil
}

// fetchOutcome reads how a child has ended. Its worker sends that, too, but may not do so before it is started again. It reports false
// if another run continues the child.
func (r *run) fetchOutcome(ctx context.Context, body *history.ChildScheduled) (ended bool, err error) {
	var child *journal.Run
	newest, err := r.worker.Store.FindRun(ctx, body.ID, history.RequestKey(body.Request(r.runID))) // it may have continued as new
	if err == nil {
		child, err = journal.Read(ctx, r.worker.Store, r.worker.Chain, body.ID, newest)
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return true, nil // it has just been forgotten, so it has sent its outcome
	case err != nil:
		return false, err
	}
	o, ok := r.outcomeOf(body.ID, body.RunID, child.Closed())
	if !ok {
		return false, nil
	}
	return true, r.endCall(ctx, r.callOf(body), o)
}
