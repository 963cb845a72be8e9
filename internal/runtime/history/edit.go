// This file makes changed copies of events. An event is shared between the run in memory and its record, so it is
// never changed in place.

package history

// editor is what is done to the fields of a copy of an event. Functions that are nil change nothing.
type editor struct {
	onOp       func(*Op)
	onPayload  func(*Payload)
	onWarnings func(*[]string)
	err        error // the first one
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

// MapPayloads calls edit with a copy of each payload of b, and with its texts and failures as payloads. edit may change
// them. MapPayloads returns a copy of b with the changed ones, and the first error.
func MapPayloads(b Body, edit func(*Payload) error) (Body, error) {
	ed := newPayloadEditor(edit)
	return b.edited(ed), ed.err
}

// Comparable returns a copy of b without what may differ between two executions of the same code: positions in the
// source, and warnings.
func Comparable(b Body) Body {
	return b.edited(&editor{
		onOp:       func(o *Op) { o.Pos = "" },
		onWarnings: func(warnings *[]string) { *warnings = nil },
	})
}

// WithWarnings returns a copy of b with warnings, if it is the outcome of a run.
func WithWarnings(b Body, warnings []string) Body {
	return b.edited(&editor{onWarnings: func(w *[]string) { *w = warnings }})
}
