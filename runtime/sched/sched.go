// Package sched runs the coroutines of one run, one at a time and in an order that depends on nothing but the code
// and the events it is given.
//
// A coroutine is a real goroutine that waits for its turn. So whatever Go allows (a durable call inside a library's
// callback, inside an iterator, a defer, or while a panic unwinds) works without rewriting control flow. The engine's
// goroutine calls Run; it hands the turn to each ready coroutine, first in first out, and has it back when the
// coroutine parks or ends. User code is never unwound by a panic of ours: a coroutine that must go is ended by
// runtime.Goexit, which runs its defers and cannot be recovered.
package sched

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Scheduler holds the coroutines of one run. Its methods are called by the engine's goroutine while no coroutine has
// the turn, or by the coroutine that has it.
type Scheduler struct {
	ready   []*Coroutine
	all     []*Coroutine // alive, in order of creation
	current *Coroutine
	back    chan struct{} // a coroutine hands the turn back
	killed  bool
	panic   *Panic
}

// New returns a scheduler with no coroutines.
func New() *Scheduler {
	return &Scheduler{back: make(chan struct{})}
}

// Coroutine is a thread of a workflow's code.
type Coroutine struct {
	Path  string // identity: "0" is the first, "0.1" the second one that it started
	Local any    // whatever the owner of the scheduler keeps per coroutine

	turn     chan struct{}
	children int
	waiting  string
}

// Panic is what a coroutine panicked with.
type Panic struct {
	Value any
	Stack []byte
	Path  string
}

func (p *Panic) Error() string { return fmt.Sprintf("panic: %v", p.Value) }

// Spawn makes a coroutine that will run fn; it is ready at once and gets its turn after those that already are.
func (s *Scheduler) Spawn(fn func()) *Coroutine {
	path := "0"
	if parent := s.current; parent != nil {
		path = fmt.Sprintf("%s.%d", parent.Path, parent.children)
		parent.children++
	}
	c := &Coroutine{Path: path, turn: make(chan struct{})}
	s.all = append(s.all, c)
	s.ready = append(s.ready, c)
	go s.body(c, fn)
	return c
}

// body is the goroutine of c: it waits for the first turn, runs fn and gives the turn back for good.
func (s *Scheduler) body(c *Coroutine, fn func()) {
	<-c.turn
	defer func() {
		// A panic in a defer of a coroutine that is being killed is nobody's news, but it must not end the process.
		if v := recover(); v != nil && !s.killed && s.panic == nil {
			s.panic = &Panic{Value: v, Stack: debug.Stack(), Path: c.Path}
		}
		s.forget(c)
		s.back <- struct{}{}
	}()
	if !s.killed {
		fn()
	}
}

func (s *Scheduler) forget(c *Coroutine) {
	for i, other := range s.all {
		if other == c {
			s.all = append(s.all[:i], s.all[i+1:]...)
			return
		}
	}
}

// Current is the coroutine that has the turn; nil between turns.
func (s *Scheduler) Current() *Coroutine { return s.current }

// Park gives up the turn until Ready is called for the current coroutine. why is for people: what it waits for.
// In a scheduler that was killed it ends the coroutine instead of parking it.
func (s *Scheduler) Park(why string) {
	c := s.current
	if s.killed {
		runtime.Goexit()
	}
	c.waiting = why
	s.back <- struct{}{}
	<-c.turn
	if s.killed {
		runtime.Goexit()
	}
	c.waiting = ""
}

// Ready puts a parked coroutine at the end of the queue.
func (s *Scheduler) Ready(c *Coroutine) { s.ready = append(s.ready, c) }

// Run gives turns until no coroutine is ready. It returns the panic of a coroutine, if one panicked; the scheduler is
// then good only for Kill.
func (s *Scheduler) Run() *Panic {
	for len(s.ready) > 0 && s.panic == nil {
		c := s.ready[0]
		s.ready = s.ready[1:]
		s.give(c)
	}
	return s.panic
}

// give hands the turn to c and waits until it is back.
func (s *Scheduler) give(c *Coroutine) {
	s.current = c
	c.turn <- struct{}{}
	<-s.back
	s.current = nil
}

// Waiting says what each coroutine that is alive waits for, in order of creation.
func (s *Scheduler) Waiting() []string {
	var lines []string
	for _, c := range s.all {
		lines = append(lines, fmt.Sprintf("coroutine %s: %s", c.Path, c.waiting))
	}
	return lines
}

// Kill ends every coroutine, one after the other in order of creation; their defers run, but nothing that they ask
// of the scheduler happens any more. A scheduler may be killed many times.
func (s *Scheduler) Kill() {
	s.killed = true
	for len(s.all) > 0 {
		s.give(s.all[0])
	}
	s.ready = nil
}
