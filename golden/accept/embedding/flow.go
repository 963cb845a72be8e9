// Package embedding promotes methods: of an activity's receiver, of an annotated interface, of an ordinary type.
package embedding

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Robot has activities.
type Robot struct{ Name string }

// Lift lifts.
//
//pawl:activity
func (r *Robot) Lift(ctx context.Context, kilos int) (string, error) {
	return fmt.Sprintf("%s lifted %d", r.Name, kilos), nil
}

// Welder is an annotated interface.
type Welder interface {
	//pawl:activity
	Weld(ctx context.Context, part string) (string, error)
}

// Torch is a Welder.
type Torch struct{ Heat int }

// Weld welds.
func (t *Torch) Weld(ctx context.Context, part string) (string, error) {
	return fmt.Sprintf("%s welded at %d", part, t.Heat), nil
}

// crew keeps a log and pauses.
type crew struct{ log []string }

func (c *crew) note(text string, err error) error {
	time.Sleep(time.Minute)
	c.log = append(c.log, text)
	return err
}

// team embeds pointers and values.
type team struct {
	*crew
	Welder
}

// Line is a workflow's receiver with embedded activities.
type Line struct {
	*Robot
	Welder
}

// Assemble calls promoted methods.
//
//pawl:workflow
func (l *Line) Assemble(ctx context.Context, part string) ([]string, error) {
	t := team{&crew{}, l.Welder}
	for kilos := range 2 {
		if err := t.note(l.Lift(ctx, kilos)); err != nil {
			return t.log, err
		}
	}
	if err := t.note(t.Weld(ctx, part)); err != nil {
		return t.log, err
	}
	return t.log, t.crew.note(l.Weld(ctx, part+" again"))
}
