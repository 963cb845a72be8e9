// This file prints events.

package history

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// String describes the event in one line: what happened, the operation, its name and position, and its values.
func (e Event) String() string {
	d := e.Body.Details()
	parts := []string{d.What()}
	add := func(format string, value any) {
		if text := fmt.Sprint(value); text != "" {
			parts = append(parts, fmt.Sprintf(format, text))
		}
	}
	if id := d.Op.ID(); id != (OpID{}) {
		add("%s", id)
	}
	add("%s", d.Name)
	add("id %s", d.ID)
	add("on %s", d.Queue)
	add("(%s)", d.Op.Pos)
	if !d.Due.IsZero() {
		add("due in %s", d.Due.Sub(e.Time).Round(time.Millisecond))
	}
	if d.Period > 0 {
		add("then every %s", d.Period)
	}
	if d.Parent != nil {
		add("child of %s", d.Parent.ID+" "+d.Parent.Op.String())
	}
	if d.Input != nil {
		add("%s", *d.Input)
	}
	for _, s := range d.Config {
		add("config %s", s.Name+"="+s.Value.String())
	}
	for _, s := range d.Signals {
		add("signal %s", s.Name+" "+s.Value.String())
	}
	if d.Outcome != nil {
		add("%s", d.Outcome)
	}
	add("%s", requestText(d))
	add("reason: %s", cmp.Or(d.Reason, d.SealedReason.String()))
	for _, w := range d.Warnings {
		add("warning: %s", w)
	}
	return oneLine(strings.Join(parts, " "))
}

// requestText is the id that its sender gave a start, a signal or an update.
func requestText(d Details) string {
	switch {
	case d.Request == "":
		return ""
	case d.Kind == KindSignalReceived || d.Kind == KindUpdateAccepted:
		return "id " + d.Request
	}
	return "request " + d.Request
}

// String is the result of the outcome, followed by its failure.
func (o *Outcome) String() string {
	text := o.Result.String()
	if o.Failure != nil {
		text += " error: " + o.Failure.String()
	}
	if o.Attempts > 1 {
		text += fmt.Sprintf(" after %d attempts", o.Attempts)
	}
	return strings.TrimSpace(text)
}

// Text is the message of the error, or, while the failure is sealed, how it is.
func (f *Failure) Text() string { return cmp.Or(f.Message, f.Sealed.String()) }

// String is the message of the error, with its type and its causes.
func (f *Failure) String() string {
	text := fmt.Sprintf("%q", f.Text())
	if f.Type != "" {
		text += " " + f.Type
	}
	if f.Final {
		text += " (non-retryable)"
	}
	for i := range f.Causes {
		text += " <- " + f.Causes[i].String()
	}
	return text
}

func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }
