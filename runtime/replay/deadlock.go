package replay

import (
	"fmt"
	"strings"

	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/sched"
	"github.com/pawlhq/pawl/runtime/stack"
)

// This file is about coroutines that wait: what they wait for, and whether anything could wake them.

// DeadlockError says that every coroutine of a run waits for another one.
type DeadlockError struct {
	Coroutines []history.Coroutine
}

func (e *DeadlockError) Error() string {
	var b strings.Builder
	b.WriteString("deadlock: every goroutine of the workflow waits, and nothing is under way that could wake one\n")
	for _, c := range e.Coroutines {
		fmt.Fprintf(&b, "  %s\n", c)
	}
	b.WriteString("  help: run a worker with code in which one of them goes on; the run resumes by itself")
	return b.String()
}

// Coroutines tells where the run's coroutines stand, in order of creation. It is called between turns.
func (x *Execution) Coroutines() []history.Coroutine { return people(x.sched.Dump()) }

func people(all []sched.Status) (list []history.Coroutine) {
	for _, s := range all {
		c := history.Coroutine{Path: s.Path, Waiting: s.Waiting, Started: stack.Position(s.Origin), Stack: stack.Lines(s.Stack)}
		if c.Waiting == "" {
			c.Waiting = "its turn"
		}
		list = append(list, c)
	}
	return list
}

// deadlocked reports whether nothing can wake the run's coroutines any more: no operation that matters is under way, and no
// one waits for the workflow to be cancelled. The list of those was pruned.
func (x *Execution) deadlocked() bool {
	return x.open.first == nil && x.Started != nil && !x.ctx.awaited()
}

// leftovers are warnings about coroutines that had not ended when the workflow returned.
func (x *Execution) leftovers() (warnings []string) {
	for _, c := range people(x.sched.Blocked()) {
		warnings = append(warnings, fmt.Sprintf("goroutine %s, started at %s, was ended: it still waited for %s when the workflow returned", c.Path, c.Started, c.Waiting))
	}
	return warnings
}
