// This file is what changes the fields of events and messages.

package history

// editor is what is done to the fields of a copy of an event. Functions that are nil change nothing.
type editor struct {
	onOp       func(*Op)
	onPayload  func(*Payload)
	onWarnings func(*[]string)
	onCause    func(deadline *bool) // of a request to cancel
	err        error                // the first one
}

// newPayloadEditor returns an editor that calls edit until that fails.
func newPayloadEditor(edit func(*Payload) error) *editor {
	ed := &editor{}
	ed.onPayload = func(p *Payload) {
		if ed.err == nil {
			ed.err = edit(p)
		}
	}
	return ed
}

func (ed *editor) fail(err error) {
	if ed.err == nil {
		ed.err = err
	}
}

func (ed *editor) op(o *Op) {
	if ed.onOp != nil {
		ed.onOp(o)
	}
}

func (ed *editor) payload(p *Payload) {
	if ed.onPayload != nil {
		ed.onPayload(p)
	}
}

func (ed *editor) warn(warnings *[]string) {
	if ed.onWarnings != nil {
		ed.onWarnings(warnings)
	}
}
