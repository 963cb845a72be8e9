// This file describes coroutines that wait: what they wait for, and whether anything could wake them.

package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
)

// DeadlockError says that all coroutines of a run wait for each other.
type DeadlockError struct {
	Coroutines []history.Coroutine
}

func (e *DeadlockError) Error() string {
	var b strings.Builder
	b.WriteString("deadlock: all goroutines of the workflow are waiting, and no operation is pending that could wake one\n")
	for _, c := range e.Coroutines {
		fmt.Fprintf(&b, "  %s\n", c)
	}
	for _, advice := range e.advice() {
		fmt.Fprintf(&b, "  help: %s\n", advice)
	}
	b.WriteString("  The run resumes when a worker runs code that does not wait here; pawl run terminate ends it")
	return b.String()
}

// fixes says, for the beginning of what a coroutine waits for, why it may wait forever and what to write instead.
var fixes = []struct{ waiting, fix string }{
	{"chan receive (nil chan)", "a receive from a nil channel blocks forever: make the channel before it is used"},
	{"chan receive", "no goroutine is left that sends to that channel or closes it: have the sender close it when it is done (defer close(ch)), or also select on <-ctx.Done() or a time.After"},
	{"chan send (nil chan)", "a send to a nil channel blocks forever: make the channel before it is used"},
	{"chan send", "no goroutine is left that receives from that channel: give it a buffer for all values that are sent, or receive until it is closed, even after an error"},
	{"select (no cases)", "select{} blocks forever: wait for what the workflow is meant to wait for, or for <-ctx.Done()"},
	{"select", "no goroutine is left at the other end of any channel of that select: add a case for <-ctx.Done() or a time.After, or close one of the channels"},
	{"sync.Mutex", "the goroutine that locked that mutex also waits, or ended without unlocking it: use defer mu.Unlock(), and do not lock it again in a function that is called while it is held"},
	{"sync.RWMutex", "the goroutine that locked that mutex also waits, or ended without unlocking it: use defer to unlock it, and do not lock it for reading again while it is held, because a waiting writer comes first"},
	{"sync.WaitGroup", "the counter of the wait group is higher than the number of goroutines that will call Done: start goroutines with wg.Go, or use defer wg.Done() in each"},
	{"sync.Cond", "no goroutine is left that signals that condition: change the condition and call Broadcast while holding the lock, and check the condition in a loop around Wait"},
	{"sync.Once", "the function of that sync.Once also waits, perhaps for the same Once: do what blocks outside of it"},
	{"errgroup.Group.Go", "the group is at its limit, and its functions wait: do not call Go of a limited group from its own functions, or raise the limit"},
	{"errgroup.Group.Wait", "functions of that group wait: pass them the group's context, and have them select on its Done()"},
}

// advice returns the fixes for what the coroutines wait for, each once.
func (e *DeadlockError) advice() (list []string) {
	for _, c := range e.Coroutines {
		for _, known := range fixes {
			if strings.HasPrefix(c.Waiting, known.waiting) {
				if !slices.Contains(list, known.fix) {
					list = append(list, known.fix)
				}
				break
			}
		}
	}
	return list
}

// coroutines describes coroutines for people.
func coroutines(all []sched.Status) (list []history.Coroutine) {
	for _, s := range all {
		c := history.Coroutine{Path: s.Path, Waiting: s.Waiting, Started: stack.Position(s.Origin), Stack: stack.Lines(s.Stack)}
		if c.Waiting == "" {
			c.Waiting = "its turn"
		}
		list = append(list, c)
	}
	return list
}

// leftovers returns warnings about coroutines that had not ended when the workflow returned.
func leftovers(left []sched.Status) (warnings []string) {
	for i, c := range coroutines(left) {
		what := c.Waiting
		if pos := stack.Position(left[i].Stack); pos != "" {
			what += " at " + pos
		}
		fate := fmt.Sprintf("was still waiting for %s when the workflow returned, and was ended", what)
		if left[i].Waiting == "" {
			fate = "had not run when the workflow returned, and never will: wait for it, for example with a sync.WaitGroup"
		}
		warnings = append(warnings, fmt.Sprintf("goroutine %s, started at %s, %s", c.Path, c.Started, fate))
	}
	return warnings
}
