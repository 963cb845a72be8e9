// This file holds what the parts of a run share: its coroutines, its time, the operations that are open, and the commands
// that are not recorded yet.

package replay

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// state is what the parts of a run share.
type state struct {
	sched    *sched.Scheduler
	runID    string
	version  uint32    // of the scheduler's rules that the run follows
	now      time.Time // the run's logical time
	open     operations
	created  uint64 // operations so far
	commands commands
}

// local is what a run keeps for each coroutine.
type local struct {
	operations uint64 // so far
	random     random
}

func (s *state) local() *local { return s.localOf(s.sched.Enter()) }

func (s *state) localOf(c *sched.Coroutine) *local {
	if c.Local == nil {
		c.Local = &local{random: random{seed: s.runID + "/" + c.Path()}}
	}
	return c.Local.(*local)
}

// newOperation returns an operation of the current coroutine.
func (s *state) newOperation() *operation { return s.operationOf(s.sched.Enter()) }

// operationOf returns an operation of a coroutine.
func (s *state) operationOf(c *sched.Coroutine) *operation {
	l := s.localOf(c)
	l.operations++
	op := &operation{
		state: s, id: history.OpID{Coroutine: c.Path(), Index: l.operations}, coroutine: c, order: s.created, scheduled: s.now,
	}
	s.created++
	return op
}

// issue asks for an event to be recorded. Commands from deferred calls of coroutines that are being killed are ignored.
func (s *state) issue(c *command) {
	if !s.sched.Killed() {
		s.commands.pending = append(s.commands.pending, c)
	}
}

// await asks for an operation and parks the current coroutine until there is an outcome, which it returns. build returns
// the event that starts the operation. attach, if it is not nil, has the operation cancelled with a context, and returns
// what undoes that.
func (s *state) await(build func(history.Op) history.Body, attach func(child) (leave func())) history.Body {
	op := s.newOperation()
	why := s.ask(op, sched.Callers(), build)
	if attach != nil {
		op.leave = attach(op)
	}
	s.sched.Park(why)
	return op.outcome
}

// ask opens an operation and issues the command that starts it, whose name it returns. callers are those of the author's
// call.
func (s *state) ask(op *operation, callers []uintptr, build func(history.Op) history.Body) string {
	callers = append(callers, op.coroutine.Origin()...) // whose first line counts if the goroutine has none of the author's
	cmd := &command{callers: callers, build: func(pos string) history.Body {
		op.body = build(history.Op{Coroutine: op.id.Coroutine, Index: op.id.Index, Pos: pos})
		return op.body
	}}
	cmd.identity = identify(cmd.body(false))
	s.open.add(op)
	s.issue(cmd)
	return cmd.name
}

// complete hands the outcome of an operation to the coroutine that waits for it. It reports false if there is no such
// operation.
func (s *state) complete(id history.OpID, outcome history.Body) bool {
	op := s.open.byID[id]
	switch {
	case op == nil:
		return false
	case op.timer != nil:
		op.timer.fire(s.now)
		return true
	}
	s.open.remove(op)
	op.outcome = outcome
	if op.leave != nil {
		op.leave()
	}
	s.sched.Ready(op.coroutine)
	return true
}

// child is told when the context ends that it depends on.
type child interface{ parentDone(err, cause error) }
