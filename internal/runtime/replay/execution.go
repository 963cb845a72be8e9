// Package replay runs a workflow's code against its history: events in, commands out.
//
// It is the pure core of the engine. It has no clock, no network and no store: time, results and requests arrive as
// events, and what the code asks for is returned as events to be recorded. The same code serves the first execution (Step)
// and every later one (Replay). They only differ in where commands go: out, to be recorded, or against the recorded ones,
// to be compared.
//
// execution.go ties the parts of a run together. Operations, timers, contexts, time zones and random streams have a file
// each, on top of what state.go holds for all of them.
package replay

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	randv2 "math/rand/v2"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

// Main is a workflow's code. It runs in the run's first coroutine. It returns the event that closes the run, or an error
// for which the run is parked, such as an input that cannot be decoded.
type Main func(x *Execution, ctx context.Context) (history.Body, error)

// Execution is one run in memory. It is used by one goroutine at a time.
type Execution struct {
	ID    string // workflow id
	RunID string
	// Started is the run's first event; nil before it was applied.
	Started *history.RunStarted
	// Strict makes Replay compare whole commands, including payloads, and not only their identity. Tests use it: an input
	// that differs between two executions is a determinism bug that would otherwise go unnoticed.
	Strict bool

	*state
	timers
	contexts
	signals
	ticks ticks
	zones zones

	main      Main
	ctx       *Context // the workflow's
	startTime time.Time
	events    uint64 // length of the history
	replaying bool
	cancelled *history.CancelRequested // nil if the workflow's context was not cancelled
	closed    history.Body
	parked    error
}

// RunLabel is the label that profiles show on the goroutines of a run. Its value is the run id.
const RunLabel = "pawl.run"

// New returns a run that has not started: its first event must be a RunStarted.
func New(id, runID string, main Main) *Execution {
	s := &state{runID: runID, sched: sched.New("pawl.workflow", id, RunLabel, runID)}
	x := &Execution{ID: id, RunID: runID, main: main, state: s}
	x.timers.state, x.ticks.state = s, s
	x.contexts = contexts{state: s, timers: &x.timers, owner: x}
	x.ctx = x.root()
	return x
}

// FromContext returns the run whose workflow was given ctx, or a context derived from it; nil elsewhere.
func FromContext(ctx context.Context) *Execution {
	x, _ := ctx.Value(ownerKey{}).(*Execution)
	return x
}

// Scheduler runs the coroutines of the run.
func (x *Execution) Scheduler() *sched.Scheduler { return x.sched }

// Now is the run's logical time: that of the last inbound event, in UTC.
func (x *Execution) Now() time.Time { return x.now }

// ReadClock is Now for the author's code, which may read the clock in a loop until a time has come.
func (x *Execution) ReadClock() time.Time {
	x.ticks.clockRead = true
	x.sched.Count(lookSteps)
	return x.now
}

// StartTime is when the run started.
func (x *Execution) StartTime() time.Time { return x.startTime }

// Silent reports whether output of the code is suppressed: the code replays its history, and what it prints was printed
// before, or its coroutines are being ended.
func (x *Execution) Silent() bool { return x.replaying || x.sched.Killed() }

// Closed is the event that closed the run; nil while it is open.
func (x *Execution) Closed() history.Body { return x.closed }

// Cancelled reports whether the workflow's context was cancelled.
func (x *Execution) Cancelled() bool { return x.cancelled != nil }

// Coroutines describes what the run's coroutines wait for, in order of creation. It is called between turns.
func (x *Execution) Coroutines() []history.Coroutine { return coroutines(x.sched.Dump()) }

// Rand is the current coroutine's stream for math/rand.
func (x *Execution) Rand() *rand.Rand { return x.local().random.rand() }

// RandV2 is the current coroutine's stream for math/rand/v2.
func (x *Execution) RandV2() *randv2.Rand { return x.local().random.randV2() }

// Zone returns the rules of a time zone that the run uses: the recorded ones, or, at its first use, what load returns.
func (x *Execution) Zone(name string, load func() *history.ZoneLoaded) *history.ZoneLoaded {
	x.sched.Enter()
	z, first := x.zones.find(name, load)
	if first {
		x.issue(newCommand(z, sched.Callers()))
	}
	return z
}

// Answer answers an update. Every update is answered at most once.
func (x *Execution) Answer(id string, o history.Outcome) {
	x.sched.Enter()
	x.issue(newCommand(&history.UpdateCompleted{ID: id, Outcome: o}, sched.Callers()))
}

// Continue returns the event that closes the run, and with which it continues as new.
func (x *Execution) Continue(input history.Payload) history.Body {
	return &history.RunContinued{Input: input, Signals: x.signals.unread(), Seen: x.signals.seen.Payload(), Cancelled: x.cancelled}
}

// Await asks for an operation and parks the current coroutine until there is an outcome, which it returns. build returns
// the event that starts the operation. When ctx is cancelled, so is the operation; a nil ctx is never cancelled. It is
// called by the coroutine that has the turn.
func (x *Execution) Await(ctx context.Context, build func(history.Op) history.Body) history.Body {
	if ctx == nil {
		return x.await(build, nil)
	}
	return x.await(build, func(op child) func() { return x.under(ctx, op) })
}

// Fail parks the run for err, and the current coroutine forever: the code cannot be given what it asks for.
func (x *Execution) Fail(err error) {
	x.parked = err
	x.sched.Park("nothing: " + err.Error())
}

// Kill ends the run's coroutines. Their deferred calls run, but have no effect on the run. It must be called for every
// execution in the end, even if the run has closed. It returns when the coroutines have ended, which is up to the author's
// deferred calls.
func (x *Execution) Kill() { x.sched.Kill() }

// Step applies an inbound event and runs the code until it waits again. It returns the commands that the code issued, as
// events to be recorded after the inbound one. After an error, only Kill may be called.
func (x *Execution) Step(in history.Event) ([]history.Event, error) {
	if err := x.apply(in); err != nil {
		return nil, err
	}
	x.events++
	out := make([]history.Event, 0, len(x.commands.pending))
	for _, c := range x.commands.pending {
		x.events++
		out = append(out, history.Event{Time: x.now, Body: c.body(true)})
	}
	x.commands.pending = x.commands.pending[:0]
	return out, nil
}

// Replay applies recorded events. It fails with a *Mismatch at the first difference between what the code does and what
// was recorded. The events of one record must be passed together.
func (x *Execution) Replay(events []history.Event) error {
	x.replaying = true
	defer func() { x.replaying = false }()
	x.zones.lookAhead(events)
	for i := range events {
		if err := x.replayEvent(&events[i]); err != nil {
			return err
		}
	}
	return x.unrecorded()
}

func (x *Execution) replayEvent(e *history.Event) error {
	if e.Body.Details().Command {
		x.events++
		return x.match(e.Body)
	}
	if _, terminated := e.Body.(*history.RunTerminated); terminated && x.events == 1 {
		x.commands.pending = nil // the run was terminated before its code ran
	}
	if err := x.unrecorded(); err != nil {
		return err
	}
	x.events++
	return x.apply(*e)
}

// match removes the command of a recorded event from the commands that the code has issued.
func (x *Execution) match(recorded history.Body) error {
	c, sameOp := x.commands.take(identify(recorded))
	if c == nil {
		return x.mismatch(recorded, sameOp)
	}
	if x.Strict {
		if inHistory, inCode, equal := c.compare(recorded); !equal {
			return &Mismatch{Event: x.events, Recorded: inHistory, Code: inCode}
		}
	}
	if op := x.open.byID[c.op]; op != nil && recorded.Details().Starts {
		op.adopt(recorded)
	}
	return nil
}

// mismatch says what the code does instead of a recorded command.
func (x *Execution) mismatch(recorded history.Body, sameOp *command) error {
	m := &Mismatch{Event: x.events, Recorded: describe(recorded)}
	switch {
	case sameOp != nil:
		m.Code = sameOp.String()
	case x.commands.first() != nil:
		m.Code = x.commands.first().String()
	case x.closed != nil:
		m.Code = "the workflow has returned: " + describe(x.closed)
	default:
		var waiting []string
		for _, c := range x.Coroutines() {
			waiting = append(waiting, c.String())
		}
		m.Code = "nothing: " + strings.Join(waiting, ", ")
	}
	return m
}

// unrecorded fails if the code issued a command that the history does not have.
func (x *Execution) unrecorded() error {
	c := x.commands.first()
	if c == nil {
		return nil
	}
	return &Mismatch{Event: x.events + 1, Recorded: "nothing more at this point", Code: c.String()}
}

// apply applies an inbound event and lets the coroutines run.
func (x *Execution) apply(e history.Event) error {
	if e.Time.After(x.now) {
		x.now = e.Time
	}
	x.ticks.before(e.Body)
	if err := x.deliver(e.Body); err != nil {
		return err
	}
	if _, more := history.ReceivedBy(e.Body); more {
		return nil
	}
	return x.run()
}

// deliver changes the state that the code waits on.
func (x *Execution) deliver(body history.Body) error {
	switch e := body.(type) {
	case *history.RunStarted:
		if e.SchedulerVersion > history.SchedulerVersion {
			return fmt.Errorf("the run started under version %d of the scheduler's rules, and this worker knows versions up to %d: run a worker built with the newer Pawl",
				e.SchedulerVersion, history.SchedulerVersion)
		}
		x.start(e)
		return nil
	case *history.CancelRequested:
		x.cancel(e)
		return nil
	}
	if m, _ := history.ReceivedBy(body); m != nil {
		return x.receive(m)
	}
	switch d := body.Details(); {
	case d.Command:
		return fmt.Errorf("%s is a command, not an inbound event", d.What())
	case d.Ends && !x.complete(d.Op.ID(), body):
		return &Mismatch{Event: x.events, Recorded: describe(body), Code: "the code has no open operation " + d.Op.ID().String()}
	case d.Closes():
		x.closed = body
	}
	return nil
}

// cancel cancels the workflow's context.
func (x *Execution) cancel(request *history.CancelRequested) {
	if x.cancelled == nil {
		x.cancelled = request
		x.ctx.Cancel(context.Canceled, nil)
	}
}

// run gives the coroutines turns until all of them wait.
func (x *Execution) run() error {
	if x.closed != nil { // from outside: the code is not involved, even if it is busy
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
			x.closed = history.WithWarnings(x.closed, leftovers(x.missed(x.sched.Left())))
			x.issue(newCommand(x.closed, nil))
			return nil
		}
		x.timers.record()
		x.ticks.after()
		switch {
		case !x.deadlocked():
			return nil
		case !x.sched.Busy(): // without ticks, as before version 3: a busy coroutine may be counting, and come to an end
			return &DeadlockError{x.Coroutines()}
		}
	}
}

// deadlocked reports whether nothing can wake the run's coroutines: no operation that matters is open, and nothing waits
// for a signal, or for the workflow to be cancelled.
func (x *Execution) deadlocked() bool {
	return !x.open.anyWaited() && x.Started != nil && !x.ctx.awaited() && !x.signals.awaited()
}

func (x *Execution) start(e *history.RunStarted) {
	x.Started, x.startTime, x.version = e, x.now, e.SchedulerVersion
	x.sched.UseRules(e.SchedulerVersion)
	x.ticks.before(e)
	x.signals.start(e)
	if e.Continued != nil && e.Continued.Cancelled != nil {
		x.cancel(e.Continued.Cancelled)
	}
	x.sched.Start(x.sched.Reserve(nil), func() {
		returned := false
		defer func() {
			if !returned && !x.sched.Killed() { // if it is a panic, that takes precedence
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
		x.closed = body
	})
}

var errGoexit = errors.New("the workflow ended its own goroutine by runtime.Goexit and returned nothing: return from the function instead")

// Mismatch is the error of a replay whose code makes other calls than the history records.
type Mismatch struct {
	Event    uint64 // number of the event in the history, from 1
	Recorded string // the operation in the history, with its line at that time
	Code     string // what the code does instead, with its line now
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("replay diverges at event %d\n  history: %s\n  code:    %s\n"+
		"  because: a durable call was added, removed, moved or renamed since this run recorded the event\n"+
		"  help:    deploy code that still makes the recorded call; the run then resumes. Keep the name of a renamed\n"+
		"           function with name=…, and put changed calls into a new workflow function for new runs:\n"+
		"           see docs/changing-workflows.md", m.Event, m.Recorded, m.Code)
}

// PanicError says that a workflow's code panicked.
type PanicError struct {
	Panic *sched.Panic
}

func (e *PanicError) Error() string {
	text := fmt.Sprintf("workflow code panicked: %s\n", e.Panic.Value)
	for _, line := range stack.Text(e.Panic.Stack) {
		text += "  at " + line + "\n"
	}
	return text + "  help: deploy code that does not panic here; the run then resumes"
}
