// The workflows that are measured, written as the compiler would generate them.

package bench

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/runtime/abi"
)

// The names of the workflows.
const (
	callsActivities = "bench.Activities"
	callsLimited    = "bench.Limited"
	callsRemote     = "bench.Remote" // whose activity another worker runs
	callsSteps      = "bench.Steps"
	sleeps          = "bench.Sleep"
)

// The task queues: one for workflows and the activities that the same worker runs, and one for the activities of another worker.
const (
	queue       = "bench"
	remoteQueue = "bench-remote"
)

// code is the code of a worker, and the number of activities and steps that it ran.
type code struct {
	registration abi.Registration // of the worker that runs workflows
	remote       abi.Registration // of the other worker
	done         atomic.Int64
	stepBegan    atomic.Pointer[func()] // called at the beginning of each step; nil for most measurements
}

func newCode() *code {
	c := &code{}
	activity, limited, step := c.echo("bench.echo", false), c.echo("bench.echoLimited", false), c.echo("bench.echoStep", true)
	limited.Activity.Policy.Attempts = 3
	remote := c.echo("bench.echoRemote", false)
	remote.Activity.Queue = remoteQueue
	c.remote = abi.Registration{Package: "bench/remote", Activities: []abi.Handler{remote}}
	c.registration = abi.Registration{
		Package:    "bench",
		Activities: []abi.Handler{activity, limited, step},
		Workflows: []*abi.Workflow{
			calls(callsActivities, activity.Activity),
			calls(callsLimited, limited.Activity),
			calls(callsRemote, remote.Activity),
			calls(callsSteps, step.Activity),
			{Name: sleeps, Queue: queue, Run: sleep},
		},
	}
	return c
}

// workflow returns a workflow by its name.
func (c *code) workflow(name string) *abi.Workflow {
	for _, w := range c.registration.Workflows {
		if w.Name == name {
			return w
		}
	}
	panic("no workflow " + name)
}

// echo returns an activity or a step that returns its input.
func (c *code) echo(name string, step bool) abi.Handler {
	policy := abi.Policy{StartToClose: time.Minute, BackoffMin: time.Second, BackoffMax: time.Minute, BackoffFactor: 2}
	return abi.Handler{
		Activity: &abi.Activity{Name: name, Queue: queue, Step: step, Policy: policy},
		Run: func(_ context.Context, in abi.Values) ([]any, error) {
			if began := c.stepBegan.Load(); step && began != nil {
				(*began)()
			}
			var s string
			err := in.Decode(&s)
			c.done.Add(1)
			return []any{s}, err
		},
	}
}

// calls returns a workflow that calls an activity as many times as its input says.
func calls(name string, a *abi.Activity) *abi.Workflow {
	return &abi.Workflow{Name: name, Queue: queue, Run: func(ctx context.Context, r *abi.Run, in abi.Values) ([]any, error) {
		var n int
		if err := in.Decode(&n); err != nil {
			return nil, err
		}
		for range n {
			var out string
			if err := abi.Call(ctx, r, a, []any{"order-81"}, &out); err != nil {
				return nil, err
			}
			if out != "order-81" {
				return nil, errors.New("echo returned " + out)
			}
		}
		return nil, nil
	}}
}

// sleep is a workflow that waits for an hour. Most runs wait most of the time.
func sleep(_ context.Context, r *abi.Run, _ abi.Values) ([]any, error) {
	abi.Sleep(r, time.Hour)
	return nil, nil
}
