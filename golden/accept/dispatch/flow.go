// Package dispatch calls durable methods through interfaces, in every form that Go has for such a call.
package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Payments has an activity.
type Payments struct{}

// Pay pays.
//
//pawl:activity
func (p *Payments) Pay(ctx context.Context, sum int) (string, error) {
	return fmt.Sprint("paid ", sum), nil
}

type payer interface {
	Pay(ctx context.Context, sum int) (string, error)
}

// cash is a payer without an activity.
type cash struct{}

func (cash) Pay(ctx context.Context, sum int) (string, error) { return fmt.Sprint("cash ", sum), nil }

// step has methods of different shapes.
type step[T any] interface {
	run(in T) (T, error)
	undo(ins ...T) []T
	guard(err *error)
	Name() string
}

// slow prints and pauses, which needs the run.
type slow struct{ name string }

func (s *slow) run(in string) (string, error) {
	time.Sleep(time.Minute)
	fmt.Println(s.name, "runs", in)
	return in + s.name, nil
}

func (s *slow) undo(ins ...string) []string {
	fmt.Println(s.name, "undoes", ins)
	return append(ins, s.name)
}

func (s *slow) guard(err *error) {
	if r := recover(); r != nil {
		fmt.Println(s.name, "guards", r)
		*err = errors.Join(*err, fmt.Errorf("%s: %v", s.name, r))
	}
}

func (s *slow) Name() string { return s.name }

// quick needs no run at all.
type quick string

func (q quick) run(in string) (string, error) { return in + string(q), nil }
func (q quick) undo(ins ...string) []string   { return append(ins, string(q)) }
func (q quick) Name() string                  { return string(q) }

func (q quick) guard(err *error) {
	if r := recover(); r != nil {
		*err = errors.Join(*err, fmt.Errorf("%s: %v", string(q), r))
	}
}

// pick has an effect of its own, so that it shows when and how often a receiver is evaluated.
func pick[T any](from []T, i int) T {
	fmt.Println("picks", i)
	return from[i]
}

func each[S step[T], T any](steps []S, in T) (out T, err error) {
	for _, s := range steps {
		if in, err = s.run(in); err != nil {
			break
		}
	}
	return in, err
}

// both embeds interfaces in one another.
type both interface {
	step[string]
	labelled
}

type labelled interface{ Label() string }

type printed struct{ *slow }

func (p printed) Label() string { time.Sleep(time.Second); return "printed " + p.name }

func guarded(s step[string]) (err error) {
	defer s.guard(&err)
	panic("at " + s.Name())
}

func guardedByName(s step[string]) (err error) {
	defer step[string].guard(s, &err)
	panic("by name at " + s.Name())
}

func missing(s step[string]) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	_, err := s.run("nowhere")
	return fmt.Sprint(err)
}

// frame is what the workflow knows bracket by.
var frame = bracket

func bracket(text string) string { return "[" + text + "]" }

// Ship is the workflow.
//
//pawl:workflow
func Ship(ctx context.Context) (log []string, err error) {
	note := func(values ...any) { log = append(log, fmt.Sprint(values...)) }
	for i, p := range []payer{&Payments{}, cash{}} {
		note(p.Pay(ctx, i))
	}
	steps := []step[string]{&slow{"a"}, quick("b"), &slow{"c"}}
	for i := range steps {
		note(pick(steps, i).run(pick([]string{"x", "y", "z"}, i)))
	}
	note(each(steps, "all: "))
	note(each([]*slow{{"d"}}, "typed: "))
	note(each([]quick{"e"}, "typed: "))
	for _, s := range steps {
		note(s.undo("1", "2"), s.undo(), s.undo([]string{"3"}...))
		note(guarded(s), guardedByName(s))
		later := s.run
		defer func() { note(later("later ")) }()
		express := step[string].run
		note(express(s, "expressed "))
		note(step[string].undo(s, "u"))
	}
	var b both = printed{&slow{"p"}}
	note(b.Label(), b.Name())
	note(b.(step[string]).run("asserted "))
	note(missing(nil) == missing(step[string](nil)))
	note(frame("done"))
	return log, nil
}
