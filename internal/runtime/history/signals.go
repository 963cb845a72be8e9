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

// Received returns the event of a signal or update that has been sent.
func (m *SignalRequest) Received(more bool) Body {
	if m.Update {
		return &UpdateAccepted{Name: m.Name, ID: m.ID, Value: m.Value, More: more}
	}
	return &SignalReceived{Name: m.Name, ID: m.ID, Value: m.Value, More: more}
}

// ReceivedBy is the reverse of Received. It returns nil for any other event.
func ReceivedBy(b Body) (m *SignalRequest, more bool) {
	switch e := b.(type) {
	case *SignalReceived:
		return &SignalRequest{Name: e.Name, ID: e.ID, Value: e.Value}, e.More
	case *UpdateAccepted:
		return &SignalRequest{Name: e.Name, ID: e.ID, Value: e.Value, Update: true}, e.More
	}
	return nil, false
}

// editSignals returns a copy of signals with changed payloads.
func editSignals(signals []SignalRequest, ed *editor) []SignalRequest {
	signals = slices.Clone(signals)
	for i := range signals {
		signals[i].payloads(ed)
	}
	return signals
}

func (m *SignalRequest) payloads(ed *editor) { ed.payload(&m.Value) }
