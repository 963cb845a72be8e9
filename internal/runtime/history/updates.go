// This file is updates: the event of a request that a run has accepted, and the event and the message of its answer.

package history

// UpdateAccepted hands a request to the channel of the workflow that has its name. Whoever sent it waits for an answer.
type UpdateAccepted struct {
	Name  string // of the channel: the name of the workflow's parameter
	ID    string // an update with the id of an earlier one has no effect and no event; never empty
	Value Payload
	// More: as of SignalReceived.
	More bool
}

func (e *UpdateAccepted) fields(w *wire) {
	w.string(1, &e.Name)
	w.string(2, &e.ID)
	w.sub(3, &e.Value)
	w.bool(4, &e.More)
}

// Details implements Body.
func (e *UpdateAccepted) Details() Details {
	return Details{Kind: KindUpdateAccepted, Subject: "update", Verb: "accepted", Name: e.Name, Input: &e.Value, Request: e.ID}
}
func (e *UpdateAccepted) edited(ed *editor) Body {
	c := *e
	ed.payload(&c.Value)
	return &c
}

// UpdateCompleted is the command to answer an update.
type UpdateCompleted struct {
	ID      string // of the update
	Outcome Outcome
}

func (e *UpdateCompleted) fields(w *wire) {
	w.string(1, &e.ID)
	w.sub(2, &e.Outcome)
}

// Details implements Body.
func (e *UpdateCompleted) Details() Details {
	verb := "answered"
	if e.Outcome.Failure != nil {
		verb = "rejected"
	}
	return Details{Kind: KindUpdateCompleted, Subject: "update", Verb: verb, Command: true, Name: e.ID, Outcome: &e.Outcome}
}
func (e *UpdateCompleted) edited(ed *editor) Body {
	c := *e
	c.Outcome.payloads(ed)
	return &c
}

// UpdateNotice tells the sender of an update, if it still listens, how far the update is.
type UpdateNotice struct {
	Outcome *Outcome // nil: it is accepted and not yet answered
}

func (m *UpdateNotice) fields(w *wire) { optional(w, 1, &m.Outcome) }

// Marshal encodes m.
func (m *UpdateNotice) Marshal() []byte { return marshal(m) }

// UnmarshalUpdateNotice decodes a notice.
func UnmarshalUpdateNotice(data []byte) (*UpdateNotice, error) {
	m := &UpdateNotice{}
	return m, named("update notice", unmarshal(data, m))
}
