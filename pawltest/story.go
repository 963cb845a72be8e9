package pawltest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// This file tells a history in the words that must be the same whenever and however often a worker crashed.

// operation is one operation of a run with its outcome.
type operation struct {
	id   history.OpID
	text string
	end  string
}

// tell is the story of one run: how it began and ended, and what each of its operations led to. Those of one coroutine
// stand in their order. Which coroutine went on first is chance, and left out.
func (o *outcome) tell(r *run) string {
	var ops []operation
	var head, rest []string
	finish := func(id history.OpID, format string, args ...any) {
		for i := range ops {
			if ops[i].id == id {
				ops[i].end += " = " + fmt.Sprintf(format, args...)
			}
		}
	}
	for _, e := range r.events {
		switch body := e.Body.(type) {
		case *history.RunStarted:
			head = append(head, fmt.Sprintf("%s on %s%s", body.Type, body.Queue, payload(body.Input)))
			for _, s := range body.Config {
				head = append(head, fmt.Sprintf("config %s%s", s.Name, payload(s.Value)))
			}
		case *history.ActivityScheduled:
			ops = append(ops, operation{body.Op.ID(), "activity " + body.Name + body.Tag + payload(body.Input), ""})
		case *history.StepScheduled:
			ops = append(ops, operation{body.Op.ID(), "step " + body.Name + body.Tag + payload(body.Input), ""})
		case *history.TimerStarted:
			ops = append(ops, operation{body.Op.ID(), fmt.Sprintf("sleep %v", body.Due.Sub(e.Time).Round(time.Millisecond)), ""})
		case *history.ActivityCompleted:
			finish(body.Op, "%s", outcomeText(body.Outcome))
		case *history.StepCompleted:
			finish(body.Op, "%s", outcomeText(body.Outcome))
		case *history.TimerFired:
			finish(body.Op, "fired")
		case *history.ActivityCancelRequested:
			finish(body.Op, "cancelled")
		case *history.CancelRequested:
			rest = append(rest, "cancellation requested: "+body.Reason)
		case *history.StartRejected:
			rest = append(rest, "another start was rejected")
		default:
			rest = append(rest, ending(body))
		}
	}
	slices.SortStableFunc(ops, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.id.Coroutine, b.id.Coroutine), cmp.Compare(a.id.Index, b.id.Index))
	})
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", r.alias(), strings.Join(head, "; "))
	for _, op := range ops {
		fmt.Fprintf(&text, "  %s %s%s\n", op.id, op.text, op.end)
	}
	for _, line := range rest {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	return o.aliases.Replace(text.String())
}

// ending tells how a run was closed.
func ending(body history.Body) string {
	var info history.RunSummary
	info.Close(history.Event{Body: body})
	text := info.Status.String()
	if info.Result != nil {
		text += payload(*info.Result)
	}
	if info.Reason != "" {
		text += ": " + info.Reason
	}
	return text + failure(info.Failure)
}

// outcomeText tells how an operation ended. Whether one that was cancelled or timed out had a word in it, beside its
// error, is chance.
func outcomeText(o history.Outcome) string {
	if f := o.Failure; f != nil && (f.Kind == history.FailureTimeout || f.Type == "context.Canceled") {
		return strings.TrimSpace(failure(f))
	}
	return strings.TrimSpace(payload(o.Result) + failure(o.Failure))
}

// failure is an error with its tree. Stacks differ from run to run.
func failure(f *history.Failure) string {
	if f == nil {
		return ""
	}
	text := fmt.Sprintf(" error %q", f.Message)
	if f.Type != "" {
		text += " " + f.Type
	}
	for i := range f.Causes {
		text += " <-" + failure(&f.Causes[i])
	}
	return text
}

// payloadMax bounds, in bytes, what is shown of a payload. A hash stands for the rest.
const payloadMax = 300

func payload(p history.Payload) string {
	if len(p.Data) <= payloadMax {
		return " " + string(p.Data)
	}
	return fmt.Sprintf(" %s… (%d bytes, sha256 %.8x)", p.Data[:40], len(p.Data), sha256.Sum256(p.Data))
}
