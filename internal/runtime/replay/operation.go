// This file holds the operations that have no outcome yet.

package replay

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/list"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// operation is something that the code asked for and waits for.
type operation struct {
	state     *state
	id        history.OpID
	body      history.Body // the event that started it
	leave     func()       // detaches it from its context; nil if it has none
	coroutine *sched.Coroutine
	timer     clock // nil if a coroutine waits for the operation
	outcome   history.Body
	order     uint64 // of creation
	scheduled time.Time
	cancelled bool

	waited list.Node[*operation] // among those that something waits for
}

// clock is a timer that is a value, as the operation behind it sees it.
type clock interface {
	fire(at time.Time)
	waitedFor() bool
	next() time.Time
	adopt(recorded *history.TimerStarted)
}

// parentDone asks the worker that runs the operation to cancel it.
func (op *operation) parentDone(error, error) {
	op.cancelled = true
	op.state.issue(newCommand(&history.ActivityCancelRequested{Op: op.id}, nil))
}

// waitedFor reports whether something waits for the operation's outcome.
func (op *operation) waitedFor() bool { return op.timer == nil || op.timer.waitedFor() }

func (op *operation) describe() Open {
	o := Open{ID: op.id, Body: op.body, Scheduled: op.scheduled, Cancelled: op.cancelled}
	if op.timer != nil {
		o.Due = op.timer.next()
	} else {
		o.Due = op.body.Details().Due
	}
	return o
}

// adopt replaces the event that started the operation by the recorded one: its deadlines and policy apply.
func (op *operation) adopt(recorded history.Body) {
	op.body = recorded
	if timer, ok := recorded.(*history.TimerStarted); ok && op.timer != nil {
		op.timer.adopt(timer)
	}
}

// Open is an operation that has no outcome yet.
type Open struct {
	ID        history.OpID
	Body      history.Body // the event that started it
	Scheduled time.Time
	Due       time.Time // of a timer: when it fires next
	Cancelled bool
}

// operations holds the operations that have no outcome yet, in the order in which they were created. A timer that nothing
// waits for is known by its id but left out of the order: a loop that creates one in each iteration must not have to walk
// past all of them. The zero value is empty.
type operations struct {
	byID   map[history.OpID]*operation
	waited list.List[*operation]
}

func (ops *operations) add(op *operation) {
	if ops.byID == nil {
		ops.byID = map[history.OpID]*operation{}
	}
	ops.byID[op.id] = op
	ops.enlist(op)
}

// enlist puts an open operation into the order, if it is not there. A timer may follow operations that are younger.
func (ops *operations) enlist(op *operation) {
	if op.waited.In() {
		return
	}
	before := ops.waited.Last()
	for before != nil && before.Value.order > op.order {
		before = before.Prev()
	}
	ops.waited.InsertAfter(&op.waited, op, before)
}

// remove removes an operation, if it is open.
func (ops *operations) remove(op *operation) {
	if ops.byID[op.id] == op {
		delete(ops.byID, op.id)
		op.waited.Remove()
	}
}

// prune leaves the operations that nothing waits for out of the order.
func (ops *operations) prune() {
	for n := ops.waited.First(); n != nil; {
		next := n.Next()
		if !n.Value.waitedFor() {
			n.Remove()
		}
		n = next
	}
}

// Open returns the operations that have no outcome yet and that something waits for, oldest first.
func (s *state) Open() (all []Open) {
	for n := s.open.waited.First(); n != nil; n = n.Next() {
		if n.Value.waitedFor() {
			all = append(all, n.Value.describe())
		}
	}
	return all
}

// Find returns one of the operations that Open returns.
func (s *state) Find(id history.OpID) (op Open, ok bool) {
	if op := s.open.byID[id]; op != nil && op.waitedFor() {
		return op.describe(), true
	}
	return Open{}, false
}

// IsOpen reports whether an operation has no outcome yet.
func (s *state) IsOpen(id history.OpID) bool { return s.open.byID[id] != nil }
