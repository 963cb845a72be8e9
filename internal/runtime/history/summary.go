// This file holds the status of a run and its summary, which the store keeps for listings.

package history

import (
	"time"
)

// RunSummary is the summary of the newest run of a workflow id. It follows the journal and may lag behind it.
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
	Result    *Payload // of a closed run; nil if it is large, then only the journal has it
	Failure   *Failure
	Parked    string // why a parked run is parked; of a running one, why its code does not yield
	Reason    string // of a cancellation or termination
	// Trials are the workers that began a turn of a run that may crash workers, and have not finished it.
	Trials   []string
	TrialsAt uint64 // the journal record after which they began; they are void once another one is stored
	// ParkedBy are the builds of the program that cannot run the code of a parked run.
	ParkedBy []string
	// SealedParked and SealedReason are Parked and Reason, while they are sealed.
	SealedParked Payload
	SealedReason Payload
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
	w.texts(17, &m.ParkedBy)
	w.sub(20, &m.SealedParked)
	w.sub(21, &m.SealedReason)
}

// Marshal encodes m.
func (m *RunSummary) Marshal() []byte { return marshal(m) }

// UnmarshalRunSummary decodes the summary of a run.
func UnmarshalRunSummary(data []byte) (*RunSummary, error) {
	m := &RunSummary{}
	return m, named("run summary", unmarshal(data, m))
}

// StatusOf returns the status of a run whose last event has body b: StatusRunning unless b closes the run.
func StatusOf(b Body) Status {
	if d := b.Details(); d.Closes() {
		return d.Status
	}
	return StatusRunning
}

// Close sets the fields of a summary that describe how its run ended. It does nothing if e does not close a run.
func (m *RunSummary) Close(e Event) {
	d := e.Body.Details()
	if !d.Closes() {
		return
	}
	m.Status, m.Closed, m.Reason, m.SealedReason = d.Status, e.Time, d.Reason, d.SealedReason
	if d.Outcome == nil {
		return
	}
	outcome := *d.Outcome
	m.Result = &outcome.Result
	if outcome.Failure != nil {
		failure := *outcome.Failure
		m.Failure = &failure
	}
}

// The result is left as it is: it comes from an event, and few readers need it.
func (m *RunSummary) payloads(ed *editor) {
	ed.optionalFailure(&m.Failure)
	ed.text(&m.Parked, &m.SealedParked)
	ed.text(&m.Reason, &m.SealedReason)
}
