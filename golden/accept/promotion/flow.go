// Package promotion calls methods through interfaces that types have from what they embed.
package promotion

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/golden/accept/promotion/depot"
)

//go:generate go tool pawl generate

// overriding embeds a type whose Save needs the run, and has one of its own that does not.
type overriding struct{ *depot.Base }

func (o overriding) Save(thing string) string { return "over " + o.Name + " " + thing }

// around embeds the one above: its Save is that of overriding, two floors up from the one of Base.
type around struct{ overriding }

// wrapped embeds the interface.
type wrapped struct{ depot.Store }

// generic embeds an interface with type arguments, and by way of another struct.
type generic[T any] struct{ inner[T] }

type inner[T any] struct{ saver[T] }

type saver[T any] interface{ Save(thing T) T }

// shallow has the Save of Plain; those of the others lie deeper.
type shallow struct {
	depot.Plain
	left
}

type left struct{ right }

type right struct{ *depot.Base }

// twice embeds two types whose Save needs the run, which makes it ambiguous, and so has one of its own.
type twice struct {
	*depot.Base
	other
}

type other struct{ depot.Store }

func (t twice) Save(thing string) string {
	return t.Base.Save("base "+thing) + ", " + t.other.Save("other "+thing)
}

// cellar has a Save that needs the run, as Base has.
type cellar struct{}

func (cellar) Save(thing string) string {
	time.Sleep(time.Hour)
	return "cellar has " + thing
}

// divided embeds two types whose Save needs the run, and has one of its own that does not.
type divided struct {
	*depot.Base
	cellar
}

func (d divided) Save(thing string) string { return "divided " + d.Name + " " + thing }

// beside has the Save of tidy: those of nest lie deeper, and are two.
type beside struct {
	tidy
	nest
}

type tidy struct{}

func (tidy) Save(thing string) string { return "tidy " + thing }

type nest struct {
	*depot.Base
	cellar
}

// Robot is an annotated interface.
type Robot interface {
	//pawl:activity
	Lift(ctx context.Context, kilos int) (string, error)
}

// Arm is a Robot.
type Arm struct{}

// Lift lifts.
func (Arm) Lift(ctx context.Context, kilos int) (string, error) {
	return fmt.Sprint("lifted ", kilos), nil
}

type lifter interface {
	Lift(ctx context.Context, kilos int) (string, error)
}

// crane embeds the annotated interface, so that its Lift is the activity even with an Arm in it. That of an Arm by itself
// is a method like any other.
type crane struct{ Robot }

// Yard is a workflow's receiver.
type Yard struct{ Robot Robot }

// Stack calls them all.
//
//pawl:workflow
func (y *Yard) Stack(ctx context.Context) (log []string, err error) {
	base := &depot.Base{Name: "base"}
	stores := []depot.Store{
		base, depot.Plain{},
		overriding{base}, &overriding{base}, around{overriding{base}},
		wrapped{base}, wrapped{depot.Plain{}}, wrapped{wrapped{base}},
		generic[string]{inner[string]{base}},
		shallow{left: left{right{base}}}, left{right{base}},
		twice{base, other{wrapped{base}}},
		divided{base, cellar{}}, wrapped{divided{base, cellar{}}}, beside{nest: nest{base, cellar{}}}, cellar{},
	}
	for i, s := range stores {
		log = append(log, s.Save(fmt.Sprint(i)))
	}
	for i, l := range []lifter{crane{y.Robot}, y.Robot, crane{Arm{}}, Arm{}} {
		text, err := l.Lift(ctx, i)
		if err != nil {
			return log, err
		}
		log = append(log, text)
	}
	return log, nil
}
