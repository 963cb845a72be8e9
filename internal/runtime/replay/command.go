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

// This file compares the commands of the code with the recorded ones.

// command is an event that the code asks to have recorded.
type command struct {
	identity
	callers []uintptr
	build   func(pos string) history.Body
	built   history.Body
}

// identity is what makes two commands the same: their kind, their operation, if they have one, and their name.
type identity struct {
	kind history.Kind
	op   history.OpID
	name string
}

func identify(body history.Body) identity {
	d := body.Details()
	return identity{d.Kind, d.Op.ID(), d.Name}
}

// newCommand returns the command to record a body that does not depend on the position of the code.
func newCommand(body history.Body, callers []uintptr) *command {
	return &command{identity: identify(body), callers: callers, built: body, build: func(string) history.Body { return body }}
}

// body builds the event. Its position, which takes a walk over the stack's symbols, is only worth its time if the
// event is to be recorded.
func (c *command) body(withPos bool) history.Body {
	if c.built == nil || withPos {
		pos := ""
		if withPos {
			pos = stack.Position(c.callers)
		}
		c.built = c.build(pos)
	}
	return c.built
}

func (c *command) String() string {
	text := describe(c.body(false))
	if pos := stack.Position(c.callers); pos != "" {
		text += " at " + pos
	}
	return text
}

// match finds the recorded command among those that the code has made and not yet seen recorded.
func (x *Execution) match(recorded history.Body) error {
	want := identify(recorded)
	var sameOp *command
	for i, c := range x.commands {
		if c.op != want.op {
			continue
		}
		if c.identity == want {
			if err := x.compare(c, recorded); err != nil {
				return err
			}
			x.adopt(want.op, recorded)
			x.settle(i)
			return nil
		}
		sameOp = c
	}
	m := &Mismatch{Event: x.events, Recorded: describe(recorded)}
	switch {
	case sameOp != nil:
		m.Code = sameOp.String()
	case len(x.commands) > 0:
		m.Code = x.commands[0].String()
	case x.closed != nil:
		m.Code = "the workflow has returned: " + describe(x.closed)
	default:
		m.Code = "nothing: " + x.standing()
	}
	return m
}

// settle forgets a command that was seen recorded. As a rule it is the first: a turn may make tens of thousands.
func (x *Execution) settle(i int) {
	if i == 0 {
		x.commands = x.commands[1:]
	} else {
		x.commands = slices.Delete(x.commands, i, i+1)
	}
}

// adopt keeps the recorded body in place of the rebuilt one: deadlines and policies are those that were recorded.
func (x *Execution) adopt(id history.OpID, recorded history.Body) {
	if op := x.open.byID[id]; op != nil {
		if recorded.Details().Starts {
			op.body = recorded
		}
		if timer, ok := recorded.(*history.TimerStarted); ok && op.timer != nil {
			op.timer.adopt(timer)
		}
	}
}

// compare is the strict comparison: everything but the position.
func (x *Execution) compare(c *command, recorded history.Body) error {
	if !x.Strict {
		return nil
	}
	built := c.body(false)
	if bytes.Equal(history.MarshalBody(history.Comparable(built)), history.MarshalBody(history.Comparable(recorded))) {
		return nil
	}
	return &Mismatch{Event: x.events, Recorded: fmt.Sprintf("%s: %+v", describe(recorded), recorded), Code: fmt.Sprintf("%s: %+v", c, built)}
}

// standing says what each coroutine waits for.
func (x *Execution) standing() string {
	var all []string
	for _, c := range x.Coroutines() {
		all = append(all, c.String())
	}
	return strings.Join(all, ", ")
}

// unrecorded fails if the code made a command that the history does not have.
func (x *Execution) unrecorded() error {
	if len(x.commands) == 0 {
		return nil
	}
	return &Mismatch{Event: x.events + 1, Recorded: "nothing more at this point", Code: x.commands[0].String()}
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

// describe names what an event is about, for people.
func describe(body history.Body) string {
	d := body.Details()
	text := d.What()
	if d.Command && d.Name != "" { // the name says enough: "activity shop.Charge"
		text = d.Subject + " " + d.Name
	}
	switch {
	case d.Op.ID() == history.OpID{}:
		return text
	case d.Op.Pos != "":
		return fmt.Sprintf("%s (operation %s at %s)", text, d.Op.ID(), d.Op.Pos)
	}
	return fmt.Sprintf("%s (operation %s)", text, d.Op.ID())
}
