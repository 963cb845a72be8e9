// This file makes golang.org/x/sync/errgroup deterministic. The package itself is not imported: a group is known by the
// address of its native value, whose zero value works.

package sched

import (
	"context"
	"fmt"
)

// groups holds the error groups in use.
type groups struct {
	t     *turns
	byKey map[any]*group
}

// group is an errgroup.Group that has been used.
type group struct {
	n       int // functions that run
	limited bool
	limit   int // of n, if it is limited
	blocked queue
	waiting []*Coroutine
	err     error
	failed  bool
	cancel  context.CancelCauseFunc
}

func (gs *groups) group(key any) *group {
	gs.t.Enter()
	return at(&gs.byKey, key)
}

func (g *group) full() bool { return g.limited && g.n >= g.limit }

// GroupCancel sets what ends the context of a group, when the first function fails or all are done.
func (gs *groups) GroupCancel(key any, cancel context.CancelCauseFunc) {
	gs.group(key).cancel = cancel
}

// GroupGo is g.Go(fn): it waits until the group's limit allows one more.
func (gs *groups) GroupGo(key any, fn func() error) {
	g := gs.group(key)
	if g.full() {
		g.blocked.push(gs.t.current)
		gs.t.Park("errgroup.Group.Go")
	} else {
		g.n++
	}
	gs.runIn(g, fn)
}

// GroupTryGo is g.TryGo(fn).
func (gs *groups) GroupTryGo(key any, fn func() error) bool {
	g := gs.group(key)
	if g.full() {
		gs.t.spin()
		return false
	}
	g.n++
	gs.runIn(g, fn)
	return true
}

// runIn starts a function that g has counted already.
func (gs *groups) runIn(g *group, fn func() error) {
	gs.t.Spawn(func() {
		defer gs.leaveGroup(g)
		if err := fn(); err != nil && !g.failed {
			g.err, g.failed = err, true
			if g.cancel != nil {
				g.cancel(err)
			}
		}
	})
}

// leaveGroup hands the place of a function that is done to the next caller that waits for one.
func (gs *groups) leaveGroup(g *group) {
	if !g.blocked.Empty() {
		gs.t.Ready(g.blocked.PopFront())
		return
	}
	if g.n--; g.n == 0 {
		for _, c := range g.waiting {
			gs.t.Ready(c)
		}
		g.waiting = nil
	}
}

// GroupWait is g.Wait().
func (gs *groups) GroupWait(key any) error {
	g := gs.group(key)
	if g.n > 0 {
		g.waiting = append(g.waiting, gs.t.current)
		gs.t.Park("errgroup.Group.Wait")
	}
	if g.cancel != nil {
		g.cancel(g.err)
	}
	gs.forgetGroup(key, g)
	return g.err
}

// forgetGroup drops a group that is done and equal to a new one, so that a run that makes a group in each iteration of a
// loop does not keep them.
func (gs *groups) forgetGroup(key any, g *group) {
	if gs.byKey[key] == g && g.n == 0 && !g.failed && !g.limited {
		delete(gs.byKey, key)
	}
}

// GroupSetLimit is g.SetLimit(n).
func (gs *groups) GroupSetLimit(key any, n int) {
	g := gs.group(key)
	if n >= 0 && g.limited && g.n > 0 {
		panic(fmt.Errorf("errgroup: modify limit while %v goroutines in the group are still active", g.n))
	}
	g.limited, g.limit = n >= 0, n
}
