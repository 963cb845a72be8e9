// This file makes select deterministic. Of several cases that are ready, the first one in source order is taken. A select
// that had to wait takes the case that woke it.

package sched

import "unsafe"

// Case is one case of a select. A value serves one Select.
//
// Code that depends on the type of a channel's elements is compiled again for each type, in every package that selects. So
// there is little of it: one method each for receiving and sending, no equality, no accessors.
type Case interface {
	// try carries out the case if that does not block.
	try(s *Scheduler) bool
	// base is the part of the case that does not depend on a type.
	base() *selectCase
}

// selectCase is the part of a case that does not depend on a type. The channel and the address of the value are set in its
// waiter from the start.
type selectCase struct {
	// OK reports, once the case has won, whether the received value was sent. It is false if the channel is closed.
	OK     bool
	sends  bool
	waiter waiter
}

func (c *selectCase) base() *selectCase { return c }

// RecvCase is case v, ok := <-ch.
type RecvCase[T any] struct {
	_ [0]func() // cannot be compared
	selectCase
	// Value is the received value, if the case has won.
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
	selectCase
	value T
	ch    chan<- T
}

// OnSend makes a case that sends.
func OnSend[T any](ch chan<- T, v T) *SendCase[T] {
	c := &SendCase[T]{ch: ch, value: v}
	c.sends, c.waiter.key, c.waiter.value = true, key(unsafe.Pointer(&ch)), unsafe.Pointer(&c.value)
	return c
}

func (c *SendCase[T]) try(s *Scheduler) bool { return trySend(s, c.ch, c.value) }

// Select waits until one of the cases can proceed, carries it out and returns its index.
func Select(s *Scheduler, cases ...Case) int {
	c := s.begin()
	if i := try(s, cases); i >= 0 {
		return i
	}
	choosing := &c.channel.choice
	*choosing = choice{winner: -1}
	for i, one := range cases {
		if b := one.base(); b.waiter.key != nil {
			b.waiter.c, b.waiter.choice, b.waiter.index = c, choosing, i
			b.waiter.sibling, choosing.last = choosing.last, &b.waiter
			s.wait(&b.waiter, b.sends)
		}
	}
	if len(cases) == 0 {
		s.Park("select (no cases)")
	}
	s.Park("select")
	choosing.last = nil
	won := cases[choosing.winner]
	if b := won.base(); b.sends && !b.waiter.ok {
		won.try(s) // it was closed: the native channel panics, as it does in Go
	} else {
		b.OK = b.waiter.ok
	}
	return choosing.winner
}

// TrySelect is Select with a default: it returns -1 instead of waiting.
func TrySelect(s *Scheduler, cases ...Case) int {
	s.begin()
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
