// This file tells the parent of a run, and its children, what they must know of it when it has closed.

package workflow

import (
	"context"
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// settle tells the parent of a closed run how it ended, the parents of children that it kept from starting that the id was taken, and
// its children that it has closed. events are those of the run, of which the last fresh ones have just been recorded.
func (r *run) settle(ctx context.Context, events []history.Event, fresh int) error {
	effects := append(r.closeChildren(events, fresh), r.refuseChildren(events[len(events)-fresh:])...)
	return parallel(ctx, append(effects, r.reportEnd(events[len(events)-1].Body)...))
}

// settleAgain does what settle does for a closed run whose worker may have died before it did.
func (r *run) settleAgain(ctx context.Context, reported map[history.OpID]bool) error {
	recorded, err := journal.Read(ctx, r.worker.Store, r.worker.Chain, r.id, r.runID)
	if err != nil {
		return err
	}
	events := recorded.Events()
	effects := append(r.refuseChildren(events), r.reportEnd(events[len(events)-1].Body)...)
	for _, child := range history.OpenChildren(events) {
		if child.Close != history.CloseAbandon {
			effects = append(effects, r.closeChild(child))
		} else if !reported[child.Op.ID()] {
			effects = append(effects, func(ctx context.Context) error {
				found, err := r.findChild(ctx, child)
				if err != nil || found != childUnknown {
					return err
				}
				return r.startChild(ctx, child)
			})
		}
	}
	return parallel(ctx, effects)
}

// closeChildren does with the children of a run that has just closed what their policies say. Those that the last record has
// scheduled are not started yet, and are not, unless they are abandoned.
func (r *run) closeChildren(events []history.Event, fresh int) (effects []effect) {
	late := map[history.OpID]bool{}
	for _, child := range history.OpenChildren(events[len(events)-fresh:]) {
		late[child.Op.ID()] = true
	}
	for _, child := range history.OpenChildren(events) {
		switch abandon := child.Close == history.CloseAbandon; {
		case abandon && late[child.Op.ID()]:
			effects = append(effects, func(ctx context.Context) error { return r.startChild(ctx, child) })
		case !abandon && !late[child.Op.ID()]:
			effects = append(effects, r.closeChild(child))
		}
	}
	return effects
}

// closeChild cancels or terminates a child whose parent has closed.
func (r *run) closeChild(child *history.ChildScheduled) effect {
	return func(ctx context.Context) error {
		if child.Close == history.CloseTerminate {
			return r.terminateChild(ctx, child)
		}
		return r.cancelChild(ctx, child)
	}
}

// reportEnd sends the outcome of a child to its parent. It returns nothing if the run is no child, or another run continues it.
func (r *run) reportEnd(closing history.Body) []effect {
	if !r.exists() || r.started.Parent == nil {
		return nil
	}
	o, ok := r.outcomeOf(r.id, r.runID, closing)
	if !ok {
		return nil
	}
	return []effect{func(ctx context.Context) error { return r.endCall(ctx, r.started.Parent, o) }}
}

// refuseChild tells the parent of a child whose start an event has rejected.
func (r *run) refuseChild(e history.Event) effect {
	rejected, ok := e.Body.(*history.StartRejected)
	if !ok || rejected.Parent == nil {
		return nil
	}
	taken := &failures.AlreadyStartedError{ID: r.id, RunID: r.runID, Status: history.StatusRunning}
	o := history.Outcome{Failure: r.worker.Handlers.Errors.Encode(taken)}
	return func(ctx context.Context) error { return r.endCall(ctx, rejected.Parent, o) }
}

func (r *run) refuseChildren(events []history.Event) (effects []effect) {
	for _, e := range events {
		if write := r.refuseChild(e); write != nil {
			effects = append(effects, write)
		}
	}
	return effects
}

// outcomeOf returns how a child ended. It reports false if the event does not end the call, because another run continues it.
func (w *workflow) outcomeOf(id, runID string, closing history.Body) (o history.Outcome, ok bool) {
	if closing == nil {
		return o, false
	}
	d := closing.Details()
	ended := &failures.RunError{ID: id, RunID: runID, Status: d.Status, Reason: d.Reason}
	switch {
	case d.Outcome != nil:
		return history.Outcome{Result: d.Outcome.Result, Failure: d.Outcome.Failure, Worker: w.worker.ID}, true
	case d.Status == history.StatusTimedOut:
		ended.Err = context.DeadlineExceeded
	case d.Status != history.StatusTerminated:
		return o, false
	}
	return history.Outcome{Failure: w.worker.Handlers.Errors.Encode(ended), Worker: w.worker.ID}, true
}

// endCall sends the outcome of a child to the inbox of its parent. The outcome is sealed as that of the child, or not at all.
func (w *workflow) endCall(ctx context.Context, to *history.Parent, o history.Outcome) error {
	done := history.Event{Body: &history.ChildCompleted{Op: to.Op, Outcome: o}}
	opened, err := journal.Open(ctx, w.worker.Chain, []history.Event{done})
	if err != nil {
		return err
	}
	sealed, err := journal.Seal(ctx, w.worker.Chain, journal.ObjectPrefix(to.ID, to.RunID), opened)
	var refused *payloads.SealError
	if errors.As(err, &refused) {
		sealed, err = []history.Event{{Body: &history.ChildCompleted{Op: to.Op, Outcome: history.Outcome{Failure: w.worker.Handlers.Errors.Encode(err)}}}}, nil
	}
	if err != nil {
		return err
	}
	msg := &history.Message{RunID: to.RunID, Child: sealed[0].Body.(*history.ChildCompleted)}
	return w.worker.Store.Send(ctx, store.Message{
		Queue: to.Queue, ID: to.ID, DedupID: to.RunID + "/" + to.Op.String() + "/child", Outcome: true, Data: msg.Marshal(),
	})
}
