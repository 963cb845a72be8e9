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
	checkCond(cond)
	at(&s.conds, cond).push(c)
	s.unlockToWait(c, cond)
	s.t.Park("sync.Cond.Wait")
	s.locks.LockLocker(cond.L)
}

// checkCond panics if cond is nil, or a copy of one that was used.
func checkCond(cond *sync.Cond) {
	cond.Signal() // nothing waits for the native one
}

// unlockToWait unlocks the lock of a condition that c is going to wait for. If that panics, c does not wait.
func (s *syncs) unlockToWait(c *Coroutine, cond *sync.Cond) {
	unlocked := false
	defer func() {
		if !unlocked {
			c.queued.Remove()
			s.forgetCond(cond)
		}
	}()
	s.locks.UnlockLocker(cond.L)
	unlocked = true
}

// forgetCond drops the queue of a condition that nothing waits for.
func (s *syncs) forgetCond(cond *sync.Cond) {
	if q := s.conds[cond]; q != nil && q.Empty() {
		delete(s.conds, cond)
	}
}

// CondSignal is c.Signal(): it wakes the coroutine that has waited longest.
func (s *syncs) CondSignal(cond *sync.Cond) {
	s.t.Enter()
	checkCond(cond)
	if q := s.conds[cond]; q != nil {
		s.t.Ready(q.PopFront())
		s.forgetCond(cond)
	}
}

// CondBroadcast is c.Broadcast().
func (s *syncs) CondBroadcast(cond *sync.Cond) {
	s.t.Enter()
	checkCond(cond)
	for s.conds[cond] != nil {
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
	if wg == nil {
		wg.Done() // panics as in Go
	}
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
	if wg == nil {
		wg.Wait() // panics as in Go
	}
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
