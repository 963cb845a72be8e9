// A run's history for people: one line per event.

package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pawlhq/pawl/runtime/client"
	"github.com/pawlhq/pawl/runtime/history"
)

// detailWidth is where a line's details, above all payloads, are cut.
const detailWidth = 72

// writeHistory writes h to out: a heading, then a line per event with the time since the run began.
func writeHistory(out io.Writer, h *client.History) error {
	began := h.Events[0].Time
	fmt.Fprintf(out, "workflow %s  run %s  began %s\n", h.ID, h.RunID, began.Format(time.RFC3339))
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	names := map[history.OpID]string{}
	for i, e := range h.Events {
		l := lineOf(e.Body, names)
		fmt.Fprintf(table, "%3d\t+%.3fs\t%s\t%s\t%s\t%s\n", i+1, e.Time.Sub(began).Seconds(), l.event, l.name, l.pos, cut(l.detail))
	}
	return table.Flush()
}

// line is what is said of one event: what happened, to which operation, called where.
type line struct{ event, name, pos, detail string }

// lineOf describes an event. It keeps in names what the operations are called, for the events that end them.
func lineOf(body history.Body, names map[history.OpID]string) line {
	switch e := body.(type) {
	case *history.RunStarted:
		return line{"started", short(e.Type), "", text(e.Input)}
	case *history.ActivityScheduled:
		names[e.Op.ID()] = short(e.Name)
		return line{"activity scheduled", short(e.Name), e.Op.Pos, text(e.Input)}
	case *history.ActivityCompleted:
		return outcome("activity", names[e.Op], e.Outcome)
	case *history.ActivityCancelRequested:
		return line{"activity cancel requested", names[e.Op], "", ""}
	case *history.StepScheduled:
		names[e.Op.ID()] = short(e.Name)
		return line{"step scheduled", short(e.Name), e.Op.Pos, text(e.Input)}
	case *history.StepCompleted:
		return outcome("step", names[e.Op], e.Outcome)
	case *history.TimerStarted:
		names[e.Op.ID()] = "sleep"
		return line{"timer started", "sleep", e.Op.Pos, "until " + e.Due.Format(time.RFC3339Nano)}
	case *history.TimerFired:
		return line{"timer fired", names[e.Op], "", ""}
	case *history.CancelRequested:
		return line{"cancel requested", "", "", e.Reason}
	case *history.StartRejected:
		return line{"start rejected", "", "", e.RequestID}
	case *history.RunCompleted:
		return line{"completed", "", "", text(e.Result)}
	case *history.RunFailed:
		return line{"failed", "", "", e.Failure.Message}
	case *history.RunCancelled:
		return line{"cancelled", "", "", e.Failure.Message}
	case *history.RunTerminated:
		return line{"terminated", "", "", e.Reason}
	case *history.RunTimedOut:
		return line{"timed out", "", "", ""}
	}
	return line{event: fmt.Sprintf("%T", body)}
}

func outcome(kind, name string, o history.Outcome) line {
	l := line{kind + " completed", name, "", text(o.Result)}
	if o.Failure != nil {
		l.event, l.detail = kind+" failed", o.Failure.Message
	}
	if o.Attempts > 1 {
		l.detail = strings.TrimSpace(fmt.Sprintf("in %d attempts  %s", o.Attempts, l.detail))
	}
	return l
}

// short is a name without its package path.
func short(name string) string {
	name = name[strings.LastIndex(name, "/")+1:]
	return name[strings.Index(name, ".")+1:]
}

// text is a payload as far as it can be read: the list of values that it holds, without its brackets.
func text(p history.Payload) string {
	switch {
	case p.Object != "":
		return fmt.Sprintf("%d bytes in object %s", p.Size, p.Object)
	case cmp.Or(p.Encoding, "json") == "json":
		return strings.TrimSuffix(strings.TrimPrefix(string(p.Data), "["), "]")
	}
	return fmt.Sprintf("%d bytes of %s", len(p.Data), p.Encoding)
}

func cut(s string) string {
	if r := []rune(s); len(r) > detailWidth {
		return string(r[:detailWidth-1]) + "…"
	}
	return s
}
