// Package summary describes a run by what must be the same in every execution of a test, whether or not workers crashed.
package summary

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// operation is one operation of a run with its outcome.
type operation struct {
	id      history.OpID
	text    string
	outcome string
}

// Run describes how a run started and ended, and the outcome of each of its operations. Operations of one coroutine are in
// their order. The order between coroutines may differ between executions, and is left out.
func Run(name string, events []history.Event) string {
	var ops []operation
	var head, rest []string
	for _, e := range events {
		d := e.Body.Details()
		switch {
		case d.Kind == history.KindRunStarted:
			head = start(d)
		case d.Starts:
			ops = append(ops, operation{id: d.Op.ID(), text: operationText(d, e.Time)})
		case d.Op.ID() != history.OpID{}:
			addOutcome(ops, d)
		default:
			rest = append(rest, strings.TrimSpace(eventText(d)))
		}
	}
	slices.SortStableFunc(ops, func(a, b operation) int {
		return cmp.Or(strings.Compare(a.id.Coroutine, b.id.Coroutine), cmp.Compare(a.id.Index, b.id.Index))
	})
	var text strings.Builder
	fmt.Fprintf(&text, "%s: %s\n", name, strings.Join(head, "; "))
	for _, op := range ops {
		fmt.Fprintf(&text, "  %s %s%s\n", op.id, op.text, op.outcome)
	}
	for _, line := range rest {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	return text.String()
}

// Ending describes how a run started and ended, without what happened between.
func Ending(name string, events []history.Event) string {
	text := name
	for _, e := range events {
		switch d := e.Body.Details(); {
		case d.Kind == history.KindRunStarted:
			text += fmt.Sprintf(": %s on %s%s\n", d.Name, d.Queue, payload(d.Input))
		case d.Closes():
			text += "  " + strings.TrimSpace(eventText(d)) + "\n"
		}
	}
	return text
}

func start(d history.Details) []string {
	head := []string{fmt.Sprintf("%s on %s%s", d.Name, d.Queue, payload(d.Input))}
	for _, s := range d.Config {
		head = append(head, "config "+s.Name+payload(&s.Value))
	}
	return head
}

func operationText(d history.Details, at time.Time) string {
	text := d.Subject + " " + d.Name
	if !d.Due.IsZero() {
		text += " " + d.Due.Sub(at).Round(time.Millisecond).String()
	}
	return text + payload(d.Input)
}

// addOutcome adds an event to the operation that it belongs to.
func addOutcome(ops []operation, d history.Details) {
	text := d.Verb
	if d.Outcome != nil {
		text = strings.TrimSpace(outcome(d.Outcome))
	}
	for i := range ops {
		if ops[i].id == d.Op.ID() {
			ops[i].outcome += " = " + text
		}
	}
}

// eventText describes an event of the run as a whole.
func eventText(d history.Details) string {
	text := d.What()
	if d.Name != "" {
		text += " " + d.Name
	}
	if d.Reason != "" {
		text += ": " + d.Reason
	}
	return text + outcome(d.Outcome)
}

// outcome describes a result or failure. The result of an operation that was cancelled or timed out depends on timing, and
// is left out.
func outcome(o *history.Outcome) string {
	if o == nil {
		return ""
	}
	if f := o.Failure; f != nil && (f.Kind == history.FailureTimeout || f.Type == "context.Canceled") {
		return failure(f)
	}
	return payload(&o.Result) + failure(o.Failure)
}

// failure describes an error and its causes. Stacks differ between executions, and are left out.
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

// payloadMax is the maximum size in bytes of a payload that is shown in full. A longer one is shown with a hash.
const payloadMax = 300

func payload(p *history.Payload) string {
	switch {
	case p == nil:
		return ""
	case len(p.Data) <= payloadMax:
		return " " + string(p.Data)
	}
	return fmt.Sprintf(" %s… (%d bytes, sha256 %.8x)", p.Data[:40], len(p.Data), sha256.Sum256(p.Data))
}
