package show

// A history is shown as a line per event: its number, when it happened, what happened, to which operation, on which
// line of the author's, and with what value.

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/pawlhq/pawl/runtime/client"
	"github.com/pawlhq/pawl/runtime/history"
)

// History writes what happened in a run, a line per event; a failure's errors stand below it. Times are counted from
// the start of the run.
func History(w io.Writer, h *client.History) error {
	ops := operations{}
	rows := make([]row, len(h.Events))
	for i, e := range h.Events {
		t := ops.tell(e.Body)
		after := "+" + e.Time.Sub(h.Events[0].Time).Round(time.Millisecond).String()
		rows[i] = row{[]string{strconv.Itoa(i + 1), after, t.what, t.name, t.pos, t.detail}, Failure(t.failure)}
	}
	return writeRows(w, rows)
}

// telling is what there is to say of an event.
type telling struct {
	what    string // what happened
	name    string // to which operation
	pos     string // the author's line
	detail  string
	failure *history.Failure
}

// Kind is what happened, in two or three words: "activity scheduled".
func Kind(b history.Body) string { return operations{}.tell(b).what }

// operations remembers the operations that were scheduled, because the events that end them do not name them.
type operations map[history.OpID]telling

func (ops operations) tell(b history.Body) telling {
	switch e := b.(type) {
	case *history.RunStarted:
		return telling{what: "run started", name: Name(e.Type), detail: Payload(e.Input)}
	case *history.ActivityScheduled:
		return ops.scheduled("activity scheduled", e.Op, tagged(e.Name, e.Tag), Payload(e.Input))
	case *history.ActivityCompleted:
		return ops.outcome("activity", e.Op, e.Outcome)
	case *history.ActivityCancelRequested:
		return ops.of("activity cancel requested", e.Op)
	case *history.StepScheduled:
		return ops.scheduled("step scheduled", e.Op, tagged(e.Name, e.Tag), Payload(e.Input))
	case *history.StepCompleted:
		return ops.outcome("step", e.Op, e.Outcome)
	case *history.TimerStarted:
		return ops.scheduled("timer started", e.Op, "sleep", "until "+stamp(e.Due, time.Time{}))
	case *history.TimerFired:
		return ops.of("timer fired", e.Op)
	case *history.CancelRequested:
		return telling{what: "cancel requested", detail: oneLine(e.Reason)}
	case *history.StartRejected:
		return telling{what: "start rejected", detail: "request " + oneLine(e.RequestID)}
	}
	return tellEnd(b)
}

// tellEnd is for the events that close a run.
func tellEnd(b history.Body) telling {
	switch e := b.(type) {
	case *history.RunCompleted:
		return telling{what: "run completed", detail: Payload(e.Result)}
	case *history.RunFailed:
		return telling{what: "run failed", failure: &e.Failure}
	case *history.RunCancelled:
		return telling{what: "run cancelled", failure: &e.Failure}
	case *history.RunTerminated:
		return telling{what: "run terminated", detail: oneLine(e.Reason)}
	case *history.RunTimedOut:
		return telling{what: "run timed out"}
	}
	return telling{what: strings.TrimPrefix(fmt.Sprintf("%T", b), "*history.")}
}

func (ops operations) scheduled(what string, op history.Op, name, detail string) telling {
	t := telling{what: what, name: name, pos: op.Pos, detail: detail}
	ops[op.ID()] = t
	return t
}

// of is an event of an operation that was scheduled before.
func (ops operations) of(what string, op history.OpID) telling {
	t, ok := ops[op]
	if !ok {
		return telling{what: what, name: "operation " + op.String()}
	}
	return telling{what: what, name: t.name, pos: t.pos}
}

func (ops operations) outcome(kind string, op history.OpID, o history.Outcome) telling {
	if o.Failure == nil {
		t := ops.of(kind+" completed", op)
		t.detail = join(Payload(o.Result), attempts(o.Attempts))
		return t
	}
	t := ops.of(kind+" failed", op)
	t.detail, t.failure = attempts(o.Attempts), o.Failure
	return t
}

// attempts says how often it was tried, if more than once.
func attempts(n int) string {
	if n <= 1 {
		return ""
	}
	return fmt.Sprintf("(attempt %d)", n)
}

func tagged(name, tag string) string {
	if tag != "" {
		name += "@" + tag
	}
	return Name(name)
}

// join puts a space between the parts that are not empty.
func join(parts ...string) string {
	return strings.TrimSpace(strings.Join(parts, " "))
}
