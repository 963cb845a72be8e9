// This file says what events of any kind have in common: their kinds, their details, and the status that they give a run.

package history

import (
	"fmt"
	"time"
)

// Kind is the kind of an event: the number of its body in the schema.
type Kind int

// The kinds of events.
const (
	KindRunStarted              Kind = 10
	KindActivityScheduled       Kind = 11
	KindActivityCompleted       Kind = 12
	KindActivityCancelRequested Kind = 13
	KindStepScheduled           Kind = 14
	KindStepCompleted           Kind = 15
	KindTimerStarted            Kind = 16
	KindTimerFired              Kind = 17
	KindCancelRequested         Kind = 18
	KindStartRejected           Kind = 19
	KindZoneLoaded              Kind = 20
	KindSignalReceived          Kind = 21
	KindUpdateAccepted          Kind = 22
	KindUpdateCompleted         Kind = 23
	KindChildScheduled          Kind = 25
	KindChildCompleted          Kind = 27
	KindChildCancelRequested    Kind = 28
	KindRunCompleted            Kind = 30
	KindRunFailed               Kind = 31
	KindRunCancelled            Kind = 32
	KindRunTerminated           Kind = 33
	KindRunTimedOut             Kind = 34
	KindRunContinued            Kind = 35
	KindRequestScheduled        Kind = 40
	KindRequestCompleted        Kind = 41
)

// Body is what happened.
type Body interface {
	message
	// Details says what the event is, what it is about and what it does to its run.
	Details() Details
	// edited returns a copy with changed fields, or the body itself if it has none of the fields that ed changes.
	edited(ed *editor) Body
}

// Details describes an event, in the same terms for every kind. Code that treats all kinds alike uses it instead of a type
// switch. Fields that do not apply to a kind are zero. Pointers and slices point into the event and must not be modified.
type Details struct {
	Kind    Kind
	Subject string // what the event is about: "run", "activity", "timer"
	Verb    string // what happened to it: "started", "completed"
	Command bool   // the workflow's code asked for it; otherwise it is inbound
	Status  Status // the status of a run that this event closes; otherwise StatusUnknown

	Op     Op   // the operation that it belongs to; Pos is set only if Starts is
	Starts bool // it starts the operation
	Ends   bool // it ends the operation, or is one tick of a ticker

	Name    string // of the workflow, activity (with its tag), timer or time zone
	ID      string // the workflow id of a child
	Queue   string
	Input   *Payload
	Config  []Setting
	Signals []SignalRequest // that came with the start
	Outcome *Outcome
	Due     time.Time     // of a timer
	Period  time.Duration // of a ticker
	Reason  string        // given with a request, or why something failed
	// SealedReason is the reason, while it is sealed.
	SealedReason Payload
	Request      string  // id of the start request
	Parent       *Parent // of a run that is a child
	Warnings     []string
}

// What says what happened, without details: "activity scheduled".
func (d Details) What() string { return d.Subject + " " + d.Verb }

// Closes reports whether the event closes its run.
func (d Details) Closes() bool { return d.Status.Closed() }

// SleepName is the name of a timer that was started by time.Sleep.
const SleepName = "sleep"

// TaggedName is the name of an activity or step of a receiver with a tag. An empty tag leaves the name as it is.
func TaggedName(name, tag string) string {
	if tag == "" {
		return name
	}
	return name + "@" + tag
}

// Status is the status of a run.
type Status int32

// The statuses of a run. Values that are added later are those of closed runs.
const (
	StatusWaiting    Status = -1 // started, and no worker has begun it; no entry or event has this status
	StatusUnknown    Status = 0
	StatusRunning    Status = 1
	StatusParked     Status = 2 // open, but it cannot continue until its code, or its history, is fixed
	StatusCompleted  Status = 3
	StatusFailed     Status = 4
	StatusCancelled  Status = 5
	StatusTerminated Status = 6
	StatusTimedOut   Status = 7
	StatusContinued  Status = 8 // this generation has ended, and the run continues as new
)

var statusNames = [...]string{"unknown", "running", "parked", "completed", "failed", "cancelled", "terminated", "timed out", "continued as new"}

func (s Status) String() string {
	switch {
	case s == StatusWaiting:
		return "waiting"
	case int(s) < len(statusNames) && s >= 0:
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", int32(s))
}

// Closed reports whether the run has ended.
func (s Status) Closed() bool { return s >= StatusCompleted }
