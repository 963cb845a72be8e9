// This file holds the values that events and messages are made of: operations, payloads, policies and outcomes.

package history

import (
	"crypto/sha256"
	"fmt"
	"time"
)

// Op is the identity of an operation that a workflow's code asked for. It does not depend on other coroutines or on the
// position of the call in the source, so that two versions of a workflow can be compared.
type Op struct {
	Coroutine string // path of the coroutine: "0" is the workflow's own, "0.2" the third one it started
	Index     uint64 // among the operations of that coroutine, from 1
	Pos       string // file:line of the author's call, for people; not part of the identity
}

func (o *Op) fields(w *wire) {
	w.string(1, &o.Coroutine)
	w.uint(2, &o.Index)
	w.string(3, &o.Pos)
}

// ID is the identity without the position.
func (o Op) ID() OpID { return OpID{o.Coroutine, o.Index} }

// OpID identifies an operation within its run.
type OpID struct {
	Coroutine string
	Index     uint64
}

func (o *OpID) fields(w *wire) {
	w.string(1, &o.Coroutine)
	w.uint(2, &o.Index)
}

// String is the form used in idempotency keys, task subjects and messages: "0/3".
func (o OpID) String() string { return fmt.Sprintf("%s/%d", o.Coroutine, o.Index) }

// op is the operation without a position.
func (o OpID) op() Op { return Op{Coroutine: o.Coroutine, Index: o.Index} }

// Payload holds encoded values of the author.
type Payload struct {
	Encoding string // how Data was made, first step first: "json", "json+gzip"
	Data     []byte
	Object   string // if set, Data is stored under this name in the object store
	Size     int64  // length of the data in the object store
}

// shownMax bounds, in bytes, how much of a payload String shows.
const shownMax = 300

// String is for people: JSON as it is, if it is not long; the hash of longer values; the length of other encodings.
func (p Payload) String() string {
	switch {
	case p.Object != "":
		return fmt.Sprintf("%s of %d bytes in object %s", p.Encoding, p.Size, p.Object)
	case p.Encoding == "" && len(p.Data) == 0:
		return ""
	case p.Encoding == "json" && len(p.Data) <= shownMax:
		return string(p.Data)
	case p.Encoding == "json":
		return fmt.Sprintf("%s… (%d bytes, sha256 %.8x)", p.Data[:40], len(p.Data), sha256.Sum256(p.Data))
	}
	return fmt.Sprintf("%s of %d bytes", p.Encoding, len(p.Data))
}

func (p *Payload) fields(w *wire) {
	w.string(1, &p.Encoding)
	w.bytes(2, &p.Data)
	w.string(3, &p.Object)
	number(w, 4, &p.Size)
}

// Parent is the call that has started a run.
type Parent struct {
	ID    string // workflow id of the parent
	RunID string
	Queue string // of the parent
	Op    OpID   // the call, among the parent's operations
}

func (p *Parent) fields(w *wire) {
	w.string(1, &p.ID)
	w.string(2, &p.RunID)
	w.string(3, &p.Queue)
	w.sub(4, &p.Op)
}

// SignalRequest sends a signal or an update to a run.
type SignalRequest struct {
	Name   string
	ID     string // see SignalReceived
	Value  Payload
	Update bool // the sender waits for an answer
}

func (m *SignalRequest) fields(w *wire) {
	w.string(1, &m.Name)
	w.string(2, &m.ID)
	w.sub(3, &m.Value)
	w.bool(4, &m.Update)
}

// Policy is the policy of an activity: see abi.Policy. A zero duration means no limit, zero Attempts no limit either.
type Policy struct {
	StartToClose    time.Duration
	ScheduleToStart time.Duration
	ScheduleToClose time.Duration
	Heartbeat       time.Duration
	Attempts        int
	BackoffMin      time.Duration
	BackoffMax      time.Duration
	BackoffFactor   float64
}

func (p *Policy) fields(w *wire) {
	number(w, 1, &p.StartToClose)
	number(w, 2, &p.ScheduleToStart)
	number(w, 3, &p.ScheduleToClose)
	number(w, 4, &p.Heartbeat)
	number(w, 5, &p.Attempts)
	number(w, 6, &p.BackoffMin)
	number(w, 7, &p.BackoffMax)
	w.float(8, &p.BackoffFactor)
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

// Outcome is the outcome of an activity or step. Result may be set together with Failure: a Go function may return values
// and an error.
type Outcome struct {
	Result   Payload
	Failure  *Failure
	Attempts int    // how many attempts were started
	Worker   string // that ran the last one
}

func (o *Outcome) fields(w *wire) {
	w.sub(1, &o.Result)
	optional(w, 2, &o.Failure)
	number(w, 3, &o.Attempts)
	w.string(4, &o.Worker)
}

func (o *Outcome) verb() string {
	if o.Failure != nil {
		return "failed"
	}
	return "completed"
}

// FailureKind says how a failure is turned back into an error.
type FailureKind int32

// The kinds of failures.
const (
	FailureOpaque   FailureKind = 0 // a type that is not registered: only its message is kept
	FailureSentinel FailureKind = 1 // the error variable registered as Type
	FailureTyped    FailureKind = 2 // a value of the type registered as Type, made from Fields and Causes
	FailureWrapped  FailureKind = 3 // a message around Causes[0]
	FailureJoined   FailureKind = 4 // errors.Join of Causes, or another error with several
	FailureTimeout  FailureKind = 5 // an activity's timeout; Type names which
	FailurePanic    FailureKind = 6 // an activity panicked; Stack says where
	// FailureWorkerLost is the failure of an activity whose worker was lost during its last attempt.
	FailureWorkerLost FailureKind = 7
)

// Failure is an error, encoded with its tree.
type Failure struct {
	Kind    FailureKind
	Message string
	Type    string
	Fields  []byte // JSON object of a typed error's fields
	Causes  []Failure
	Final   bool // not to be retried
	Stack   string
	Slots   []string // for a typed error: the field that Causes[i] fills; empty where a cause only unwraps
	Sealed  Payload  // the failure, while it is sealed; then only Kind, Type and Final are set besides
}

func (f *Failure) fields(w *wire) {
	number(w, 1, &f.Kind)
	w.string(2, &f.Message)
	w.string(3, &f.Type)
	w.bytes(4, &f.Fields)
	list(w, 5, &f.Causes)
	w.bool(6, &f.Final)
	w.string(7, &f.Stack)
	w.texts(8, &f.Slots)
	w.sub(9, &f.Sealed)
}
