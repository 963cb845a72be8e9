package replay

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// This file knows the kinds of events: which are commands, and what makes two of them the same.

// identity is what a replay compares: kind, operation and name. ok is false for an inbound event.
func identity(body history.Body) (kind string, id history.OpID, name string, ok bool) {
	switch e := body.(type) {
	case *history.ActivityScheduled:
		return "activity", e.Op.ID(), e.Name + tag(e.Tag), true
	case *history.StepScheduled:
		return "step", e.Op.ID(), e.Name + tag(e.Tag), true
	case *history.TimerStarted:
		return "timer", e.Op.ID(), cmp.Or(e.Name, TimerName), true
	case *history.ZoneLoaded:
		return "time zone", history.OpID{}, e.Name, true
	case *history.ActivityCancelRequested:
		return "cancellation of", e.Op, "", true
	case *history.RunCompleted:
		return "completed", history.OpID{}, "", true
	case *history.RunFailed:
		return "failed", history.OpID{}, "", true
	case *history.RunCancelled:
		return "cancelled", history.OpID{}, "", true
	}
	return "", history.OpID{}, "", false
}

// TimerName is the name of the operation behind time.Sleep.
const TimerName = "sleep"

func tag(t string) string {
	if t == "" {
		return ""
	}
	return "@" + t
}

// OperationName is the name that Await wants for an activity or step with a tag.
func OperationName(name, t string) string { return name + tag(t) }

func isCommand(body history.Body) bool {
	_, _, _, ok := identity(body)
	return ok
}

func kindOf(body history.Body) string {
	kind, _, _, _ := identity(body)
	return kind
}

// describe names an event for people.
func describe(body history.Body) string {
	kind, id, name, ok := identity(body)
	if !ok {
		return strings.TrimPrefix(fmt.Sprintf("%T", body), "*history.")
	}
	if id == (history.OpID{}) {
		if name != "" {
			return kind + " " + name
		}
		return "the workflow " + kind
	}
	text := strings.TrimSpace(kind + " " + name)
	if op := operationOf(body); op.Pos != "" {
		return fmt.Sprintf("%s (operation %s at %s)", text, id, op.Pos)
	}
	return fmt.Sprintf("%s (operation %s)", text, id)
}

func operationOf(body history.Body) history.Op {
	switch e := body.(type) {
	case *history.ActivityScheduled:
		return e.Op
	case *history.StepScheduled:
		return e.Op
	case *history.TimerStarted:
		return e.Op
	}
	return history.Op{}
}

// withoutPos is a copy of a command that says nothing of where code stands.
func withoutPos(body history.Body) history.Body {
	switch e := body.(type) {
	case *history.ActivityScheduled:
		c := *e
		c.Op.Pos = ""
		return &c
	case *history.StepScheduled:
		c := *e
		c.Op.Pos = ""
		return &c
	case *history.TimerStarted:
		c := *e
		c.Op.Pos = ""
		return &c
	case *history.RunCompleted:
		c := *e
		c.Warnings = nil
		return &c
	case *history.RunFailed:
		c := *e
		c.Warnings = nil
		return &c
	case *history.RunCancelled:
		c := *e
		c.Warnings = nil
		return &c
	}
	return body
}
