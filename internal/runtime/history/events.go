// This file lists the kinds of events that every run may have: their bodies, how they are encoded, and what they say of themselves.
// To add a kind, add its number to kinds.go, write its type here or in a file like signals.go, and add its line to the list in
// history.go.

package history

import (
	"cmp"
	"slices"
	"time"
)

// RunStarted is the first event of every run.
type RunStarted struct {
	Type      string // the workflow's name
	Queue     string
	RequestID string // of the start request: a start with the id of a request that was served starts nothing
	Input     Payload
	Config    []Setting       // config fields of the receiver when the run started
	Timeout   time.Duration   // the run is closed as timed out this long after its start; 0: never
	Retention time.Duration   // how long the closed run is kept
	Parent    *Parent         // of a child; nil for other runs
	Signals   []SignalRequest // what the run has received before its code begins
	Continued *Continued      // of a later generation of a run that continues as new; nil for the first one

	WorkflowVersion  string // fingerprint of the lowered code
	GeneratorVersion string
	SchedulerVersion uint32
}

func (e *RunStarted) fields(w *wire) {
	w.string(1, &e.Type)
	w.string(2, &e.Queue)
	w.string(3, &e.RequestID)
	w.sub(4, &e.Input)
	list(w, 5, &e.Config)
	number(w, 6, &e.Timeout)
	number(w, 7, &e.Retention)
	w.string(8, &e.WorkflowVersion)
	w.string(9, &e.GeneratorVersion)
	number(w, 10, &e.SchedulerVersion)
	optional(w, 11, &e.Parent)
	optional(w, 12, &e.Continued)
	list(w, 18, &e.Signals)
}

// Details implements Body.
func (e *RunStarted) Details() Details {
	return Details{
		Kind: KindRunStarted, Subject: "run", Verb: "started", Name: e.Type, Queue: e.Queue, Input: &e.Input, Config: e.Config,
		Signals: e.Signals, Parent: e.Parent,
	}
}
func (e *RunStarted) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Input)
	c.Config = slices.Clone(e.Config)
	for i := range c.Config {
		ed.payload(&c.Config[i].Value)
	}
	c.Signals = editSignals(e.Signals, ed)
	c.Continued = e.Continued.copy(ed)
	return &c
}

// Next returns the first event of the generation that follows the one which began with e at started and ended with end at now.
// Fields that a worker fills in when it begins a run are as they were.
func (e *RunStarted) Next(started time.Time, end *RunContinued, now time.Time) *RunStarted {
	next := *e
	next.Input, next.Signals, next.SchedulerVersion = end.Input, end.Signals, SchedulerVersion
	next.Continued = &Continued{Generation: 1, FirstStarted: started, Seen: end.Seen, Cancelled: end.Cancelled}
	if before := e.Continued; before != nil {
		next.Continued.Generation, next.Continued.FirstStarted = before.Generation+1, before.FirstStarted
	}
	if e.Timeout > 0 { // it is that of the whole run
		next.Timeout = max(e.Timeout-now.Sub(started), 1)
	}
	return &next
}

// FunctionScheduled is the body of an event that schedules a function of the author: an activity or a step.
type FunctionScheduled interface {
	Body
	// Completed returns the event that ends the operation with an outcome.
	Completed(Outcome) Body
}

// ActivityScheduled is the command to run an activity on a worker of its queue.
type ActivityScheduled struct {
	Op     Op
	Name   string
	Tag    string // distinguishes two receivers of one activity type
	Queue  string
	Input  Payload
	Policy Policy
}

func (e *ActivityScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.Name)
	w.string(3, &e.Tag)
	w.string(4, &e.Queue)
	w.sub(5, &e.Input)
	w.sub(6, &e.Policy)
}

// Details implements Body.
func (e *ActivityScheduled) Details() Details {
	return Details{
		Kind: KindActivityScheduled, Subject: "activity", Verb: "scheduled", Command: true, Starts: true,
		Op: e.Op, Name: TaggedName(e.Name, e.Tag), Queue: e.Queue, Input: &e.Input,
	}
}
func (e *ActivityScheduled) edited(ed *editor) Body {
	c := *e
	ed.op(&c.Op)
	ed.payload(&c.Input)
	return &c
}

// Completed implements FunctionScheduled.
func (e *ActivityScheduled) Completed(o Outcome) Body {
	return &ActivityCompleted{Op: e.Op.ID(), Outcome: o}
}

// ActivityCompleted holds the final outcome of an activity. Earlier attempts leave no event.
type ActivityCompleted struct {
	Op      OpID
	Outcome Outcome
}

func (e *ActivityCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.sub(2, &e.Outcome)
}

// Details implements Body.
func (e *ActivityCompleted) Details() Details {
	return Details{Kind: KindActivityCompleted, Subject: "activity", Verb: e.Outcome.verb(), Ends: true, Op: e.Op.op(), Outcome: &e.Outcome}
}
func (e *ActivityCompleted) edited(ed *editor) Body {
	c := *e
	c.Outcome.payloads(ed)
	return &c
}

// ActivityCancelRequested is the command to cancel the context of an activity or step, or a request. The outcome follows later.
type ActivityCancelRequested struct {
	Op OpID
	// Deadline says that the time of the context was up. The code gets that as the error of its call, whatever the outcome has.
	Deadline bool
}

func (e *ActivityCancelRequested) fields(w *wire) {
	w.sub(1, &e.Op)
	w.bool(2, &e.Deadline)
}

// Details implements Body.
func (e *ActivityCancelRequested) Details() Details {
	d := Details{Kind: KindActivityCancelRequested, Subject: "activity", Verb: "cancel requested", Command: true, Op: e.Op.op()}
	if e.Deadline {
		d.Reason = "the deadline of its context has passed"
	}
	return d
}
func (e *ActivityCancelRequested) edited(ed *editor) Body {
	c := *e
	if ed.onCause != nil {
		ed.onCause(&c.Deadline)
	}
	return &c
}

// StepScheduled is the command to run a step in the worker that runs the workflow.
type StepScheduled struct {
	Op     Op
	Name   string
	Tag    string
	Input  Payload
	Policy Policy
}

func (e *StepScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.Name)
	w.string(3, &e.Tag)
	w.sub(4, &e.Input)
	w.sub(5, &e.Policy)
}

// Details implements Body.
func (e *StepScheduled) Details() Details {
	return Details{
		Kind: KindStepScheduled, Subject: "step", Verb: "scheduled", Command: true, Starts: true,
		Op: e.Op, Name: TaggedName(e.Name, e.Tag), Input: &e.Input,
	}
}
func (e *StepScheduled) edited(ed *editor) Body {
	c := *e
	ed.op(&c.Op)
	ed.payload(&c.Input)
	return &c
}

// Completed implements FunctionScheduled.
func (e *StepScheduled) Completed(o Outcome) Body { return &StepCompleted{Op: e.Op.ID(), Outcome: o} }

// StepCompleted holds the final outcome of a step.
type StepCompleted struct {
	Op      OpID
	Outcome Outcome
}

func (e *StepCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.sub(2, &e.Outcome)
}

// Details implements Body.
func (e *StepCompleted) Details() Details {
	return Details{Kind: KindStepCompleted, Subject: "step", Verb: e.Outcome.verb(), Ends: true, Op: e.Op.op(), Outcome: &e.Outcome}
}
func (e *StepCompleted) edited(ed *editor) Body {
	c := *e
	c.Outcome.payloads(ed)
	return &c
}

// TimerStarted is the command to wake the code at Due, and then after every Period. A timer that is stopped, or that
// nothing waits for any more, leaves no further event.
type TimerStarted struct {
	Op     Op
	Due    time.Time
	Name   string        // what it is for, such as "ticker"; empty for a sleep
	Period time.Duration // of a ticker; otherwise 0
}

func (e *TimerStarted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.time(2, &e.Due)
	w.string(3, &e.Name)
	number(w, 4, &e.Period)
}

// Details implements Body.
func (e *TimerStarted) Details() Details {
	return Details{
		Kind: KindTimerStarted, Subject: "timer", Verb: "started", Command: true, Starts: true,
		Op: e.Op, Name: cmp.Or(e.Name, SleepName), Due: e.Due, Period: e.Period,
	}
}
func (e *TimerStarted) edited(ed *editor) Body {
	c := *e
	ed.op(&c.Op)
	return &c
}

// TimerFired ends a timer or is one tick of a ticker. It is never earlier than the timer's due time.
type TimerFired struct {
	Op OpID
}

func (e *TimerFired) fields(w *wire) { w.sub(1, &e.Op) }

// Details implements Body.
func (e *TimerFired) Details() Details {
	return Details{Kind: KindTimerFired, Subject: "timer", Verb: "fired", Ends: true, Op: e.Op.op()}
}
func (e *TimerFired) edited(*editor) Body { return e }

// StartRejected rejects a start request that arrived while this run was open. The workflow's code does not see it.
type StartRejected struct {
	RequestID string
	Parent    *Parent // of the child that was to be started; nil if it was no child
}

func (e *StartRejected) fields(w *wire) {
	w.string(1, &e.RequestID)
	optional(w, 2, &e.Parent)
}

// Details implements Body.
func (e *StartRejected) Details() Details {
	return Details{Kind: KindStartRejected, Subject: "start", Verb: "rejected", Request: e.RequestID, Parent: e.Parent}
}
func (e *StartRejected) edited(*editor) Body { return e }

// ZoneLoaded holds the rules of a time zone that the code used. They apply for the rest of the run.
type ZoneLoaded struct {
	Name  string
	Rules []byte // TZif, RFC 8536
	Error string // why the zone could not be loaded; empty if it was
}

func (e *ZoneLoaded) fields(w *wire) {
	w.string(1, &e.Name)
	w.bytes(2, &e.Rules)
	w.string(3, &e.Error)
}

// Details implements Body.
func (e *ZoneLoaded) Details() Details {
	return Details{Kind: KindZoneLoaded, Subject: "time zone", Verb: "loaded", Command: true, Name: e.Name, Reason: e.Error}
}
func (e *ZoneLoaded) edited(*editor) Body { return e }

// RunCompleted closes a run whose workflow returned no error.
type RunCompleted struct {
	Result   Payload
	Warnings []string // for the author, such as goroutines that had not ended
}

func (e *RunCompleted) fields(w *wire) {
	w.sub(1, &e.Result)
	w.texts(2, &e.Warnings)
}

// Details implements Body.
func (e *RunCompleted) Details() Details {
	return Details{
		Kind: KindRunCompleted, Subject: "run", Verb: "completed", Command: true, Status: StatusCompleted,
		Outcome: &Outcome{Result: e.Result}, Warnings: e.Warnings,
	}
}
func (e *RunCompleted) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Result)
	ed.warn(&c.Warnings)
	return &c
}

// RunFailed closes a run whose workflow returned an error.
type RunFailed struct {
	Result   Payload
	Failure  Failure
	Warnings []string
}

func (e *RunFailed) fields(w *wire) {
	w.sub(1, &e.Result)
	w.sub(2, &e.Failure)
	w.texts(3, &e.Warnings)
}

// Details implements Body.
func (e *RunFailed) Details() Details {
	return Details{
		Kind: KindRunFailed, Subject: "run", Verb: "failed", Command: true, Status: StatusFailed,
		Outcome: &Outcome{Result: e.Result, Failure: &e.Failure}, Warnings: e.Warnings,
	}
}
func (e *RunFailed) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Result)
	ed.failure(&c.Failure)
	ed.warn(&c.Warnings)
	return &c
}

// RunCancelled closes a run that was cancelled, and whose workflow returned an error that matches context.Canceled.
type RunCancelled struct {
	Result   Payload
	Failure  Failure
	Warnings []string
}

func (e *RunCancelled) fields(w *wire) {
	w.sub(1, &e.Result)
	w.sub(2, &e.Failure)
	w.texts(3, &e.Warnings)
}

// Details implements Body.
func (e *RunCancelled) Details() Details {
	return Details{
		Kind: KindRunCancelled, Subject: "run", Verb: "cancelled", Command: true, Status: StatusCancelled,
		Outcome: &Outcome{Result: e.Result, Failure: &e.Failure}, Warnings: e.Warnings,
	}
}
func (e *RunCancelled) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Result)
	ed.failure(&c.Failure)
	ed.warn(&c.Warnings)
	return &c
}

// RunTerminated closes a run from outside. The workflow's code is not involved.
type RunTerminated struct {
	Reason string
	Sealed Payload // the reason, while it is sealed
}

func (e *RunTerminated) fields(w *wire) {
	w.string(1, &e.Reason)
	w.sub(2, &e.Sealed)
}

// Details implements Body.
func (e *RunTerminated) Details() Details {
	return Details{Kind: KindRunTerminated, Subject: "run", Verb: "terminated", Status: StatusTerminated, Reason: e.Reason, SealedReason: e.Sealed}
}
func (e *RunTerminated) edited(ed *editor) Body {
	c := *e
	ed.text(&c.Reason, &c.Sealed)
	return &c
}

// RunTimedOut closes a run whose workflow timeout has passed. The workflow's code is not involved.
type RunTimedOut struct{}

func (e *RunTimedOut) fields(w *wire) {}

// Details implements Body.
func (*RunTimedOut) Details() Details {
	return Details{Kind: KindRunTimedOut, Subject: "run", Verb: "timed out", Status: StatusTimedOut}
}
func (e *RunTimedOut) edited(*editor) Body { return e }
