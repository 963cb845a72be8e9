// This file prints a history, with a line per event: its number, when it happened, what happened, to which operation, on
// which line of the author's code, and with which values.

package show

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

// Event is an event for people and scripts. It is complete: the event that ends an operation repeats the operation's name and
// position.
type Event struct {
	Number   int        `json:"event"` // from 1
	Time     time.Time  `json:"time"`
	What     string     `json:"what"`               // "activity scheduled"
	Op       string     `json:"op,omitempty"`       // the operation within the run
	Name     string     `json:"name,omitempty"`     // of the workflow, activity or step, with its package path
	Pos      string     `json:"pos,omitempty"`      // the author's line
	Workflow string     `json:"workflow,omitempty"` // id of a child, or of the run that a request is for
	Parent   string     `json:"parent,omitempty"`   // of a child: the workflow id of the run that has called it
	Values   *Values    `json:"values,omitempty"`
	Due      *time.Time `json:"due,omitempty"`    // of a timer
	Period   string     `json:"period,omitempty"` // of a ticker: from one tick to the next
	Reason   string     `json:"reason,omitempty"`
	Request  string     `json:"request,omitempty"`  // id of a rejected start
	Attempts int        `json:"attempts,omitempty"` // how many it took
	Failure  *Failure   `json:"failure,omitempty"`
	Warnings []string   `json:"warnings,omitempty"` // of a run that has ended

	short string // Name as tables show it
}

// Events returns the events of a history, in order.
func Events(h *client.History) []Event {
	ops := operations{}
	events := make([]Event, len(h.Events))
	for i, e := range h.Events {
		events[i] = ops.describe(e.Body)
		events[i].Number, events[i].Time = i+1, e.Time
	}
	return events
}

// History writes the history of a run, a line per event, with the errors of a failure below its line. Times are relative to
// the start of the run.
func History(w io.Writer, h *client.History) error {
	events := Events(h)
	rows := make([]row, len(events))
	for i, e := range events {
		after := "+" + e.Time.Sub(events[0].Time).Round(time.Millisecond).String()
		rows[i] = row{[]string{strconv.Itoa(e.Number), after, e.What, e.short, e.Pos, e.detail()}, append(e.Failure.lines(), warningLines(e.Warnings)...)}
	}
	return writeRows(w, rows)
}

func warningLines(warnings []string) (lines []string) {
	for _, w := range warnings {
		lines = append(lines, "warning: "+oneLine(w))
	}
	return lines
}

// detail is the rest of an event, in one line.
func (e Event) detail() string {
	var parts []string
	if e.Workflow != "" {
		parts = append(parts, "workflow "+oneLine(e.Workflow))
	}
	if e.Parent != "" {
		parts = append(parts, "child of "+oneLine(e.Parent))
	}
	if text := e.Values.String(); text != "" && (e.Failure == nil || !e.Values.zero()) {
		parts = append(parts, text)
	}
	if e.Due != nil {
		parts = append(parts, "until "+stamp(*e.Due, time.Time{})+every(e.Period))
	}
	if e.Reason != "" {
		parts = append(parts, clip(oneLine(e.Reason)))
	}
	if e.Request != "" {
		parts = append(parts, "request "+oneLine(e.Request))
	}
	if e.Attempts > 1 {
		parts = append(parts, fmt.Sprintf("(attempt %d)", e.Attempts))
	}
	return strings.Join(parts, " ")
}

// every is the period of a ticker, as text.
func every(period string) string {
	if period == "" {
		return ""
	}
	return ", then every " + period
}

// period is the period of a ticker, as text; empty for other timers.
func period(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return d.String()
}

// operations holds the events that started operations. Events that end an operation repeat its name and position.
type operations map[history.OpID]Event

// describe returns what there is to show of a body.
func (ops operations) describe(b history.Body) Event {
	d := b.Details()
	e := Event{
		What: d.What(), Name: d.Name, short: d.Name, Pos: d.Op.Pos, Workflow: d.ID, Period: period(d.Period), Reason: cmp.Or(d.Reason, d.SealedReason.String()), Request: d.Request, Warnings: d.Warnings,
	}
	if d.Parent != nil {
		e.Parent = d.Parent.ID
	}
	if d.Input != nil {
		e.Values, e.short = values(*d.Input), Name(d.Name) // the name of a function
	}
	if o := d.Outcome; o != nil {
		e.Values, e.Attempts, e.Failure = values(o.Result), o.Attempts, NewFailure(o.Failure)
	}
	if !d.Due.IsZero() {
		e.Due = &d.Due
	}
	id := d.Op.ID()
	if id == (history.OpID{}) {
		return e
	}
	e.Op = id.String()
	if d.Starts {
		ops[id] = e
	} else {
		e.Name, e.short, e.Pos = ops[id].Name, ops[id].short, ops[id].Pos
	}
	return e
}
