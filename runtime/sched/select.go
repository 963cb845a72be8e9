package sched

import "unsafe"

// This file is about select. Of several cases that are ready, the first in source order is taken; a select that had to
// wait takes the case of who wakes it.

// Case is one case of a select. A value serves one Select.
type Case interface {
	// try carries the case out if that needs no waiting.
	try(s *Scheduler) bool
	// enqueue has the coroutine of w, which is of one more case, wait for it.
	enqueue(s *Scheduler, c *Coroutine, of *choice, index int)
	// interest is the case's waiter.
	interest() *waiter
	// finish is called when the case has won after waiting.
	finish()
}

// RecvCase is case v, ok := <-ch.
type RecvCase[T any] struct {
	ch    <-chan T
	value T
	ok    bool
	w     waiter
}

// OnRecv makes a case that receives.
func OnRecv[T any](ch <-chan T) *RecvCase[T] { return &RecvCase[T]{ch: ch} }

// Value is what was received, if the case has won.
func (r *RecvCase[T]) Value() T { return r.value }

// Value2 is what was received, and whether it was sent: it was not if the channel is closed.
func (r *RecvCase[T]) Value2() (T, bool) { return r.value, r.ok }

func (r *RecvCase[T]) try(s *Scheduler) (done bool) {
	s.poll(key(r.ch))
	r.value, r.ok, done = tryRecv(s, r.ch)
	return done
}

func (r *RecvCase[T]) enqueue(s *Scheduler, c *Coroutine, of *choice, index int) {
	if r.ch != nil {
		r.w = waiter{c: c, value: unsafe.Pointer(&r.value), choice: of, index: index, key: key(r.ch)}
		s.wait(&r.w, false)
	}
}

func (r *RecvCase[T]) interest() *waiter { return &r.w }
func (r *RecvCase[T]) finish()           { r.ok = r.w.ok }

// SendCase is case ch <- v.
type SendCase[T any] struct {
	ch    chan<- T
	value T
	w     waiter
}

// OnSend makes a case that sends.
func OnSend[T any](ch chan<- T, v T) *SendCase[T] { return &SendCase[T]{ch: ch, value: v} }

func (c *SendCase[T]) try(s *Scheduler) bool { return TrySend(s, c.ch, c.value) }

func (c *SendCase[T]) enqueue(s *Scheduler, co *Coroutine, of *choice, index int) {
	if c.ch != nil {
		c.w = waiter{c: co, value: unsafe.Pointer(&c.value), choice: of, index: index, key: key(c.ch)}
		s.wait(&c.w, true)
	}
}

func (c *SendCase[T]) interest() *waiter { return &c.w }

func (c *SendCase[T]) finish() {
	if !c.w.ok {
		c.ch <- c.value // it was closed: the native channel panics as it always does
	}
}

// Select waits until one of the cases can go on, carries it out and returns its index.
func Select(s *Scheduler, cases ...Case) int {
	c := s.Enter()
	if i := try(s, cases); i >= 0 {
		return i
	}
	of := &c.choice
	*of = choice{cases: cases, winner: -1}
	for i, one := range cases {
		one.enqueue(s, c, of, i)
	}
	if len(cases) == 0 {
		s.Park("select (no cases)")
	}
	s.Park("select")
	of.cases = nil
	cases[of.winner].finish()
	return of.winner
}

// TrySelect is Select with a default: it returns -1 instead of waiting.
func TrySelect(s *Scheduler, cases ...Case) int {
	s.Enter()
	i := try(s, cases)
	if i < 0 {
		s.spin()
	}
	return i
}

func try(s *Scheduler, cases []Case) int {
	for i, c := range cases {
		if c.try(s) {
			return i
		}
	}
	return -1
}
