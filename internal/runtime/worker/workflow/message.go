// This file is what arrives at a run: deliveries of the store, messages read from the inbox, and what this worker itself
// has to say.

package workflow

import (
	"cmp"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// message is one thing that arrives at a run. At most one of the pointers is set. A message with none only wakes the
// actor, which loads the run, applies what is due and publishes what is missing.
type message struct {
	delivery *delivery      // from the store: a message of the inbox, or a timer that has fired
	pending  *store.Pending // read from the inbox, and not delivered to this worker
	outcome  *outcome       // from this worker
	stack    *stackQuery
}

// delivery is a wake-up from the store that has no answer yet.
type delivery struct {
	store.Wakeup
	key         deliveryKey
	renewed     *process.Delivery
	redelivered atomic.Bool
	queued      bool // in the mailbox, and not yet part of a turn; guarded by Runs.mu
}

// deliveryKey identifies a delivery. Timers that have fired have sequence numbers of their own.
type deliveryKey struct {
	timer bool
	seq   store.Seq
}

// exclusive reports whether no other worker can have received the same delivery. Another worker that has it, and was
// suspended, may acknowledge it at any time, and then it is not delivered again.
func (d *delivery) exclusive() bool {
	return d.Delivered == 1 && !d.redelivered.Load() && time.Since(d.Received) < store.AckWait/2
}

// outcome is how an operation ended, if this worker knows that without the inbox.
type outcome struct {
	runID string
	op    history.OpID
	event history.Body
	// recorded, if not nil, takes without blocking whether the journal has the outcome.
	recorded chan<- bool
	applied  bool
}

// stackQuery asks for the coroutines of a run.
type stackQuery struct {
	runID  string
	answer chan<- *history.Stack // takes one answer without blocking
}

// reply answers the query, unless it has been answered: a turn that is tried again takes its messages again.
func (q *stackQuery) reply(stack *history.Stack) {
	select {
	case q.answer <- stack:
	default:
	}
}

// isWake reports whether a message only wakes the actor.
func (m message) isWake() bool { return m == message{} }

// inbox returns the inbox message that m carries, or nil if m is something else.
func (m message) inbox() *store.Pending {
	if d := m.delivery; d != nil && !d.Timer {
		return &store.Pending{Seq: d.Seq, Time: d.Time, Start: d.Start, Outcome: d.Outcome, Data: d.Data}
	}
	return m.pending
}

// messages are messages in the order in which they are applied.
type messages []message

// onlyStart reports whether all that has arrived is a start that no other worker can have.
func (ms messages) onlyStart() bool {
	if len(ms) != 1 || ms[0].delivery == nil {
		return false
	}
	d := ms[0].delivery
	return d.Start && d.exclusive()
}

// newStart is how old a start may be that counts as new.
const newStart = time.Second

// anyDelivered reports whether the store waits for an acknowledgement of one of the messages.
func (ms messages) anyDelivered() bool {
	return slices.ContainsFunc(ms, func(m message) bool { return m.delivery != nil })
}

// merge returns the delivered messages and the messages waiting in the inbox, in the order of the inbox. Messages that
// are not from the inbox come last.
func (ms messages) merge(waiting []store.Pending) messages {
	delivered := map[store.Seq]bool{}
	var inbox, rest messages
	for _, m := range ms {
		switch {
		case m.pending != nil: // read by an earlier attempt at this turn, and now read again
		case m.inbox() != nil:
			delivered[m.delivery.Seq] = true
			inbox = append(inbox, m)
		default:
			rest = append(rest, m)
		}
	}
	for i := range waiting {
		if !delivered[waiting[i].Seq] {
			inbox = append(inbox, message{pending: &waiting[i]})
		}
	}
	slices.SortFunc(inbox, func(a, b message) int { return cmp.Compare(a.inbox().Seq, b.inbox().Seq) })
	return append(inbox, rest...)
}

// addReported adds the operations of a run whose outcomes are among the messages.
func (ms messages) addReported(reported map[history.OpID]bool, runID string) {
	for _, m := range ms {
		if m.outcome != nil && m.outcome.runID == runID {
			reported[m.outcome.op] = true
		}
	}
}

// termination returns a request to terminate a run, or any run if runID is empty. It returns nil if there is none.
func (ms messages) termination(runID string) *history.TerminateRequest {
	for _, m := range ms {
		in := m.inbox()
		if in == nil || in.Start {
			continue
		}
		if msg, err := incoming.Message(*in); err == nil && msg.Terminate != nil &&
			(runID == "" || msg.RunID == "" || history.FirstRunID(msg.RunID) == history.FirstRunID(runID)) {
			return msg.Terminate
		}
	}
	return nil
}

// refuse answers the messages for which somebody in this process waits: nothing will come of them.
func (ms messages) refuse() {
	ms.answerOutcomes(false)
	for _, m := range ms {
		if m.stack != nil {
			m.stack.reply(nil)
		}
	}
}

// terminationBeforeStart looks for a request to terminate a run that has not begun.
func (ms messages) terminationBeforeStart(runID string) *history.TerminateRequest {
	for _, m := range ms {
		if in := m.inbox(); in != nil && !in.Start {
			msg, err := incoming.Message(*in)
			if err == nil && msg.Terminate != nil && msg.RunID == runID {
				return msg.Terminate
			}
		}
	}
	return nil
}

// answerOutcomes answers whether the outcomes among the messages are in the journal.
func (ms messages) answerOutcomes(recorded bool) {
	for _, m := range ms {
		if m.outcome != nil && m.outcome.recorded != nil {
			m.outcome.recorded <- recorded && m.outcome.applied
		}
	}
}
