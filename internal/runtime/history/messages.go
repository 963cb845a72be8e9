// This file holds the messages to workflows. They are consumed and not kept. But a message may wait for weeks and be read by
// a newer worker, so the same rules apply as for events.

package history

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
)

// ReusePolicy says whether the id of a closed workflow may be used again.
type ReusePolicy int32

// The reuse policies.
const (
	ReuseAllow    ReusePolicy = 0 // start another run
	ReuseIfFailed ReusePolicy = 1 // only if the last run did not complete
	ReuseReject   ReusePolicy = 2 // never, while the closed run is kept
)

// Allows reports whether a new run may follow a run with the status last.
func (p ReusePolicy) Allows(last Status) bool {
	switch p {
	case ReuseAllow:
		return true
	case ReuseIfFailed:
		return last != StatusCompleted
	}
	return false
}

// ConflictPolicy says what a start does if a run of its id is open.
type ConflictPolicy int32

// The conflict policies.
const (
	ConflictFail        ConflictPolicy = 0 // the start fails
	ConflictUseExisting ConflictPolicy = 1 // the start returns the open run
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
	Named     bool // the caller chose the request id, and may make the request again
	Parent    *Parent
	Signals   []SignalRequest
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
	w.bool(11, &m.Named)
	optional(w, 12, &m.Parent)
	list(w, 18, &m.Signals)
}

// RequestKey identifies the request of a start, in the store: an id of 32 hexadecimal digits.
func RequestKey(requestID string) string {
	sum := sha256.Sum256([]byte(requestID))
	return hex.EncodeToString(sum[:16])
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
	RunID     string // the run it is for; empty: the open one
	Completed *ActivityCompleted
	Cancel    *CancelRequest
	Terminate *TerminateRequest
	Wake      *Wake
	Signal    *SignalRequest
	Child     *ChildCompleted
	Request   *RequestCompleted
}

// CancelRequest asks a run to cancel its context.
type CancelRequest struct {
	Reason string
	Sealed Payload // the reason, while it is sealed
}

func (m *CancelRequest) fields(w *wire) {
	w.string(1, &m.Reason)
	w.sub(2, &m.Sealed)
}

// TerminateRequest asks for a run to be closed without involving its code.
type TerminateRequest struct {
	Reason string
	Sealed Payload // the reason, while it is sealed
}

func (m *TerminateRequest) fields(w *wire) {
	w.string(1, &m.Reason)
	w.sub(2, &m.Sealed)
}

func (m *CancelRequest) payloads(ed *editor)    { ed.text(&m.Reason, &m.Sealed) }
func (m *TerminateRequest) payloads(ed *editor) { ed.text(&m.Reason, &m.Sealed) }

// Wake asks the worker that owns a run to check whether the run should have moved on.
type Wake struct{}

func (m *Wake) fields(*wire) {}

func (m *Message) fields(w *wire) {
	w.string(1, &m.RunID)
	optional(w, 2, &m.Completed)
	optional(w, 3, &m.Cancel)
	optional(w, 4, &m.Terminate)
	optional(w, 5, &m.Wake)
	optional(w, 6, &m.Signal)
	optional(w, 8, &m.Child)
	optional(w, 9, &m.Request)
}

// Marshal encodes m.
func (m *Message) Marshal() []byte { return marshal(m) }

// UnmarshalMessage decodes a message to a run.
func UnmarshalMessage(data []byte) (*Message, error) {
	m := &Message{}
	if err := unmarshal(data, m); err != nil {
		return nil, named("inbox message", err)
	}
	if m.Completed == nil && m.Cancel == nil && m.Terminate == nil && m.Wake == nil && m.Signal == nil && m.Child == nil && m.Request == nil {
		return nil, errors.New("inbox message of an unknown kind: run a newer worker")
	}
	return m, nil
}
