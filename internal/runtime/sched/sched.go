// Package sched runs the coroutines of one run, one at a time and in an order that depends on nothing but the code
// and the events it is given: goroutines, channels, select and the locks of package sync, made deterministic.
//
// A coroutine is a real goroutine that waits for its turn. So whatever Go allows (a durable call inside a library's
// callback, inside an iterator, a defer, or while a panic unwinds) works without rewriting control flow. The engine's
// goroutine calls Run; the turn then goes from coroutine to coroutine, first in first out, and comes back to the engine
// when none is ready. User code is never unwound by a panic of ours: a coroutine that must go is ended by
// runtime.Goexit, which runs its defers and cannot be recovered.
//
// Channels, mutexes and timers stay the native ones of Go. The scheduler keeps only who waits, by the address of what it
// waits for; what is not blocked costs nothing here.
package sched

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync"
	"unsafe"
)

// Scheduler holds the coroutines of one run. Its methods are called by the engine's goroutine while no coroutine has
// the turn, or by the coroutine that has it.
type Scheduler struct {
	ready       fifo[*Coroutine]
	first, last *Coroutine // those alive, in order of creation
	current     *Coroutine
	back        chan struct{} // the turn comes back to the engine
	killed      bool
	stopped     bool
	yields      int // in a row, with nothing else happening
	asking      bool
	panic       *Panic
	labels      context.Context

	chans   map[unsafe.Pointer]*channel
	spare   *channel // an empty one, for the next who waits
	sources map[unsafe.Pointer]Source
	locks   map[*sync.Mutex]*fifo[*Coroutine]
	rwlocks map[*sync.RWMutex]*rwQueue
	conds   map[*sync.Cond]*fifo[*Coroutine]
	counts  map[*sync.WaitGroup]*count
	onces   map[any]*fifo[*Coroutine]
	groups  map[any]*group
	pulls   map[*Pull]struct{} // not at their end
}

// New returns a scheduler with no coroutines. Their goroutines will carry labels, which profiles show: pairs of a name
// and a value.
func New(labels ...string) *Scheduler {
	return &Scheduler{
		back: make(chan struct{}), chans: map[unsafe.Pointer]*channel{},
		labels: pprof.WithLabels(context.Background(), pprof.Labels(labels...)),
	}
}

// Coroutine is a thread of a workflow's code.
type Coroutine struct {
	Local any // whatever the owner of the scheduler keeps per coroutine

	parent     *Coroutine
	index      int // among the parent's children
	children   int
	path       string
	prev, next *Coroutine
	fn         func()
	turn       chan struct{}
	started    bool
	waiting    string
	spins      int
	waiter     waiter // of the one channel operation that it may wait in
	choice     choice // of the one select
	origin     []uintptr
	stack      []uintptr
}

// Path is the coroutine's identity: "0" is the first, "0.1" the second one that it started.
func (c *Coroutine) Path() string {
	if c.path == "" {
		c.path = strconv.Itoa(c.index)
		if c.parent != nil {
			c.path = c.parent.Path() + "." + c.path
		}
	}
	return c.path
}

// Panic is what a coroutine panicked with.
type Panic struct {
	Value any
	Stack []byte
	Path  string
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Spawn makes a coroutine that will run fn; it is ready at once and gets its turn after those that already are. It is a
// child of the current one.
func (s *Scheduler) Spawn(fn func()) *Coroutine {
	c := s.Reserve(Callers())
	s.Start(c, fn)
	return c
}

// Reserve makes a coroutine whose identity is settled now, and that Start begins later, or never. origin is where the
// author asked for it.
func (s *Scheduler) Reserve(origin []uintptr) *Coroutine {
	c := &Coroutine{parent: s.current, turn: make(chan struct{}), origin: origin}
	if c.parent != nil {
		c.index = c.parent.children
		c.parent.children++
	}
	return c
}

// Start makes a reserved coroutine ready to run fn.
func (s *Scheduler) Start(c *Coroutine, fn func()) {
	c.fn = fn
	c.prev = s.last
	if s.last == nil {
		s.first = c
	} else {
		s.last.next = c
	}
	s.last = c
	s.Ready(c)
}

// body is the goroutine of c, which begins with its first turn.
func (s *Scheduler) body(c *Coroutine) {
	pprof.SetGoroutineLabels(s.labels)
	defer func() {
		// A panic in a defer of a coroutine that is being killed is nobody's news, but it must not end the process.
		if v := recover(); v != nil && !s.killed && s.panic == nil {
			s.panic = &Panic{Value: v, Stack: debug.Stack(), Path: c.Path()}
		}
		s.forget(c)
		s.pass()
	}()
	c.fn()
}

func (s *Scheduler) forget(c *Coroutine) {
	if c.prev == nil {
		s.first = c.next
	} else {
		c.prev.next = c.next
	}
	if c.next == nil {
		s.last = c.prev
	} else {
		c.next.prev = c.prev
	}
}

// Current is the coroutine that has the turn; nil between turns.
func (s *Scheduler) Current() *Coroutine { return s.current }

// Killed reports whether the coroutines are being ended: what their defers do is nobody's business any more.
func (s *Scheduler) Killed() bool { return s.killed }

// Enter begins an operation of the current coroutine. In a scheduler that was killed it ends the coroutine.
func (s *Scheduler) Enter() *Coroutine {
	if s.killed {
		runtime.Goexit()
	}
	if s.current == nil {
		panic("pawl: workflow code runs outside of its workflow's turn, in a goroutine that the workflow does not own")
	}
	return s.current
}

// Park gives up the turn until Ready is called for the current coroutine. why is for people: what it waits for.
// In a scheduler that was killed it ends the coroutine instead of parking it.
func (s *Scheduler) Park(why string) {
	c := s.Enter()
	c.waiting, c.spins = why, 0
	if next := s.next(); next != c {
		s.resume(next)
		for <-c.turn; s.asking; <-c.turn {
			c.stack = Callers()
			s.back <- struct{}{}
		}
	}
	if s.killed {
		runtime.Goexit()
	}
	c.waiting = ""
}

// Yield gives the other coroutines that are ready a turn.
func (s *Scheduler) Yield() {
	s.yields++
	s.ready.push(s.Enter())
	s.Park("its turn")
}

// busy is how many times in a row coroutines may yield, with nothing else happening, before the turn goes back to the
// engine: they wait for something that only an event can bring.
const busy = 10_000

// Busy reports whether Run ended although coroutines are ready, because all that they do is to look for something again
// and again.
func (s *Scheduler) Busy() bool { return s.yields >= busy }

// patience is how often in a row a coroutine may find something not ready before the others get a turn: in Go they run
// beside a loop that polls.
const patience = 32

// spin notes that the current coroutine has looked for something in vain.
func (s *Scheduler) spin() {
	if s.current.spins++; s.current.spins >= patience {
		s.Yield()
	}
}

// Ready puts a parked coroutine at the end of the queue.
func (s *Scheduler) Ready(c *Coroutine) {
	s.yields = 0
	s.ready.push(c)
}

// Run gives turns until no coroutine is ready, all that are ready do nothing but yield, or Stop is called. It returns the
// panic of a coroutine, if one panicked; the scheduler is then good only for Kill.
func (s *Scheduler) Run() *Panic {
	s.yields = 0
	if next := s.next(); next != nil {
		s.resume(next)
		<-s.back
	}
	return s.panic
}

// Stop has the turn go back to the engine as soon as the current coroutine ends or parks, whoever is ready.
func (s *Scheduler) Stop() { s.stopped = true }

// next takes the coroutine whose turn it is; nil means the engine.
func (s *Scheduler) next() *Coroutine {
	if s.killed || s.stopped || s.panic != nil || s.Busy() {
		return nil
	}
	return s.ready.pop()
}

// pass gives the turn away for good.
func (s *Scheduler) pass() { s.resume(s.next()) }

// resume hands the turn to c, or back to the engine.
func (s *Scheduler) resume(c *Coroutine) {
	s.current = c
	switch {
	case c == nil:
		s.back <- struct{}{}
	case c.started:
		c.turn <- struct{}{}
	default:
		c.started = true
		go s.body(c)
	}
}

// Kill ends every coroutine, one after the other in order of creation; their defers run, but nothing that they ask
// of the scheduler happens any more. A scheduler may be killed many times.
func (s *Scheduler) Kill() {
	s.killed = true
	for s.first != nil {
		if c := s.first; c.started {
			s.resume(c)
			<-s.back
		} else {
			s.forget(c)
		}
	}
	s.stopPulls()
	s.ready = fifo[*Coroutine]{}
}

// Status is what a coroutine that is alive does between turns.
type Status struct {
	Path    string
	Waiting string    // what it waits for; empty if it is ready
	Origin  []uintptr // program counters of where it was started, innermost first; empty for the first coroutine
	Stack   []uintptr // and of where it waits
}

// Dump asks every coroutine where it waits, in order of creation. It is called between turns.
func (s *Scheduler) Dump() (all []Status) {
	s.asking = true
	for c := s.first; c != nil && !s.killed; c = c.next {
		if c.started {
			c.turn <- struct{}{}
			<-s.back
		}
		all = append(all, Status{c.Path(), c.waiting, c.origin, c.stack})
	}
	s.asking = false
	return all
}

// Blocked are the coroutines, apart from the current one, that wait for something and are not ready, in order of creation.
// Their stacks are not known.
func (s *Scheduler) Blocked() (all []Status) {
	ready := map[*Coroutine]bool{s.current: true}
	for _, c := range s.ready.items[s.ready.head:] {
		ready[c] = true
	}
	for c := s.first; c != nil; c = c.next {
		if !ready[c] {
			all = append(all, Status{Path: c.Path(), Waiting: c.waiting, Origin: c.origin})
		}
	}
	return all
}

// Callers are the program counters above the function that calls it, innermost first.
func Callers() []uintptr {
	var pcs [16]uintptr
	return append([]uintptr(nil), pcs[:runtime.Callers(3, pcs[:])]...)
}

// at is the value of a key in a table that is made, like its values, when it is first needed: most runs have few of them.
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
