package show

// A history is shown as a line per event: its number, when it happened, what happened, to which operation, on which
// line of the author's, and with what value.

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

// Event is an event as people and scripts want it: complete in itself. The event that ends an operation repeats which
// operation that was.
type Event struct {
	Number   int        `json:"event"` // from 1
	Time     time.Time  `json:"time"`
	What     string     `json:"what"`           // "activity scheduled"
	Op       string     `json:"op,omitempty"`   // the operation within the run
	Name     string     `json:"name,omitempty"` // of the workflow, activity or step, with its package path
	Pos      string     `json:"pos,omitempty"`  // the author's line
	Values   *Values    `json:"values,omitempty"`
	Due      *time.Time `json:"due,omitempty"`    // of a timer
	Period   string     `json:"period,omitempty"` // of a ticker: from one tick to the next
	Reason   string     `json:"reason,omitempty"`
	Request  string     `json:"request,omitempty"`  // id of a rejected start
	Attempts int        `json:"attempts,omitempty"` // how many it took
	Failure  *Failure   `json:"failure,omitempty"`
	Warnings []string   `json:"warnings,omitempty"` // of a run that has ended
}

// Events returns the events of a history, in order.
func Events(h *client.History) []Event {
	ops := operations{}
	events := make([]Event, len(h.Events))
	for i, e := range h.Events {
		events[i] = ops.tell(e.Body)
		events[i].Number, events[i].Time = i+1, e.Time
	}
	return events
}

// History writes what happened in a run, a line per event; a failure's errors stand below it. Times are counted from
// the start of the run.
func History(w io.Writer, h *client.History) error {
	events := Events(h)
	rows := make([]row, len(events))
	for i, e := range events {
		after := "+" + e.Time.Sub(events[0].Time).Round(time.Millisecond).String()
		rows[i] = row{[]string{strconv.Itoa(e.Number), after, e.What, e.name(), e.Pos, e.detail()}, append(e.Failure.lines(), warningLines(e.Warnings)...)}
	}
	return writeRows(w, rows)
}

func warningLines(warnings []string) (lines []string) {
	for _, w := range warnings {
		lines = append(lines, "warning: "+oneLine(w))
	}
	return lines
}

const zoneLoaded = "time zone loaded"

// name is the short form of what the event is about. A time zone has no longer one: its slash is part of its name.
func (e Event) name() string {
	if e.What == zoneLoaded {
		return e.Name
	}
	return Name(e.Name)
}

// detail is what else there is to say of an event, in one line.
func (e Event) detail() string {
	var parts []string
	if text := e.Values.String(); text != "" {
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

// every says how a ticker goes on.
func every(period string) string {
	if period == "" {
		return ""
	}
	return ", then every " + period
}

// period is a ticker's, in words; empty for other timers.
func period(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return d.String()
}

// operations remembers the operations that were scheduled, because the events that end them do not name them.
type operations map[history.OpID]Event

func (ops operations) tell(b history.Body) Event {
	switch e := b.(type) {
	case *history.RunStarted:
		return Event{What: "run started", Name: e.Type, Values: values(e.Input)}
	case *history.ActivityScheduled:
		return ops.scheduled(e.Op, Event{What: "activity scheduled", Name: tagged(e.Name, e.Tag), Values: values(e.Input)})
	case *history.ActivityCompleted:
		return ops.outcome("activity", e.Op, e.Outcome)
	case *history.ActivityCancelRequested:
		return ops.of("activity cancel requested", e.Op)
	case *history.StepScheduled:
		return ops.scheduled(e.Op, Event{What: "step scheduled", Name: tagged(e.Name, e.Tag), Values: values(e.Input)})
	case *history.StepCompleted:
		return ops.outcome("step", e.Op, e.Outcome)
	case *history.TimerStarted:
		return ops.scheduled(e.Op, Event{What: "timer started", Name: cmp.Or(e.Name, "sleep"), Due: &e.Due, Period: period(e.Period)})
	case *history.TimerFired:
		return ops.of("timer fired", e.Op)
	case *history.CancelRequested:
		return Event{What: "cancel requested", Reason: e.Reason}
	case *history.StartRejected:
		return Event{What: "start rejected", Request: e.RequestID}
	case *history.ZoneLoaded:
		return Event{What: zoneLoaded, Name: e.Name, Reason: e.Error}
	}
	return tellEnd(b)
}

// tellEnd is for the events that close a run.
func tellEnd(b history.Body) Event {
	switch e := b.(type) {
	case *history.RunCompleted:
		return Event{What: "run completed", Values: values(e.Result), Warnings: e.Warnings}
	case *history.RunFailed:
		return Event{What: "run failed", Values: values(e.Result), Failure: NewFailure(&e.Failure), Warnings: e.Warnings}
	case *history.RunCancelled:
		return Event{What: "run cancelled", Values: values(e.Result), Failure: NewFailure(&e.Failure), Warnings: e.Warnings}
	case *history.RunTerminated:
		return Event{What: "run terminated", Reason: e.Reason}
	case *history.RunTimedOut:
		return Event{What: "run timed out"}
	}
	return Event{What: strings.TrimPrefix(fmt.Sprintf("%T", b), "*history.")}
}

func (ops operations) scheduled(op history.Op, e Event) Event {
	e.Op, e.Pos = op.ID().String(), op.Pos
	ops[op.ID()] = e
	return e
}

// of is an event of an operation that was scheduled before.
func (ops operations) of(what string, op history.OpID) Event {
	was := ops[op]
	return Event{What: what, Op: op.String(), Name: was.Name, Pos: was.Pos}
}

func (ops operations) outcome(kind string, op history.OpID, o history.Outcome) Event {
	what := kind + " completed"
	if o.Failure != nil {
		what = kind + " failed"
	}
	e := ops.of(what, op)
	e.Values, e.Attempts, e.Failure = values(o.Result), o.Attempts, NewFailure(o.Failure)
	return e
}

func tagged(name, tag string) string {
	if tag != "" {
		name += "@" + tag
	}
	return name
}
