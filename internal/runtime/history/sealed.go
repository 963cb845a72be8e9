// This file treats the texts and failures of users as payloads, so that they are sealed like the values of the author's
// functions: compressed, encrypted, or moved to the object store. A text or failure that no transform has changed is stored as
// it is, because people and older programs read it. A sealed one is stored as a payload beside it.

package history

import "strings"

// The encodings of texts and failures as payloads, before they are sealed.
const (
	encodingText    = "text"
	encodingFailure = "failure"
)

// text edits a text as a payload. sealed is the payload while it is sealed.
func (ed *editor) text(text *string, sealed *Payload) {
	if ed.onPayload == nil || *text == "" && sealed.Encoding == "" {
		return
	}
	p := *sealed
	if p.Encoding == "" {
		p = Payload{Encoding: encodingText, Data: []byte(*text)}
	}
	ed.onPayload(&p)
	if p.Encoding == encodingText && p.Object == "" {
		*text, *sealed = strings.ToValidUTF8(string(p.Data), "\uFFFD"), Payload{}
	} else {
		*text, *sealed = "", p
	}
}

// failure edits a failure as a payload. Of a sealed failure, its kind and the name of its type stay readable.
func (ed *editor) failure(f *Failure) {
	if ed.onPayload == nil {
		return
	}
	p := f.Sealed
	if p.Encoding == "" {
		p = Payload{Encoding: encodingFailure, Data: marshal(f)}
	}
	ed.onPayload(&p)
	if p.Encoding != encodingFailure || p.Object != "" {
		*f = Failure{Kind: f.Kind, Type: f.Type, Final: f.Final, Sealed: p}
		return
	}
	opened := Failure{}
	if err := unmarshal(p.Data, &opened); err != nil {
		ed.fail(named("failure", err))
		return
	}
	*f = opened
}

// optionalFailure edits a copy of a failure, which may be nil.
func (ed *editor) optionalFailure(f **Failure) {
	if *f != nil {
		c := **f
		ed.failure(&c)
		*f = &c
	}
}

// holder is a message, or a part of one, that holds payloads and is no event.
type holder interface{ payloads(ed *editor) }

func (o *Outcome) payloads(ed *editor) {
	ed.payload(&o.Result)
	ed.optionalFailure(&o.Failure)
}

// EditPayloads calls edit with each payload of a message that is no event, and with its texts and failures as payloads. What
// edit has changed replaces it in the message; failures are replaced, and not modified. EditPayloads returns the first error.
func EditPayloads(m holder, edit func(*Payload) error) error {
	ed := newPayloadEditor(edit)
	m.payloads(ed)
	return ed.err
}
