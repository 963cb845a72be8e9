// Package funcvalues keeps activities and helpers in variables, fields, maps and parameters: they mean the same there.
package funcvalues

import (
	"context"
	"time"
)

//go:generate go tool pawl generate

// Double doubles.
//
//pawl:activity
func Double(ctx context.Context, n int) (int, error) { return 2 * n, nil }

// Total adds up.
//
//pawl:step
func Total(ctx context.Context, ns ...int) (sum int, err error) {
	for _, n := range ns {
		sum += n
	}
	return sum, nil
}

// Offset adds its own number.
type Offset struct{ N int }

// Add is an activity as a method.
//
//pawl:activity
func (o *Offset) Add(ctx context.Context, n int) (int, error) { return o.N + n, nil }

// Adder is an interface that is an activity.
type Adder interface {
	//pawl:activity
	Plus(ctx context.Context, n int) (int, error)
}

// Hundred is an Adder.
type Hundred struct{}

// Plus adds a hundred.
func (Hundred) Plus(ctx context.Context, n int) (int, error) { return n + 100, nil }

type operation = func(context.Context, int) (int, error)

type stage struct {
	name string
	run  operation
}

func slowly(ctx context.Context, n int) (int, error) {
	time.Sleep(time.Minute)
	return Double(ctx, n)
}

func pick(fast bool) operation {
	if fast {
		return Double
	}
	return slowly
}

// Machine is a workflow's receiver.
type Machine struct {
	Offset *Offset
	Adder  Adder
}

// Run sends a number through values of functions.
//
//pawl:workflow
func (m *Machine) Run(ctx context.Context, n int) (trace []int, err error) {
	byName := map[string]operation{"add": m.Offset.Add, "plus": m.Adder.Plus}
	add, plus := (*Offset).Add, Adder.Plus
	stages := []stage{
		{"double", Double},
		{"add", byName["add"]},
		{"slowly", pick(false)},
		{"plus", byName["plus"]},
		{"expression", func(ctx context.Context, n int) (int, error) { return add(m.Offset, ctx, n) }},
		{"of an interface", func(ctx context.Context, n int) (int, error) { return plus(m.Adder, ctx, n) }},
		{"fast", pick(true)},
	}
	for _, s := range stages {
		if n, err = s.run(ctx, n); err != nil {
			return trace, err
		}
		trace = append(trace, n)
	}
	total := Total
	sum, err := total(ctx, trace...)
	return append(trace, sum), err
}
