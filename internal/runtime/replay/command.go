// This file holds the commands of the code and compares them with recorded ones.

package replay

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

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

// body builds the event. To find its position, the stack must be resolved to lines, which is only worth its time if the
// event is going to be recorded.
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

// compare compares everything but the position with a recorded event, and describes the difference.
func (c *command) compare(recorded history.Body) (inHistory, inCode string, equal bool) {
	built := c.body(false)
	if bytes.Equal(history.MarshalBody(history.Comparable(built)), history.MarshalBody(history.Comparable(recorded))) {
		return "", "", true
	}
	return fmt.Sprintf("%s: %+v", describe(recorded), recorded), fmt.Sprintf("%s: %+v", c, built), false
}

// commands holds the commands of the code that are not recorded yet, or whose recorded events have not been replayed yet,
// oldest first.
type commands struct{ pending []*command }

// take removes the command with an identity and returns it. If there is none, it returns nil, and the command of the same
// operation, if there is one.
func (cs *commands) take(want identity) (found, sameOp *command) {
	for i, c := range cs.pending {
		if c.identity == want {
			if i == 0 { // the usual case: a turn may issue tens of thousands
				cs.pending = cs.pending[1:]
			} else {
				cs.pending = slices.Delete(cs.pending, i, i+1)
			}
			return c, nil
		}
		if c.op == want.op {
			sameOp = c
		}
	}
	return nil, sameOp
}

// first is the oldest command; nil if there is none.
func (cs *commands) first() *command {
	if len(cs.pending) == 0 {
		return nil
	}
	return cs.pending[0]
}

// describe says what an event is about, for people.
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
