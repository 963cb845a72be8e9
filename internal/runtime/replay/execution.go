// Package replay runs a workflow's code against its history: events in, commands out.
//
// It is the pure heart of the engine. It knows no clock, no network and no store: time, results and requests arrive
// as events, and what the code wants is returned as events to be recorded. The same code serves the first execution
// (Step) and every later one (Replay), which only differ in where commands go: out to be recorded, or against the
// recorded ones to be compared.
package replay

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
)

// Main is a workflow's code. It runs in the run's first coroutine and returns the event that closes the run, or an
// error for which the run is to be parked: its input could not be decoded.
type Main func(x *Execution, ctx context.Context) (history.Body, error)

// Execution is one run in memory. It is used by one goroutine at a time.
type Execution struct {
	ID    string // workflow id
	RunID string
	// Started is the run's first event; nil before it was applied.
	Started *history.RunStarted
	// Strict makes Replay compare whole commands, payloads included, and not just their identity. Tests want it:
	// an input that differs between two executions is a determinism bug that would stay unseen.
	Strict bool

	main      Main
	sched     *sched.Scheduler
	ctx       *Context
	now       time.Time
	startTime time.Time
	events    uint64
	replaying bool
	open      openList
	created   uint64
	timers    map[unsafe.Pointer]*Timer // armed, by the channel that they send to
	calls     map[*time.Timer]*Call
	polled    []*Timer                       // in this turn, before they were due
	noted     []*Timer                       // that something waits for, and that are not recorded
	zones     map[string]*history.ZoneLoaded // that the code has asked for
	recorded  map[string]*history.ZoneLoaded // in the events that are replayed
	commands  []*command
	closed    history.Body
	parked    error
}

// RunLabel is the label by which a profile tells the goroutines of a run. Its value is the run id.
const RunLabel = "pawl.run"

// New returns a run that has not started: its first event must be a RunStarted.
func New(id, runID string, main Main) *Execution {
	x := &Execution{ID: id, RunID: runID, main: main, sched: sched.New("pawl.workflow", id, RunLabel, runID)}
	x.ctx = newRoot(x)
	return x
}

// operation is something that the code asked for and waits for.
type operation struct {
	x         *Execution
	id        history.OpID
	body      history.Body // as scheduled
	leave     func()       // the context that it runs under
	coroutine *sched.Coroutine
	timer     *Timer // if it is one that is a value
	outcome   history.Body
	order     uint64
	scheduled time.Time
	cancelled bool

	prev, next *operation // among those that are open and in line
	inLine     bool
}

// Fail parks the run for err and the current coroutine for ever: the code cannot be given what it asks for.
func (x *Execution) Fail(err error) {
	x.parked = err
	x.sched.Park("nothing: " + err.Error())
}

// Scheduler is what the run's coroutines take turns by.
func (x *Execution) Scheduler() *sched.Scheduler { return x.sched }

// local is what a run keeps for each coroutine.
type local struct {
	index  uint64 // operations so far
	random random
}

// Step applies an inbound event and runs the code until it waits again. It returns the commands that the code made,
// as events to be recorded after the inbound one. After an error the execution is good only for Kill.
func (x *Execution) Step(in history.Event) ([]history.Event, error) {
	if err := x.apply(in); err != nil {
		return nil, err
	}
	x.events++
	out := make([]history.Event, 0, len(x.commands))
	for _, c := range x.commands {
		x.events++
		out = append(out, history.Event{Time: x.now, Body: c.body(true)})
	}
	x.commands = x.commands[:0]
	return out, nil
}

// Replay applies recorded events. It fails with a *Mismatch at the first difference between what the code does and
// what was recorded. Events of one record must be given together.
func (x *Execution) Replay(events []history.Event) error {
	x.replaying = true
	defer func() { x.replaying = false }()
	x.lookAhead(events)
	for i := range events {
		if err := x.replayEvent(&events[i]); err != nil {
			return err
		}
	}
	return x.unrecorded()
}

func (x *Execution) replayEvent(e *history.Event) error {
	if !e.Body.Details().Command {
		if err := x.unrecorded(); err != nil {
			return err
		}
		x.events++
		return x.apply(*e)
	}
	x.events++
	return x.match(e.Body)
}

// apply takes an inbound event and gives the coroutines their turns.
func (x *Execution) apply(e history.Event) error {
	if e.Time.After(x.now) {
		x.now = e.Time
	}
	if err := x.deliver(e.Body); err != nil {
		return err
	}
	return x.run()
}

// run gives the coroutines their turns until all wait.
func (x *Execution) run() error {
	if x.closed != nil { // from outside: the code is not asked, even if it is busy
		return nil
	}
	for {
		x.forgetPolls()
		if p := x.sched.Run(); p != nil {
			return &PanicError{Panic: p}
		}
		switch {
		case x.parked != nil:
			return x.parked
		case x.closed != nil:
			return nil
		}
		x.recordTimers()
		x.open.prune()
		switch {
		case !x.deadlocked():
			return nil
		case !x.sched.Busy(): // who is busy may be counting, and come to an end
			return &DeadlockError{x.Coroutines()}
		}
	}
}

// deliver changes the state that the code waits on.
func (x *Execution) deliver(body history.Body) error {
	d := body.Details()
	switch e := body.(type) {
	case *history.RunStarted:
		x.start(e)
	case *history.CancelRequested:
		x.ctx.Cancel(context.Canceled, nil)
	case *history.StartRejected: // no concern of the code
	default:
		switch {
		case d.Command:
			return fmt.Errorf("%s is a command, not an inbound event", d.What())
		case d.Ends:
			return x.complete(d.Op.ID(), body)
		case d.Closes():
			x.closed = body
		}
	}
	return nil
}

func (x *Execution) start(e *history.RunStarted) {
	x.Started, x.startTime = e, x.now
	x.sched.Start(x.sched.Reserve(nil), func() {
		returned := false
		defer func() {
			if !returned && !x.sched.Killed() { // a panic has the last word, if it is one
				x.parked = errGoexit
				x.sched.Stop()
			}
		}()
		body, err := x.main(x, x.ctx)
		returned = true
		x.sched.Stop()
		if err != nil {
			x.parked = err
			return
		}
		x.closed = history.WithWarnings(body, x.leftovers())
		x.issue(newCommand(x.closed, nil))
	})
}

var errGoexit = errors.New("the workflow ended its own goroutine by runtime.Goexit and returns nothing: return from it instead")

// complete hands an outcome to the coroutine that waits for it.
func (x *Execution) complete(id history.OpID, outcome history.Body) error {
	op := x.open.byID[id]
	if op == nil {
		return &Mismatch{Event: x.events, Recorded: describe(outcome), Code: "the code has no operation " + id.String() + " under way"}
	}
	if op.timer != nil {
		op.timer.fire(x.now)
		return nil
	}
	x.open.remove(op)
	op.outcome = outcome
	op.leave()
	x.sched.Ready(op.coroutine)
	return nil
}

// issue asks for an event to be recorded. Commands from deferred calls of coroutines that are being killed are ignored.
func (x *Execution) issue(c *command) {
	if !x.sched.Killed() {
		x.commands = append(x.commands, c)
	}
}

// Await asks for an operation and parks the current coroutine until there is an outcome, which it returns. build
// makes the event that schedules it. The operation is told when ctx is cancelled; nil means that it never is. Called
// by the coroutine that has the turn.
func (x *Execution) Await(ctx context.Context, name string, build func(history.Op) history.Body) history.Body {
	op := x.newOperation(ctx)
	cmd := &command{callers: sched.Callers(), build: func(pos string) history.Body {
		op.body = build(history.Op{Coroutine: op.id.Coroutine, Index: op.id.Index, Pos: pos})
		return op.body
	}}
	cmd.identity = identify(cmd.body(false))
	x.open.add(op)
	x.issue(cmd)
	x.sched.Park(name)
	return op.outcome
}

// newOperation makes an operation of the current coroutine. It is told when ctx is cancelled; nil means that it never is.
func (x *Execution) newOperation(ctx context.Context) *operation {
	l := x.local()
	l.index++
	c := x.sched.Current()
	op := &operation{
		x: x, id: history.OpID{Coroutine: c.Path(), Index: l.index}, coroutine: c, order: x.created, scheduled: x.now, leave: func() {},
	}
	x.created++
	if ctx != nil {
		op.leave = x.under(ctx, op)
	}
	return op
}

func (x *Execution) local() *local {
	c := x.sched.Enter()
	if c.Local == nil {
		c.Local = &local{random: random{seed: x.RunID + "/" + c.Path()}}
	}
	return c.Local.(*local)
}

// Now is the run's logical time: that of the last inbound event, in UTC.
func (x *Execution) Now() time.Time { return x.now }

// StartTime is when the run started.
func (x *Execution) StartTime() time.Time { return x.startTime }

// Events is the length of the history so far.
func (x *Execution) Events() uint64 { return x.events }

// Silent reports whether nobody should hear of what the code does: it runs to catch up with its history, and what it
// prints was printed before, or its coroutines are being ended.
func (x *Execution) Silent() bool { return x.replaying || x.sched.Killed() }

// Closed is the event that closed the run; nil while it is open.
func (x *Execution) Closed() history.Body { return x.closed }

// Cancelled reports whether the workflow's context was cancelled.
func (x *Execution) Cancelled() bool { return x.ctx.err != nil }

// Open is an operation that has no outcome yet.
type Open struct {
	ID        history.OpID
	Body      history.Body // ActivityScheduled, StepScheduled or TimerStarted
	Scheduled time.Time
	Due       time.Time // of a timer: when it fires next
	Cancelled bool
}

// Open lists the operations that have no outcome yet and that something waits for, oldest first.
func (x *Execution) Open() (list []Open) {
	for op := x.open.first; op != nil; op = op.next {
		if op.waitedFor() {
			list = append(list, op.describe())
		}
	}
	return list
}

// Find is one of the open operations.
func (x *Execution) Find(id history.OpID) (op Open, ok bool) {
	if op := x.open.byID[id]; op != nil && op.waitedFor() {
		return op.describe(), true
	}
	return Open{}, false
}

// waitedFor reports whether something waits for the operation's outcome.
func (op *operation) waitedFor() bool { return op.timer == nil || op.timer.waitedFor() }

func (op *operation) describe() Open {
	o := Open{ID: op.id, Body: op.body, Scheduled: op.scheduled, Cancelled: op.cancelled}
	if op.timer != nil {
		o.Due = op.timer.due
	} else {
		o.Due = op.body.Details().Due
	}
	return o
}

// IsOpen reports whether an operation still waits for its outcome.
func (x *Execution) IsOpen(id history.OpID) bool {
	return x.open.byID[id] != nil
}

// Kill ends the run's coroutines; their defers run but nothing they do is recorded. Whoever has an execution calls it in
// the end, of a run that has closed, too. It returns when they have ended, which is up to the author's defers.
func (x *Execution) Kill() { x.sched.Kill() }
