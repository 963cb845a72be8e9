// This file holds the operations that have no outcome yet.

package replay

import (
	"context"
	"slices"
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

	waited list.Node[*operation] // place in operations.waited
	due    time.Time
	place  int // in operations.due, from 1; 0 if it is not there
}

// clock is a timer that is a value, as the operation behind it sees it.
type clock interface {
	fire(at time.Time)
	waitedFor() bool
	next() time.Time
	adopt(recorded *history.TimerStarted)
}

// parentDone asks the worker that runs the operation to cancel it. It may be called more than once, and too late.
func (op *operation) parentDone(err, _ error) {
	if op.cancelled || !op.state.IsOpen(op.id) {
		return
	}
	op.cancelled = true
	var request history.Body = &history.ActivityCancelRequested{Op: op.id, Deadline: err == context.DeadlineExceeded}
	if _, ok := op.body.(*history.ChildScheduled); ok {
		request = &history.ChildCancelRequested{Op: op.id}
	}
	op.state.issue(newCommand(request, nil))
}

// waitedFor reports whether something waits for the operation's outcome.
func (op *operation) waitedFor() bool { return op.timer == nil || op.timer.waitedFor() }

// endsAt is when the operation ends by itself; zero if it does not.
func (op *operation) endsAt() time.Time {
	if op.timer != nil {
		return op.timer.next()
	}
	return op.body.Details().Due
}

func (op *operation) describe() Open {
	return Open{ID: op.id, Body: op.body, Scheduled: op.scheduled, Due: op.endsAt(), Cancelled: op.cancelled}
}

// adopt replaces the event that started the operation by the recorded one: its deadlines and policy apply.
func (op *operation) adopt(recorded history.Body) {
	op.body = recorded
	if timer, ok := recorded.(*history.TimerStarted); ok && op.timer != nil {
		op.timer.adopt(timer)
	}
	op.state.open.reschedule(op)
}

// Open is an operation that has no outcome yet.
type Open struct {
	ID        history.OpID
	Body      history.Body // the event that started it
	Scheduled time.Time
	Due       time.Time // when it ends by itself; of a ticker: when it fires next; zero if it does not
	Cancelled bool
}

// operations holds the operations that have no outcome yet. A timer that nothing waits for is known by its id. It is left
// out of what is waited for and what is due once it is met there, and comes back when something waits for it again: no
// turn walks past all timers that a loop has abandoned. The zero value is empty.
type operations struct {
	byID   map[history.OpID]*operation
	waited list.List[*operation] // in the order in which they were created
	due    dues
}

func (ops *operations) add(op *operation) {
	if ops.byID == nil {
		ops.byID = map[history.OpID]*operation{}
	}
	ops.byID[op.id] = op
	ops.enlist(op)
}

// enlist puts an open operation into waited and due, if it is not there. A timer may follow operations that are younger.
func (ops *operations) enlist(op *operation) {
	if op.waited.In() {
		return
	}
	before := ops.waited.Last()
	for before != nil && before.Value.order > op.order {
		before = before.Prev()
	}
	ops.waited.InsertAfter(&op.waited, op, before)
	ops.due.set(op, op.endsAt())
}

// reschedule notes that the due time of an operation may have changed.
func (ops *operations) reschedule(op *operation) {
	if op.waited.In() {
		ops.due.set(op, op.endsAt())
	}
}

// remove removes an operation, if it is open.
func (ops *operations) remove(op *operation) {
	if ops.byID[op.id] == op {
		delete(ops.byID, op.id)
		ops.leave(op)
	}
}

// leave takes an operation out of waited and due.
func (ops *operations) leave(op *operation) {
	op.waited.Remove()
	ops.due.remove(op)
}

// anyWaited reports whether something waits for an open operation.
func (ops *operations) anyWaited() bool {
	for n := ops.waited.First(); n != nil; n = ops.waited.First() {
		if n.Value.waitedFor() {
			return true
		}
		ops.leave(n.Value)
	}
	return false
}

// next returns the operation that is due next and that something waits for; nil if there is none.
func (ops *operations) next() *operation {
	for len(ops.due) > 0 {
		if ops.due[0].waitedFor() {
			return ops.due[0]
		}
		ops.leave(ops.due[0])
	}
	return nil
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

// missed returns the coroutines that do not wait for an abandoned child: such a child goes on without its parent.
func (s *state) missed(left []sched.Status) []sched.Status {
	abandoned := map[string]bool{}
	for _, op := range s.open.byID {
		if child, ok := op.body.(*history.ChildScheduled); ok && child.Close == history.CloseAbandon {
			abandoned[op.id.Coroutine] = true
		}
	}
	return slices.DeleteFunc(left, func(c sched.Status) bool { return abandoned[c.Path] })
}

// Next returns the operation that Open returns and that ends by itself next.
func (s *state) Next() (op Open, ok bool) {
	if op := s.open.next(); op != nil {
		return op.describe(), true
	}
	return Open{}, false
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
