package sched

import "unsafe"

// This file is about select. Of several cases that are ready, the first in source order is taken; a select that had to
// wait takes the case of who wakes it.

// Case is one case of a select. A value serves one Select.
//
// What depends on the type of a channel's elements is compiled once more for each type, in every package that selects. So
// it is little: one method each of receiving and sending, no equality, no accessors.
type Case interface {
	// try carries the case out if that needs no waiting.
	try(s *Scheduler) bool
	// want is what the case waits for.
	want() *wish
}

// wish is the part of a case that knows of no type. Its waiter has the channel and the place of the value from the start.
type wish struct {
	// OK reports, once the case has won, whether what was received was sent: it was not if the channel is closed.
	OK     bool
	sends  bool
	waiter waiter
}

func (w *wish) want() *wish { return w }

// RecvCase is case v, ok := <-ch.
type RecvCase[T any] struct {
	_ [0]func() // cannot be compared
	wish
	// Value is what was received, if the case has won.
	Value T
	ch    <-chan T
}

// OnRecv makes a case that receives.
func OnRecv[T any](ch <-chan T) *RecvCase[T] {
	r := &RecvCase[T]{ch: ch}
	r.waiter.key, r.waiter.value = key(unsafe.Pointer(&ch)), unsafe.Pointer(&r.Value)
	return r
}

func (r *RecvCase[T]) try(s *Scheduler) (done bool) {
	s.poll(r.waiter.key)
	r.Value, r.OK, done = tryRecv(s, r.ch)
	return done
}

// SendCase is case ch <- v.
type SendCase[T any] struct {
	_ [0]func() // cannot be compared
	wish
	value T
	ch    chan<- T
}

// OnSend makes a case that sends.
func OnSend[T any](ch chan<- T, v T) *SendCase[T] {
	c := &SendCase[T]{ch: ch, value: v}
	c.sends, c.waiter.key, c.waiter.value = true, key(unsafe.Pointer(&ch)), unsafe.Pointer(&c.value)
	return c
}

func (c *SendCase[T]) try(s *Scheduler) bool { return TrySend(s, c.ch, c.value) }

// Select waits until one of the cases can go on, carries it out and returns its index.
func Select(s *Scheduler, cases ...Case) int {
	c := s.Enter()
	if i := try(s, cases); i >= 0 {
		return i
	}
	of := &c.choice
	*of = choice{cases: cases, winner: -1}
	for i, one := range cases {
		if w := one.want(); w.waiter.key != nil {
			w.waiter.c, w.waiter.choice, w.waiter.index = c, of, i
			s.wait(&w.waiter, w.sends)
		}
	}
	if len(cases) == 0 {
		s.Park("select (no cases)")
	}
	s.Park("select")
	of.cases = nil
	won := cases[of.winner]
	if w := won.want(); w.sends && !w.waiter.ok {
		won.try(s) // it was closed: the native channel panics as it always does
	} else {
		w.OK = w.waiter.ok
	}
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
