// This file makes changed copies of events. An event is shared between the run in memory and its record, so it is
// never changed in place.

package history

// MapPayloads calls edit with a copy of each payload of b, and with its texts and failures as payloads. edit may change
// them. MapPayloads returns a copy of b with the changed ones, and the first error.
func MapPayloads(b Body, edit func(*Payload) error) (Body, error) {
	ed := newPayloadEditor(edit)
	return b.edited(ed), ed.err
}

// Comparable returns a copy of b without what may differ between two executions of the same code: positions in the
// source, warnings, and what only newer versions record.
func Comparable(b Body) Body {
	return b.edited(&editor{
		onOp:       func(o *Op) { o.Pos = "" },
		onWarnings: func(warnings *[]string) { *warnings = nil },
		onCause:    func(deadline *bool) { *deadline = false },
	})
}

// WithWarnings returns a copy of b with warnings, if it is the outcome of a run.
func WithWarnings(b Body, warnings []string) Body {
	return b.edited(&editor{onWarnings: func(w *[]string) { *w = warnings }})
}
