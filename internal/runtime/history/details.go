// This file says what events of any kind have in common, and prints them.

package history

import (
	"cmp"
	"fmt"
	"strings"
	"time"
)

// Details describes an event, in the same terms for every kind. Code that treats all kinds alike uses it instead of a type
// switch. Fields that do not apply to a kind are zero. Pointers and slices point into the event and must not be modified.
type Details struct {
	Kind    Kind
	Subject string // what the event is about: "run", "activity", "timer"
	Verb    string // what happened to it: "started", "completed"
	Command bool   // the workflow's code asked for it; otherwise it is inbound
	Status  Status // the status of a run that this event closes; otherwise StatusUnknown

	Op     Op   // the operation that it belongs to; Pos is set only if Starts is
	Starts bool // it starts the operation
	Ends   bool // it ends the operation, or is one tick of a ticker

	Name    string // of the workflow, activity (with its tag), timer or time zone
	Queue   string
	Input   *Payload
	Config  []Setting
	Signals []SignalRequest // that came with the start
	Outcome *Outcome
	Due     time.Time     // of a timer
	Period  time.Duration // of a ticker
	Reason  string        // given with a request, or why something failed
	// SealedReason is the reason, while it is sealed.
	SealedReason Payload
	Request      string // id of the start request
	Warnings     []string
}

// What says what happened, without details: "activity scheduled".
func (d Details) What() string { return d.Subject + " " + d.Verb }

// Closes reports whether the event closes its run.
func (d Details) Closes() bool { return d.Status.Closed() }

// SleepName is the name of a timer that was started by time.Sleep.
const SleepName = "sleep"

// TaggedName is the name of an activity or step of a receiver with a tag. An empty tag leaves the name as it is.
func TaggedName(name, tag string) string {
	if tag == "" {
		return name
	}
	return name + "@" + tag
}

func (o *Outcome) verb() string {
	if o.Failure != nil {
		return "failed"
	}
	return "completed"
}

// op is the operation without a position.
func (o OpID) op() Op { return Op{Coroutine: o.Coroutine, Index: o.Index} }

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
	add("on %s", d.Queue)
	add("(%s)", d.Op.Pos)
	if !d.Due.IsZero() {
		add("due in %s", d.Due.Sub(e.Time).Round(time.Millisecond))
	}
	if d.Period > 0 {
		add("then every %s", d.Period)
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

// requestText is the id that its sender gave a start or a signal.
func requestText(d Details) string {
	switch {
	case d.Request == "":
		return ""
	case d.Kind == KindSignalReceived:
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
