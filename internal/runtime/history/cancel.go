// This file is the event of a cancellation that was requested.

package history

// CancelRequested cancels the context of the workflow.
type CancelRequested struct {
	Reason string
	Sealed Payload // the reason, while it is sealed
}

func (e *CancelRequested) fields(w *wire) {
	w.string(1, &e.Reason)
	w.sub(2, &e.Sealed)
}

// Details implements Body.
func (e *CancelRequested) Details() Details {
	return Details{Kind: KindCancelRequested, Subject: "cancel", Verb: "requested", Reason: e.Reason, SealedReason: e.Sealed}
}
func (e *CancelRequested) edited(ed *editor) Body {
	c := *e
	ed.text(&c.Reason, &c.Sealed)
	return &c
}

func (e *CancelRequested) copy(ed *editor) *CancelRequested {
	if e == nil {
		return nil
	}
	return e.edited(ed).(*CancelRequested)
}
