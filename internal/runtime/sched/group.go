package sched

import (
	"context"
	"fmt"
)

// This file is golang.org/x/sync/errgroup over the scheduler. The package itself is not needed: a group is known by the
// address of its native value, whose zero value works.

// group is an errgroup.Group that has been used.
type group struct {
	n       int // functions that run
	limited bool
	limit   int // of n, if it is limited
	blocked fifo[*Coroutine]
	waiting []*Coroutine
	err     error
	failed  bool
	cancel  context.CancelCauseFunc
}

func (s *Scheduler) group(key any) *group {
	s.Enter()
	return at(&s.groups, key)
}

func (g *group) full() bool { return g.limited && g.n >= g.limit }

// GroupCancel sets what ends the context of a group, when the first function fails or all are done.
func (s *Scheduler) GroupCancel(key any, cancel context.CancelCauseFunc) {
	s.group(key).cancel = cancel
}

// GroupGo is g.Go(fn): it waits until the group's limit allows one more.
func (s *Scheduler) GroupGo(key any, fn func() error) {
	g := s.group(key)
	if g.full() {
		g.blocked.push(s.current)
		s.Park("errgroup.Group.Go")
	} else {
		g.n++
	}
	s.runIn(g, fn)
}

// GroupTryGo is g.TryGo(fn).
func (s *Scheduler) GroupTryGo(key any, fn func() error) bool {
	g := s.group(key)
	if g.full() {
		s.spin()
		return false
	}
	g.n++
	s.runIn(g, fn)
	return true
}

// runIn starts a function that g has counted already.
func (s *Scheduler) runIn(g *group, fn func() error) {
	s.Spawn(func() {
		defer s.leaveGroup(g)
		if err := fn(); err != nil && !g.failed {
			g.err, g.failed = err, true
			if g.cancel != nil {
				g.cancel(err)
			}
		}
	})
}

// leaveGroup gives the place of a function that is done to who waits for one.
func (s *Scheduler) leaveGroup(g *group) {
	if !g.blocked.empty() {
		s.Ready(g.blocked.pop())
		return
	}
	if g.n--; g.n == 0 {
		for _, c := range g.waiting {
			s.Ready(c)
		}
		g.waiting = nil
	}
}

// GroupWait is g.Wait().
func (s *Scheduler) GroupWait(key any) error {
	g := s.group(key)
	if g.n > 0 {
		g.waiting = append(g.waiting, s.current)
		s.Park("errgroup.Group.Wait")
	}
	if g.cancel != nil {
		g.cancel(g.err)
	}
	s.forgetGroup(key, g)
	return g.err
}

// forgetGroup drops a group that is done, if it would begin anew as the zero one: a run that makes one in every turn of a loop
// does not keep them. What was cancelled need not be cancelled again.
func (s *Scheduler) forgetGroup(key any, g *group) {
	if s.groups[key] == g && g.n == 0 && !g.failed && !g.limited {
		delete(s.groups, key)
	}
}

// GroupSetLimit is g.SetLimit(n).
func (s *Scheduler) GroupSetLimit(key any, n int) {
	g := s.group(key)
	if n >= 0 && g.limited && g.n > 0 {
		panic(fmt.Errorf("errgroup: modify limit while %v goroutines in the group are still active", g.n))
	}
	g.limited, g.limit = n >= 0, n
}
