// This file holds the coroutines of a run and gives them their turns, one at a time.

package sched

import (
	"context"
	"runtime"
	"runtime/debug"
	"runtime/pprof"

	"github.com/pawlhq/pawl/internal/runtime/list"
	"github.com/pawlhq/pawl/internal/runtime/panics"
)

// turns decides which coroutine has the turn.
type turns struct {
	alive   list.List[*Coroutine] // in order of creation
	ready   queue
	current *Coroutine
	back    chan struct{} // the turn comes back to the engine
	rules   uint32        // their version: see UseRules
	labels  context.Context

	killed  bool
	stopped bool
	dumping bool
	yields  int // in a row, with nothing else happening
	steps   int // since Run was called
	scale   int // see Allow
	panic   *Panic
}

// queue is a queue of coroutines. A coroutine is in one queue at a time: it is ready, or waits for one thing.
type queue struct{ list.List[*Coroutine] }

func (q *queue) push(c *Coroutine) { q.PushBack(&c.queued, c) }

func newTurns(labels ...string) *turns {
	return &turns{back: make(chan struct{}), labels: pprof.WithLabels(context.Background(), pprof.Labels(labels...))}
}

// Coroutine is a goroutine of a workflow's code.
type Coroutine struct {
	Local any // for the owner of the scheduler

	path     string
	children int // so far
	alive    list.Node[*Coroutine]
	queued   list.Node[*Coroutine]
	fn       func()
	turn     chan struct{}
	started  bool
	waiting  string
	spins    int
	channel  channelWait
	origin   []uintptr
	stack    []uintptr
}

// Path is the coroutine's identity: see childPath.
func (c *Coroutine) Path() string { return c.path }

// Origin returns the program counters of where the coroutine was started, innermost first.
func (c *Coroutine) Origin() []uintptr { return c.origin }

// Panic is a panic of a coroutine.
type Panic struct {
	Value string
	Stack []byte
	Path  string
}

func (p *Panic) Error() string { return "panic: " + p.Value }

// Spawn starts a coroutine that runs fn. It is ready immediately, and gets its turn after the coroutines that already are.
// It is a child of the current coroutine.
func (t *turns) Spawn(fn func()) *Coroutine {
	c := t.Reserve(Callers())
	t.Start(c, fn)
	return c
}

// SpawnNow is Spawn for a coroutine that gets its turn immediately. The current one is next after it.
func (t *turns) SpawnNow(fn func()) {
	parent := t.Enter()
	c := t.Reserve(Callers())
	c.fn = fn
	t.alive.PushBack(&c.alive, c)
	t.yields = 0
	t.ready.InsertAfter(&parent.queued, parent, nil)
	t.ready.InsertAfter(&c.queued, c, nil)
	t.Park("its turn")
}

// Reserve returns a coroutine whose identity is fixed now, and that Start begins later, or never. origin is the author's
// call that asked for it.
func (t *turns) Reserve(origin []uintptr) *Coroutine {
	c := &Coroutine{path: firstPath, turn: make(chan struct{}), origin: origin}
	if parent := t.current; parent != nil {
		c.path = childPath(parent.path, parent.children, t.rules)
		parent.children++
	}
	return c
}

// Start makes a reserved coroutine ready to run fn.
func (t *turns) Start(c *Coroutine, fn func()) {
	c.fn = fn
	t.alive.PushBack(&c.alive, c)
	t.Ready(c)
}

// run is the goroutine of c. It begins with the first turn of c.
func (t *turns) run(c *Coroutine) {
	pprof.SetGoroutineLabels(t.labels)
	defer func() {
		// Panics in deferred calls of a coroutine that is being killed are ignored, but must not end the process.
		if v := recover(); v != nil && !t.killed && t.panic == nil {
			t.panic = &Panic{Value: panics.Text(v), Stack: debug.Stack(), Path: c.Path()}
		}
		c.alive.Remove()
		t.resume(t.next())
	}()
	c.fn()
}

// Current is the coroutine that has the turn; nil between turns.
func (t *turns) Current() *Coroutine { return t.current }

// Killed reports whether coroutines are being torn down. Effects of their deferred calls are ignored.
func (t *turns) Killed() bool { return t.killed }

// Enter begins an operation of the current coroutine, which it returns. After Kill it ends the coroutine instead.
func (t *turns) Enter() *Coroutine {
	if t.killed {
		runtime.Goexit()
	}
	if t.current == nil {
		panic("pawl: workflow code runs outside of its workflow's turn, in a goroutine that the workflow does not own")
	}
	return t.current
}

// ParkFunc is what the function of Park is called in profiles. A coroutine whose stack has it does not have the turn.
const ParkFunc = "sched.(*turns).Park"

// Park gives up the turn until Ready is called for the current coroutine. why says what it waits for, for people. After
// Kill it ends the coroutine instead.
func (t *turns) Park(why string) {
	c := t.Enter()
	c.waiting, c.spins = why, 0
	if next := t.next(); next != c {
		t.resume(next)
		for <-c.turn; t.dumping; <-c.turn {
			c.stack = Callers()
			t.back <- struct{}{}
		}
	}
	if t.killed {
		runtime.Goexit()
	}
	c.waiting = ""
}

// Yield lets the other ready coroutines have a turn.
func (t *turns) Yield() {
	t.yields++
	t.ready.push(t.Enter())
	t.Park("its turn")
}

// maxYields is how many times in a row coroutines may yield, with nothing else happening, before the turn goes back to
// the engine: they wait for something that only an event can bring.
const maxYields = 10_000

// maxSteps is how many steps coroutines may take before the turn goes back to the engine: what they do may depend on a
// time that only an event can bring. Steps are turns, and operations that Count counts.
const maxSteps = 100_000

// Allow sets how much coroutines may do before Run ends although some are ready: scale times the usual. With a scale of 0,
// which is the default, only yields end Run. That was the rule before version 3.
func (t *turns) Allow(scale int) { t.scale = scale }

// Busy reports whether Run ended although coroutines are ready.
func (t *turns) Busy() bool { return t.Polling() || t.scale > 0 && t.steps >= maxSteps*t.scale }

// Polling reports whether Run ended because all that the ready coroutines do is yield. That they do it more often helps
// few programs, so there is a limit to it.
func (t *turns) Polling() bool { return t.yields >= maxYields*min(max(t.scale, 1), 8) }

// Count counts an operation of the current coroutine that a loop may repeat without ever waiting, as a number of steps. If
// coroutines have done enough, this one waits until Run is called again.
func (t *turns) Count(steps int) {
	if t.scale == 0 || t.killed || t.current == nil {
		return
	}
	if t.steps += steps; t.Busy() {
		t.ready.push(t.current)
		t.Park("its turn")
	}
}

// begin is Enter for an operation that is counted.
func (t *turns) begin() *Coroutine {
	t.Count(1)
	return t.Enter()
}

// maxSpins is how often in a row a coroutine may fail to do something without blocking before the others get a turn: in
// Go they run in parallel to a loop that polls.
const maxSpins = 32

// spin counts a failed non-blocking attempt of the current coroutine.
func (t *turns) spin() {
	if t.current.spins++; t.current.spins >= maxSpins {
		t.Yield()
	}
}

// Spin is an iteration of a loop that polls a variable.
func (t *turns) Spin() {
	t.begin()
	t.spin()
}

// Ready puts a parked coroutine at the end of the queue of ready coroutines.
func (t *turns) Ready(c *Coroutine) {
	t.yields = 0
	t.ready.push(c)
}

// Run gives turns until no coroutine is ready, they are busy, or Stop is called. It returns the panic of a coroutine, if
// one panicked. After that, only Kill may be called.
func (t *turns) Run() *Panic {
	t.yields, t.steps = 0, 0
	if next := t.next(); next != nil {
		t.give(next)
	}
	return t.panic
}

// Stop returns the turn to the engine as soon as the current coroutine ends or parks, even if others are ready.
func (t *turns) Stop() { t.stopped = true }

// next takes the coroutine whose turn it is from the queue; nil means the engine.
func (t *turns) next() *Coroutine {
	if t.killed || t.stopped || t.panic != nil || t.Busy() {
		return nil
	}
	t.steps++
	return t.ready.PopFront()
}

// give gives c the turn and waits until the turn is back.
func (t *turns) give(c *Coroutine) {
	t.resume(c)
	<-t.back
}

// resume hands the turn to c, or back to the engine.
func (t *turns) resume(c *Coroutine) {
	t.current = c
	switch {
	case c == nil:
		t.back <- struct{}{}
	case c.started:
		c.turn <- struct{}{}
	default:
		c.started = true
		go t.run(c)
	}
}

// kill ends every coroutine in order of creation.
func (t *turns) kill() {
	t.killed = true
	for !t.alive.Empty() {
		if c := t.alive.First().Value; c.started {
			t.give(c)
		} else {
			c.alive.Remove()
		}
	}
}

// Status describes a coroutine between turns.
type Status struct {
	Path    string
	Waiting string    // what it waits for; empty if it is ready
	Origin  []uintptr // program counters of where it was started, innermost first; empty for the first coroutine
	Stack   []uintptr // and of where it waits
}

// Dump returns the status of every coroutine, in order of creation. It is called between turns.
func (t *turns) Dump() (all []Status) {
	if t.killed {
		return nil
	}
	for n := t.alive.First(); n != nil; n = n.Next() {
		c := n.Value
		all = append(all, Status{c.Path(), c.waiting, c.origin, t.stackOf(c)})
	}
	return all
}

// stackOf returns the program counters of where a coroutine waits, innermost first. It is called between turns.
func (t *turns) stackOf(c *Coroutine) []uintptr {
	if c.started {
		t.dumping = true
		c.turn <- struct{}{}
		<-t.back
		t.dumping = false
	}
	return c.stack
}

// Next returns the coroutine that is ready first, and the program counters of where it waits for its turn: where it was
// started, if it has not had one. It is called between turns, when there is such a coroutine.
func (t *turns) Next() (c *Coroutine, at []uintptr) {
	c = t.ready.First().Value
	if !c.started {
		return c, c.origin
	}
	return c, t.stackOf(c)
}

// Left returns the coroutines that wait for something, or that have not run at all, in order of creation. Waiting is empty
// for the latter. It is called between turns.
func (t *turns) Left() (all []Status) {
	ready := map[*Coroutine]bool{}
	for n := t.ready.First(); n != nil; n = n.Next() {
		ready[n.Value] = true
	}
	for n := t.alive.First(); n != nil; n = n.Next() {
		switch c := n.Value; {
		case !c.started:
			all = append(all, Status{Path: c.Path(), Origin: c.origin})
		case !ready[c]:
			all = append(all, Status{c.Path(), c.waiting, c.origin, t.stackOf(c)})
		}
	}
	return all
}

// Callers returns the program counters of the callers of the function that calls it, innermost first.
func Callers() []uintptr {
	var pcs [16]uintptr
	return append([]uintptr(nil), pcs[:runtime.Callers(3, pcs[:])]...)
}

// at returns the value of a key in a table. The table and its values are made when they are first needed: most runs have
// few of them.
func at[K comparable, V any](table *map[K]*V, key K) *V {
	if *table == nil {
		*table = map[K]*V{}
	}
	v := (*table)[key]
	if v == nil {
		v = new(V)
		(*table)[key] = v
	}
	return v
}
