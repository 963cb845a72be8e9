package pawltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// view shows a history to people: one line for each event, with its number and the time since the start.
func view(rec *history.Record) string {
	var text strings.Builder
	fmt.Fprintf(&text, "workflow %s, run %s, %d events\n", rec.ID, rec.RunID, len(rec.Events))
	begun := rec.Events[0].Time
	for i, e := range rec.Events {
		fmt.Fprintf(&text, "%3d %10v  %s\n", i+1, e.Time.Sub(begun).Round(time.Millisecond), line(e))
	}
	return text.String()
}

func line(e history.Event) string {
	text := kind(e.Body)
	switch body := e.Body.(type) {
	case *history.RunStarted:
		text += fmt.Sprintf(" %s on %s%s", body.Type, body.Queue, payload(body.Input))
	case *history.ActivityScheduled:
		text += operationText(body.Op, body.Name, body.Tag) + payload(body.Input)
	case *history.StepScheduled:
		text += operationText(body.Op, body.Name, body.Tag) + payload(body.Input)
	case *history.TimerStarted:
		text += operationText(body.Op, body.Due.Sub(e.Time).Round(time.Millisecond).String(), "")
	case *history.ActivityCompleted:
		text += " " + body.Op.String() + " " + outcomeText(body.Outcome)
	case *history.StepCompleted:
		text += " " + body.Op.String() + " " + outcomeText(body.Outcome)
	case *history.TimerFired:
		text += " " + body.Op.String()
	case *history.ActivityCancelRequested:
		text += " " + body.Op.String()
	case *history.CancelRequested:
		text += " " + body.Reason
	case *history.StartRejected:
	default:
		text += ": " + ending(body)
	}
	return strings.TrimRight(text, " ")
}

func operationText(op history.Op, name, tag string) string {
	if tag != "" {
		name += "@" + tag
	}
	return fmt.Sprintf(" %s %s (%s)", op.ID(), name, op.Pos)
}
