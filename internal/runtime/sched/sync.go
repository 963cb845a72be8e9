package sched

import "sync"

// This file is about the rest of package sync: conditions, groups, and what happens once. Their state is here, by the
// address of the native value, for as long as something is under way.

// CondWait is c.Wait().
func (s *Scheduler) CondWait(cond *sync.Cond) {
	c := s.Enter()
	at(&s.conds, cond).push(c)
	s.UnlockLocker(cond.L)
	s.Park("sync.Cond.Wait")
	s.LockLocker(cond.L)
}

// CondSignal is c.Signal(): who has waited longest goes on.
func (s *Scheduler) CondSignal(cond *sync.Cond) {
	s.Enter()
	if q := s.conds[cond]; q != nil {
		s.Ready(q.pop())
		if q.empty() {
			delete(s.conds, cond)
		}
	}
}

// CondBroadcast is c.Broadcast().
func (s *Scheduler) CondBroadcast(cond *sync.Cond) {
	for s.Enter(); s.conds[cond] != nil; {
		s.CondSignal(cond)
	}
}

// count is a WaitGroup that is not at zero.
type count struct {
	n       int
	waiting []*Coroutine
}

// Add is wg.Add(n).
func (s *Scheduler) Add(wg *sync.WaitGroup, n int) {
	s.Enter()
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
		s.Ready(waiting)
	}
}

// Wait is wg.Wait().
func (s *Scheduler) Wait(wg *sync.WaitGroup) {
	current := s.Enter()
	if c := s.counts[wg]; c != nil {
		c.waiting = append(c.waiting, current)
		s.Park("sync.WaitGroup.Wait")
	}
}

// GoIn is wg.Go(fn).
func (s *Scheduler) GoIn(wg *sync.WaitGroup, fn func()) {
	s.Add(wg, 1)
	s.Spawn(func() {
		defer s.Add(wg, -1)
		fn()
	})
}

// Once runs fn, which runs something under a native lock of what key points to, so that no two coroutines are in it at
// once: the second one waits here, and not for the native lock, where nobody could wake it.
func (s *Scheduler) Once(key any, fn func()) {
	c := s.Enter()
	if s.onces[key] != nil {
		s.onces[key].push(c)
		s.Park("sync.Once")
	} else {
		at(&s.onces, key)
	}
	defer s.leaveOnce(key)
	fn()
}

// leaveOnce lets the next coroutine in.
func (s *Scheduler) leaveOnce(key any) {
	if q := s.onces[key]; q.empty() {
		delete(s.onces, key)
	} else {
		s.Ready(q.pop())
	}
}
