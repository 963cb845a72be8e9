// This file is the event of a signal that a run has received.

package history

import "slices"

// SignalReceived hands a signal to the channel of the workflow that has its name.
type SignalReceived struct {
	Name  string // of the channel: the name of the workflow's parameter
	ID    string // a signal with the id of an earlier one has no effect and no event; may be empty
	Value Payload
	// More: the next event is a signal, too, and the code runs only after that one.
	More bool
}

func (e *SignalReceived) fields(w *wire) {
	w.string(1, &e.Name)
	w.string(2, &e.ID)
	w.sub(3, &e.Value)
	w.bool(4, &e.More)
}

// Details implements Body.
func (e *SignalReceived) Details() Details {
	return Details{Kind: KindSignalReceived, Subject: "signal", Verb: "received", Name: e.Name, Input: &e.Value, Request: e.ID}
}
func (e *SignalReceived) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Value)
	return &c
}

// Received returns the event of a signal that has been sent.
func (m *SignalRequest) Received() *SignalReceived {
	return &SignalReceived{Name: m.Name, ID: m.ID, Value: m.Value}
}

func (m *SignalRequest) payloads(ed *editor) { ed.payload(&m.Value) }

// editSignals returns a copy of signals with changed payloads.
func editSignals(signals []SignalRequest, ed *editor) []SignalRequest {
	signals = slices.Clone(signals)
	for i := range signals {
		signals[i].payloads(ed)
	}
	return signals
}
