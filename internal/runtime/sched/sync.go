// This file makes the rest of package sync deterministic: conditions, wait groups and once. Their state is kept here, by
// the address of the native value, for as long as something waits or is counted.

package sched

import "sync"

// syncs holds the conditions, wait groups and onces in use.
type syncs struct {
	t      *turns
	locks  *locks
	conds  map[*sync.Cond]*queue
	counts map[*sync.WaitGroup]*count
	onces  map[any]*queue
}

// CondWait is c.Wait().
func (s *syncs) CondWait(cond *sync.Cond) {
	c := s.t.Enter()
	at(&s.conds, cond).push(c)
	s.locks.UnlockLocker(cond.L)
	s.t.Park("sync.Cond.Wait")
	s.locks.LockLocker(cond.L)
}

// CondSignal is c.Signal(): it wakes the coroutine that has waited longest.
func (s *syncs) CondSignal(cond *sync.Cond) {
	s.t.Enter()
	if q := s.conds[cond]; q != nil {
		s.t.Ready(q.PopFront())
		if q.Empty() {
			delete(s.conds, cond)
		}
	}
}

// CondBroadcast is c.Broadcast().
func (s *syncs) CondBroadcast(cond *sync.Cond) {
	for s.t.Enter(); s.conds[cond] != nil; {
		s.CondSignal(cond)
	}
}

// count is a WaitGroup that is not at zero.
type count struct {
	n       int
	waiting []*Coroutine
}

// Add is wg.Add(n).
func (s *syncs) Add(wg *sync.WaitGroup, n int) {
	s.t.Enter()
	c := at(&s.counts, wg)
	c.n += n
	if c.n > 0 {
		return
	}
	delete(s.counts, wg)
	if c.n < 0 {
		panic("sync: negative WaitGroup counter")
	}
	for _, waiting := range c.waiting {
		s.t.Ready(waiting)
	}
}

// Wait is wg.Wait().
func (s *syncs) Wait(wg *sync.WaitGroup) {
	current := s.t.Enter()
	if c := s.counts[wg]; c != nil {
		c.waiting = append(c.waiting, current)
		s.t.Park("sync.WaitGroup.Wait")
	}
}

// GoIn is wg.Go(fn).
func (s *syncs) GoIn(wg *sync.WaitGroup, fn func()) {
	s.Add(wg, 1)
	s.t.Spawn(func() {
		defer s.Add(wg, -1)
		fn()
	})
}

// Once runs fn, which holds a native lock of what key points to. No two coroutines run it at the same time: the second
// one waits here, and not for the native lock, where the scheduler could not wake it.
func (s *syncs) Once(key any, fn func()) {
	c := s.t.Enter()
	if s.onces[key] != nil {
		s.onces[key].push(c)
		s.t.Park("sync.Once")
	} else {
		at(&s.onces, key)
	}
	defer s.leaveOnce(key)
	fn()
}

// leaveOnce lets the next coroutine in.
func (s *syncs) leaveOnce(key any) {
	if q := s.onces[key]; q.Empty() {
		delete(s.onces, key)
	} else {
		s.t.Ready(q.PopFront())
	}
}
