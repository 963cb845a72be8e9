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
	RunID() string
	Result(context.Context) (int, error)
	Cancel(ctx context.Context, reason string) error
}

// Kind is one kind of workflow.
type Kind struct {
	Name   string
	Cancel bool // whether the program cancels the run after a while
	Once   bool // whether the run makes Input.N calls of Once, and no other
	start  func(ctx context.Context, c *pawl.Client, id string, in Input, opts ...pawl.StartOption) (Run, error)
	want   func(in Input) int
	work   func(in Input) time.Duration
}

// Start starts a run with this input.
func (k Kind) Start(ctx context.Context, c *pawl.Client, id string, in Input, opts ...pawl.StartOption) (Run, error) {
	return k.start(ctx, c, id, in, opts...)
}

// Want returns the result that a run with this input must have.
func (k Kind) Want(in Input) int { return k.want(in) }

// Work returns how long a run with this input takes at least.
func (k Kind) Work(in Input) time.Duration { return k.work(in) }

// Kinds returns all kinds of workflows.
func Kinds() []Kind {
	return []Kind{
		{Name: "Chain", start: starter(StartChain), want: func(in Input) int { return times(in.N, in.Seed) }, work: chained},
		{Name: "Generations", start: starter(StartGenerations), want: func(in Input) int { return times(in.N, in.Seed) }, work: chained},
		{Name: "Steps", start: starter(StartSteps), want: func(in Input) int { return times(in.N, in.Seed) }, work: func(in Input) time.Duration {
			return time.Duration(in.N) * in.Wait
		}},
		{Name: "FanOnce", Once: true, start: starter(StartFanOnce), want: sum, work: func(in Input) time.Duration { return in.Work }},
		{Name: "Family", start: starter(StartFamily), want: sum, work: func(in Input) time.Duration { return in.Work }},
		{Name: "Delegate", start: starter(StartDelegate), want: func(in Input) int { return times(in.N, in.Seed) }, work: chained},
		{Name: "Retry", start: starter(StartRetry), want: func(in Input) int { return next(in.Seed) }, work: func(in Input) time.Duration {
			return 300*time.Millisecond + in.Work
		}},
		{Name: "Compensate", Cancel: true, start: starter(StartCompensate), want: func(in Input) int { return times(2*in.N, in.Seed) }, work: func(in Input) time.Duration {
			return max(in.Wait/2, chained(in)) + chained(in)
		}},
	}
}

// chained is how long N activities take one after the other.
func chained(in Input) time.Duration { return time.Duration(in.N) * in.Work }

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
