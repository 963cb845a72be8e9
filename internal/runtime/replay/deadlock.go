package replay

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/sched"
	"github.com/pawlhq/pawl/internal/runtime/stack"
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
	for _, advice := range e.advice() {
		fmt.Fprintf(&b, "  help: %s\n", advice)
	}
	b.WriteString("  The run resumes by itself on a worker whose code does so from there on; pawl run terminate ends it")
	return b.String()
}

// cures says, for the beginning of what a coroutine waits for, why it may wait in vain and what to write instead.
var cures = []struct{ waiting, cure string }{
	{"chan receive (nil chan)", "a receive from a nil channel waits for ever: make the channel before anyone uses it"},
	{"chan receive", "nobody is left who sends to that channel or closes it: have the sender close it when it is done (defer close(ch)), or select with <-ctx.Done() or a time.After as well"},
	{"chan send (nil chan)", "a send to a nil channel waits for ever: make the channel before anyone uses it"},
	{"chan send", "nobody is left who receives from that channel: give it a buffer of as many values as are sent, or receive until it is closed, after an error too"},
	{"select (no cases)", "select{} waits for ever: wait for what the workflow is there for, or for <-ctx.Done()"},
	{"select", "none of the channels of that select has anyone left on its other side: add a case for <-ctx.Done() or a time.After, or close one of them"},
	{"sync.Mutex", "who has locked that mutex waits too, or ended without unlocking it: defer mu.Unlock(), and do not lock it again in what is called meanwhile"},
	{"sync.RWMutex", "who has locked that mutex waits too, or ended without unlocking it: defer the unlock, and do not lock it for reading again meanwhile, for a writer that waits comes first"},
	{"sync.WaitGroup", "the wait group counts more than will be done: start goroutines with wg.Go, or defer wg.Done() in each"},
	{"sync.Cond", "nobody is left who signals that condition: change what it is about and call Broadcast under the lock, and look at it in a loop before Wait"},
	{"sync.Once", "the function of that sync.Once waits itself, perhaps for that very Once: do what waits outside of it"},
	{"errgroup.Group.Go", "the group is at its limit, and its functions wait: do not call Go of a limited group inside of it, or raise the limit"},
	{"errgroup.Group.Wait", "functions of that group wait: give them the group's context, and have them select with its Done()"},
}

// advice is what helps against the waits that there are, each once.
func (e *DeadlockError) advice() (list []string) {
	for _, c := range e.Coroutines {
		for _, known := range cures {
			if strings.HasPrefix(c.Waiting, known.waiting) {
				if !slices.Contains(list, known.cure) {
					list = append(list, known.cure)
				}
				break
			}
		}
	}
	return list
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
