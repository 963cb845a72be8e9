// The kinds of workflows: how each is started and what its result must be.

package load

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/pawlhq/pawl"
)

// Run is a started run.
type Run interface {
	Result(context.Context) (int, error)
	Cancel(ctx context.Context, reason string) error
}

// Kind is one kind of workflow.
type Kind struct {
	Name   string
	Cancel bool // whether the program cancels the run after a while
	start  func(ctx context.Context, c *pawl.Client, id string, in Input, opts ...pawl.StartOption) (Run, error)
	want   func(in Input) int
}

// Start starts a run with this input.
func (k Kind) Start(ctx context.Context, c *pawl.Client, id string, in Input, opts ...pawl.StartOption) (Run, error) {
	return k.start(ctx, c, id, in, opts...)
}

// Want returns the result that a run with this input must have.
func (k Kind) Want(in Input) int { return k.want(in) }

// Kinds returns all kinds of workflows.
func Kinds() []Kind {
	return []Kind{
		{"Chain", false, starter(StartChain), func(in Input) int { return times(in.N, in.Seed) }},
		{"Steps", false, starter(StartSteps), func(in Input) int { return times(in.N, in.Seed) }},
		{"FanOnce", false, starter(StartFanOnce), sum},
		{"Retry", false, starter(StartRetry), func(in Input) int { return next(in.Seed) }},
		{"Compensate", true, starter(StartCompensate), func(in Input) int { return times(2*in.N, in.Seed) }},
	}
}

// starter adapts a generated stub, whose handle type is its own.
func starter[R Run](start func(context.Context, *pawl.Client, string, Input, ...pawl.StartOption) (R, error)) func(context.Context, *pawl.Client, string, Input, ...pawl.StartOption) (Run, error) {
	return func(ctx context.Context, c *pawl.Client, id string, in Input, opts ...pawl.StartOption) (Run, error) {
		return start(ctx, c, id, in, opts...)
	}
}

// times applies next n times.
func times(n, value int) int {
	for range n {
		value = next(value)
	}
	return value
}

func sum(in Input) int {
	sum := 0
	for i := range in.N {
		sum += next(in.Seed + i)
	}
	return sum
}

// RandomInput draws an input.
func RandomInput(r *rand.Rand) Input {
	return Input{
		Seed: r.IntN(1_000_000),
		N:    1 + r.IntN(8),
		Work: time.Duration(r.IntN(200)) * time.Millisecond,
		Wait: time.Duration(50+r.IntN(2000)) * time.Millisecond,
	}
}
