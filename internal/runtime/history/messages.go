package history

import (
	"errors"
	"fmt"
	"time"
)

// This file holds the messages between clients, workflow workers and activity workers. They are consumed, not kept,
// but a message may wait for weeks and be read by a newer worker: the same rules apply as for events.

// ReusePolicy says whether the id of a closed workflow may be used again.
type ReusePolicy int32

const (
	ReuseAllow    ReusePolicy = 0 // start another run
	ReuseIfFailed ReusePolicy = 1 // only if the last run did not complete
	ReuseReject   ReusePolicy = 2 // never, as long as the closed run is kept
)

// Allows reports whether a new run may follow one that ended like this.
func (p ReusePolicy) Allows(last Status) bool {
	switch p {
	case ReuseAllow:
		return true
	case ReuseIfFailed:
		return last != StatusCompleted
	}
	return false
}

// ConflictPolicy says what a start does when a run of that id is open.
type ConflictPolicy int32

const (
	ConflictFail        ConflictPolicy = 0 // the start fails
	ConflictUseExisting ConflictPolicy = 1 // the start answers with the open run
	ConflictTerminate   ConflictPolicy = 2 // the open run is terminated, then the new one starts
)

// StartRequest asks for a run.
type StartRequest struct {
	Type      string
	Queue     string
	ID        string
	RunID     string
	RequestID string
	Input     Payload
	Timeout   time.Duration
	Retention time.Duration
	Reuse     ReusePolicy
	Conflict  ConflictPolicy
}

func (m *StartRequest) fields(w *wire) {
	w.string(1, &m.Type)
	w.string(2, &m.Queue)
	w.string(3, &m.ID)
	w.string(4, &m.RunID)
	w.string(5, &m.RequestID)
	w.sub(6, &m.Input)
	number(w, 7, &m.Timeout)
	number(w, 8, &m.Retention)
	number(w, 9, &m.Reuse)
	number(w, 10, &m.Conflict)
}

// Marshal encodes m.
func (m *StartRequest) Marshal() []byte { return marshal(m) }

// UnmarshalStartRequest decodes a start request.
func UnmarshalStartRequest(data []byte) (*StartRequest, error) {
	m := &StartRequest{}
	return m, named("start request", unmarshal(data, m))
}

// Message is one message to an open run. Exactly one of the pointers is set.
type Message struct {
	RunID     string // the run it is for; empty: whichever is open
	Completed *ActivityCompleted
	Cancel    *CancelRequest
	Terminate *TerminateRequest
	Wake      *Wake
}

// CancelRequest asks a run to cancel its context.
type CancelRequest struct{ Reason string }

func (m *CancelRequest) fields(w *wire) { w.string(1, &m.Reason) }

// TerminateRequest asks for a run to be closed without asking its code.
type TerminateRequest struct{ Reason string }

func (m *TerminateRequest) fields(w *wire) { w.string(1, &m.Reason) }

// Wake asks the worker that owns a run to check whether the run should have moved on.
type Wake struct{}

func (m *Wake) fields(*wire) {}

func (m *Message) fields(w *wire) {
	w.string(1, &m.RunID)
	optional(w, 2, &m.Completed)
	optional(w, 3, &m.Cancel)
	optional(w, 4, &m.Terminate)
	optional(w, 5, &m.Wake)
}

// Marshal encodes m.
func (m *Message) Marshal() []byte { return marshal(m) }

// UnmarshalMessage decodes a message to a run.
func UnmarshalMessage(data []byte) (*Message, error) {
	m := &Message{}
	if err := unmarshal(data, m); err != nil {
		return nil, named("inbox message", err)
	}
	if m.Completed == nil && m.Cancel == nil && m.Terminate == nil && m.Wake == nil {
		return nil, errors.New("inbox message of a kind this worker does not know: run a newer worker")
	}
	return m, nil
}

// Task asks an activity worker for attempts at an activity.
type Task struct {
	ID            string // workflow id
	RunID         string
	WorkflowType  string
	WorkflowQueue string // where the outcome goes
	Op            OpID
	Name          string
	Tag           string
	Input         Payload
	Policy        Policy
	Scheduled     time.Time
}

func (m *Task) fields(w *wire) {
	w.string(1, &m.ID)
	w.string(2, &m.RunID)
	w.string(3, &m.WorkflowType)
	w.string(4, &m.WorkflowQueue)
	w.sub(5, &m.Op)
	w.string(6, &m.Name)
	w.string(7, &m.Tag)
	w.sub(8, &m.Input)
	w.sub(9, &m.Policy)
	w.time(10, &m.Scheduled)
}

// Marshal encodes m.
func (m *Task) Marshal() []byte { return marshal(m) }

// UnmarshalTask decodes a task.
func UnmarshalTask(data []byte) (*Task, error) {
	m := &Task{}
	return m, named("activity task", unmarshal(data, m))
}

// IdempotencyKey is the same for every attempt at one activity, and for no other activity.
func (m *Task) IdempotencyKey() string { return m.RunID + "/" + m.Op.String() }

// TaskState is the news of an activity that has no outcome yet: what the next attempt and a curious person read.
type TaskState struct {
	Attempt     int       // the last attempt that started
	Started     time.Time // when it did
	Heartbeat   Payload   // details of the last heartbeat of any attempt
	LastFailure *Failure  // of the attempt before, if it failed
	NextRetry   time.Time // when the next attempt starts, if none runs
	Worker      string
}

func (m *TaskState) fields(w *wire) {
	number(w, 1, &m.Attempt)
	w.time(2, &m.Started)
	w.sub(3, &m.Heartbeat)
	optional(w, 4, &m.LastFailure)
	w.time(5, &m.NextRetry)
	w.string(6, &m.Worker)
}

// Marshal encodes m.
func (m *TaskState) Marshal() []byte { return marshal(m) }

// UnmarshalTaskState decodes the state of a task.
func UnmarshalTaskState(data []byte) (*TaskState, error) {
	m := &TaskState{}
	return m, named("task state", unmarshal(data, m))
}

// TaskRef names a task on the bus: "cancel this", "is anybody running this?".
type TaskRef struct {
	RunID  string
	Op     OpID
	Cancel bool // cancel the attempt's context; otherwise only ask
}

func (m *TaskRef) fields(w *wire) {
	w.string(1, &m.RunID)
	w.sub(2, &m.Op)
	w.bool(3, &m.Cancel)
}

// Marshal encodes m.
func (m *TaskRef) Marshal() []byte { return marshal(m) }

// UnmarshalTaskRef decodes a reference to a task.
func UnmarshalTaskRef(data []byte) (*TaskRef, error) {
	m := &TaskRef{}
	return m, named("task reference", unmarshal(data, m))
}

// StackRequest asks on the bus where the coroutines of a run stand.
type StackRequest struct {
	ID    string
	RunID string
}

func (m *StackRequest) fields(w *wire) {
	w.string(1, &m.ID)
	w.string(2, &m.RunID)
}

// Marshal encodes m.
func (m *StackRequest) Marshal() []byte { return marshal(m) }

// UnmarshalStackRequest decodes a request for a stack.
func UnmarshalStackRequest(data []byte) (*StackRequest, error) {
	m := &StackRequest{}
	return m, named("request for a stack", unmarshal(data, m))
}

// Stack answers a StackRequest.
type Stack struct {
	Coroutines []Coroutine // in order of creation
	Worker     string
}

func (m *Stack) fields(w *wire) {
	list(w, 1, &m.Coroutines)
	w.string(2, &m.Worker)
}

// Marshal encodes m.
func (m *Stack) Marshal() []byte { return marshal(m) }

// UnmarshalStack decodes the answer to a request for a stack.
func UnmarshalStack(data []byte) (*Stack, error) {
	m := &Stack{}
	return m, named("stack", unmarshal(data, m))
}

// Coroutine is a goroutine of a workflow, as people see it.
type Coroutine struct {
	Path    string   // "0" is the workflow's own, "0.2" the third one that it started; empty if that is not known
	Waiting string   // what it waits for: "chan receive", "activity m/shop.Charge"; empty if it runs
	Started string   // file:line of what started it; empty for the workflow's own
	Stack   []string // where it waits, innermost first: "shop/flow.go:12 in shop.Checkout"
}

func (c *Coroutine) fields(w *wire) {
	w.string(1, &c.Path)
	w.string(2, &c.Waiting)
	w.string(3, &c.Started)
	w.texts(4, &c.Stack)
}

func (c Coroutine) String() string {
	text := fmt.Sprintf("goroutine %s waits for %s", c.Path, c.Waiting)
	if len(c.Stack) > 0 {
		text += " at " + c.Stack[0]
	}
	if c.Started != "" {
		text += ", started at " + c.Started
	}
	return text
}

// Status is how a run stands.
type Status int32

// The ways a run can stand. A value that is added later is that of a closed run.
const (
	StatusUnknown    Status = 0
	StatusRunning    Status = 1
	StatusParked     Status = 2 // open, but it cannot go on until its code, or its history, is mended
	StatusCompleted  Status = 3
	StatusFailed     Status = 4
	StatusCancelled  Status = 5
	StatusTerminated Status = 6
	StatusTimedOut   Status = 7
)

var statusNames = [...]string{"unknown", "running", "parked", "completed", "failed", "cancelled", "terminated", "timed out"}

func (s Status) String() string {
	if int(s) < len(statusNames) && s >= 0 {
		return statusNames[s]
	}
	return fmt.Sprintf("status %d", int32(s))
}

// Closed reports whether the run has ended.
func (s Status) Closed() bool { return s >= StatusCompleted }

// RunSummary is the registry's entry for a workflow id: its newest run.
type RunSummary struct {
	ID        string
	RunID     string
	RequestID string
	Type      string
	Queue     string
	Status    Status
	Started   time.Time
	Closed    time.Time
	Changed   time.Time
	Events    uint64   // length of the history
	Result    *Payload // of a closed run; absent if it is large: then the journal has it
	Failure   *Failure
	Parked    string // why a parked run is parked; of a running one, why it does not give up its turn
	Reason    string // of a cancellation or termination
	// Trials are the programs that began a turn of a run which workers may be dying of, and have not come to its end.
	Trials   []string
	TrialsAt uint64 // the journal record after which they began; once another one is there, they count no more
}

func (m *RunSummary) fields(w *wire) {
	w.string(1, &m.ID)
	w.string(2, &m.RunID)
	w.string(3, &m.RequestID)
	w.string(4, &m.Type)
	w.string(5, &m.Queue)
	number(w, 6, &m.Status)
	w.time(7, &m.Started)
	w.time(8, &m.Closed)
	w.time(9, &m.Changed)
	w.uint(10, &m.Events)
	optional(w, 11, &m.Result)
	optional(w, 12, &m.Failure)
	w.string(13, &m.Parked)
	w.string(14, &m.Reason)
	w.texts(15, &m.Trials)
	w.uint(16, &m.TrialsAt)
}

// Marshal encodes m.
func (m *RunSummary) Marshal() []byte { return marshal(m) }

// UnmarshalRunSummary decodes an entry of the registry.
func UnmarshalRunSummary(data []byte) (*RunSummary, error) {
	m := &RunSummary{}
	return m, named("registry entry", unmarshal(data, m))
}

// named says what was being decoded.
func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("corrupt %s: %w", what, err)
}
