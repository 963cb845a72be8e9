package replay

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

// This file compares what the code decides with what was recorded.

// decision is an event that the code asks to have recorded.
type decision struct {
	kind    string
	id      history.OpID // empty for a decision that closes the run
	name    string
	callers []uintptr
	build   func(pos string) history.Body
	built   history.Body
}

// body builds the event. Its position, which takes a walk over the stack's symbols, is only worth its time if the
// event is to be recorded.
func (d *decision) body(withPos bool) history.Body {
	if d.built == nil || withPos {
		pos := ""
		if withPos {
			pos = stack.Position(d.callers)
		}
		d.built = d.build(pos)
	}
	return d.built
}

func (d *decision) String() string {
	text := describe(d.body(false))
	if pos := stack.Position(d.callers); pos != "" {
		text += " at " + pos
	}
	return text
}

// match finds the recorded decision among those that the code has made and not yet seen recorded.
func (x *Execution) match(recorded history.Body) error {
	kind, id, name, _ := identity(recorded)
	var sameOp *decision
	for i, d := range x.decisions {
		if d.id != id {
			continue
		}
		if d.kind == kind && d.name == name {
			if err := x.compare(d, recorded); err != nil {
				return err
			}
			x.adopt(id, recorded)
			x.settle(i)
			return nil
		}
		sameOp = d
	}
	m := &Mismatch{Event: x.events, Recorded: describe(recorded)}
	switch {
	case sameOp != nil:
		m.Code = sameOp.String()
	case len(x.decisions) > 0:
		m.Code = x.decisions[0].String()
	case x.closed != nil:
		m.Code = "the workflow has returned: " + describe(x.closed)
	default:
		m.Code = "nothing: " + x.standing()
	}
	return m
}

// settle forgets a decision that was seen recorded. As a rule it is the first: a turn may make tens of thousands.
func (x *Execution) settle(i int) {
	if i == 0 {
		x.decisions = x.decisions[1:]
	} else {
		x.decisions = slices.Delete(x.decisions, i, i+1)
	}
}

// adopt keeps the recorded body in place of the rebuilt one: deadlines and policies are those that were recorded.
func (x *Execution) adopt(id history.OpID, recorded history.Body) {
	if op := x.open.byID[id]; op != nil {
		if _, cancel := recorded.(*history.ActivityCancelRequested); !cancel {
			op.body = recorded
		}
		if timer, ok := recorded.(*history.TimerStarted); ok && op.timer != nil {
			op.timer.adopt(timer)
		}
	}
}

// compare is the strict comparison: everything but the position.
func (x *Execution) compare(d *decision, recorded history.Body) error {
	if !x.Strict {
		return nil
	}
	built := d.body(false)
	if bytes.Equal(history.MarshalBody(withoutPos(built)), history.MarshalBody(withoutPos(recorded))) {
		return nil
	}
	return &Mismatch{Event: x.events, Recorded: fmt.Sprintf("%s: %+v", describe(recorded), recorded), Code: fmt.Sprintf("%s: %+v", d, built)}
}

// standing says what each coroutine waits for.
func (x *Execution) standing() string {
	var all []string
	for _, c := range x.Coroutines() {
		all = append(all, c.String())
	}
	return strings.Join(all, ", ")
}

// unrecorded fails if the code made a decision that the history does not have.
func (x *Execution) unrecorded() error {
	if len(x.decisions) == 0 {
		return nil
	}
	return &Mismatch{Event: x.events + 1, Recorded: "nothing more at this point", Code: x.decisions[0].String()}
}

// Mismatch says that the code no longer does what the history says it did.
type Mismatch struct {
	Event    uint64 // number of the event in the history, from 1
	Recorded string // the operation in the history, with its line at that time
	Code     string // what the code does instead, with its line now
}

func (m *Mismatch) Error() string {
	return fmt.Sprintf("replay diverges at event %d\n  history: %s\n  code:    %s\n"+
		"  because: a durable call was added, removed or moved since this run recorded the event\n"+
		"  help:    run a worker with code that still makes the recorded call; the run resumes by itself", m.Event, m.Recorded, m.Code)
}

// PanicError says that a workflow's code panicked.
type PanicError struct {
	Panic *sched.Panic
}

func (e *PanicError) Error() string {
	text := fmt.Sprintf("workflow code panicked: %v\n", e.Panic.Value)
	for _, line := range stack.Text(e.Panic.Stack) {
		text += "  at " + line + "\n"
	}
	return text + "  help: run a worker with code that does not; the run resumes by itself"
}
