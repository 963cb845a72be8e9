// This file replaces golang.org/x/sync/errgroup in lowered code, without importing it: G is its type Group.

package abi

import (
	"cmp"
	"context"
)

// GroupWithContext is errgroup.WithContext.
func GroupWithContext[G any](run *Run, ctx context.Context) (*G, context.Context) {
	g, c := new(G), run.x.WithCancel(ctx)
	run.x.Scheduler().GroupCancel(g, func(cause error) { c.Cancel(context.Canceled, cmp.Or(cause, context.Canceled)) })
	return g, c
}

// GroupSetLimit is the SetLimit method of an errgroup.Group.
func GroupSetLimit[G any](run *Run, g *G, n int) { run.x.Scheduler().GroupSetLimit(g, n) }

// GroupGo is the Go method of an errgroup.Group.
func GroupGo[G any](run *Run, g *G, fn func() error) { run.x.Scheduler().GroupGo(g, fn) }

// GroupTryGo is the TryGo method of an errgroup.Group.
func GroupTryGo[G any](run *Run, g *G, fn func() error) bool {
	return run.x.Scheduler().GroupTryGo(g, fn)
}

// GroupWait is the Wait method of an errgroup.Group.
func GroupWait[G any](run *Run, g *G) error { return run.x.Scheduler().GroupWait(g) }
