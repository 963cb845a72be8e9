package history

import "time"

// This file lists the bodies of events. The numbers are those of history.proto.

// RunStarted is the first event of every run.
type RunStarted struct {
	Type      string // the workflow's name
	Queue     string
	RequestID string // of the start request: starting again with it starts nothing
	Input     Payload
	Config    []Setting     // config fields of the receiver, as they were
	Timeout   time.Duration // the run is closed as timed out this long after its start; 0: never
	Retention time.Duration // how long the closed run is kept

	WorkflowVersion  string // fingerprint of the lowered code
	GeneratorVersion string
	SchedulerVersion uint32
}

// Setting is a config field and its value.
type Setting struct {
	Name  string
	Value Payload
}

func (s *Setting) fields(w *wire) {
	w.string(1, &s.Name)
	w.sub(2, &s.Value)
}

func (*RunStarted) field() int { return 10 }
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
}

// ActivityScheduled is the command to have an activity run by a worker of its queue.
type ActivityScheduled struct {
	Op     Op
	Name   string
	Tag    string // tells two receivers of one activity type apart
	Queue  string
	Input  Payload
	Policy Policy
}

func (*ActivityScheduled) field() int { return 11 }
func (e *ActivityScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.Name)
	w.string(3, &e.Tag)
	w.string(4, &e.Queue)
	w.sub(5, &e.Input)
	w.sub(6, &e.Policy)
}

// ActivityCompleted gives the one outcome of an activity; attempts in between leave no event.
type ActivityCompleted struct {
	Op      OpID
	Outcome Outcome
}

func (*ActivityCompleted) field() int { return 12 }
func (e *ActivityCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.sub(2, &e.Outcome)
}

// ActivityCancelRequested is the command to cancel an activity's context. Its outcome is still to come.
type ActivityCancelRequested struct {
	Op OpID
}

func (*ActivityCancelRequested) field() int       { return 13 }
func (e *ActivityCancelRequested) fields(w *wire) { w.sub(1, &e.Op) }

// StepScheduled is the command to run a step in the worker that runs the workflow.
type StepScheduled struct {
	Op     Op
	Name   string
	Tag    string
	Input  Payload
	Policy Policy
}

func (*StepScheduled) field() int { return 14 }
func (e *StepScheduled) fields(w *wire) {
	w.sub(1, &e.Op)
	w.string(2, &e.Name)
	w.string(3, &e.Tag)
	w.sub(4, &e.Input)
	w.sub(5, &e.Policy)
}

// StepCompleted gives the one outcome of a step.
type StepCompleted struct {
	Op      OpID
	Outcome Outcome
}

func (*StepCompleted) field() int { return 15 }
func (e *StepCompleted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.sub(2, &e.Outcome)
}

// TimerStarted is the command to be woken at Due, and again after each Period. A timer that is stopped, or that nobody
// waits for any more, leaves no further event.
type TimerStarted struct {
	Op     Op
	Due    time.Time
	Name   string        // what it is for; empty for a sleep
	Period time.Duration // of a ticker
}

func (*TimerStarted) field() int { return 16 }
func (e *TimerStarted) fields(w *wire) {
	w.sub(1, &e.Op)
	w.time(2, &e.Due)
	w.string(3, &e.Name)
	number(w, 4, &e.Period)
}

// TimerFired ends a timer, or is one tick of a ticker, never before it was due.
type TimerFired struct {
	Op OpID
}

func (*TimerFired) field() int       { return 17 }
func (e *TimerFired) fields(w *wire) { w.sub(1, &e.Op) }

// CancelRequested cancels the context of the workflow.
type CancelRequested struct {
	Reason string
}

func (*CancelRequested) field() int       { return 18 }
func (e *CancelRequested) fields(w *wire) { w.string(1, &e.Reason) }

// StartRejected answers a start that came while this run was open. The workflow's code does not see it.
type StartRejected struct {
	RequestID string
}

func (*StartRejected) field() int       { return 19 }
func (e *StartRejected) fields(w *wire) { w.string(1, &e.RequestID) }

// ZoneLoaded gives the rules of a time zone that the code asked for, which hold for the whole run.
type ZoneLoaded struct {
	Name  string
	Rules []byte // TZif, RFC 8536
	Error string // why there are none; empty if there are
}

func (*ZoneLoaded) field() int { return 20 }
func (e *ZoneLoaded) fields(w *wire) {
	w.string(1, &e.Name)
	w.bytes(2, &e.Rules)
	w.string(3, &e.Error)
}

// RunCompleted closes a run whose workflow returned no error.
type RunCompleted struct {
	Result   Payload
	Warnings []string // what its author should know, such as goroutines that had not ended
}

func (*RunCompleted) field() int { return 30 }
func (e *RunCompleted) fields(w *wire) {
	w.sub(1, &e.Result)
	w.texts(2, &e.Warnings)
}

// RunFailed closes a run whose workflow returned an error.
type RunFailed struct {
	Result   Payload
	Failure  Failure
	Warnings []string
}

func (*RunFailed) field() int { return 31 }
func (e *RunFailed) fields(w *wire) {
	w.sub(1, &e.Result)
	w.sub(2, &e.Failure)
	w.texts(3, &e.Warnings)
}

// RunCancelled closes a run whose workflow returned an error that is context.Canceled.
type RunCancelled struct {
	Result   Payload
	Failure  Failure
	Warnings []string
}

func (*RunCancelled) field() int { return 32 }
func (e *RunCancelled) fields(w *wire) {
	w.sub(1, &e.Result)
	w.sub(2, &e.Failure)
	w.texts(3, &e.Warnings)
}

// RunTerminated closes a run from outside; its code is not asked.
type RunTerminated struct {
	Reason string
}

func (*RunTerminated) field() int       { return 33 }
func (e *RunTerminated) fields(w *wire) { w.string(1, &e.Reason) }

// RunTimedOut closes a run whose workflow timeout has passed; its code is not asked.
type RunTimedOut struct{}

func (*RunTimedOut) field() int       { return 34 }
func (e *RunTimedOut) fields(w *wire) {}
