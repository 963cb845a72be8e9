// This file holds the messages between workers about activity tasks.

package history

import "time"

// Task asks an activity worker to run an activity, in as many attempts as its policy allows.
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

// IdempotencyKey is the same for all attempts at an activity, and different for every other activity.
func (m *Task) IdempotencyKey() string { return m.RunID + "/" + m.Op.String() }

// TaskState is the state of an activity that has no outcome yet. The next attempt reads it, and so do people.
type TaskState struct {
	Attempt     int       // the last attempt that began
	Started     time.Time // when it did
	Failed      int       // the last attempt whose failure is stored; while an attempt runs, and after its worker died, it is below Attempt
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
	number(w, 7, &m.Failed)
}

// Marshal encodes m.
func (m *TaskState) Marshal() []byte { return marshal(m) }

// UnmarshalTaskState decodes the state of a task.
func UnmarshalTaskState(data []byte) (*TaskState, error) {
	m := &TaskState{}
	return m, named("task state", unmarshal(data, m))
}

// TaskRef refers to a task in a question to workers: whether one of them runs it, and whether to cancel it.
type TaskRef struct {
	RunID  string
	Op     OpID
	Cancel bool // cancel the attempt's context as well
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

func (m *TaskState) payloads(ed *editor) {
	ed.payload(&m.Heartbeat)
	ed.optionalFailure(&m.LastFailure)
}
