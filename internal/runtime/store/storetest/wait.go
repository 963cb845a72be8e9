// Waiting for what a store does by itself: deliveries, redeliveries, expiry.

package storetest

import (
	"sync"
	"testing"
	"time"
)

const (
	// soon is how long the suite waits for what should happen immediately. It is generous: only a store that fails
	// the test makes it wait that long.
	soon = 20 * time.Second
	// late is how much later than required something may happen: the machine that runs the tests is busy.
	late = 2 * time.Second
	// early is how much too early something may seem to happen: the store counts a delay from when it sent the
	// message, the test from when it received it.
	early = 200 * time.Millisecond
)

// arrival is one call of a handler.
type arrival[D any] struct {
	got D
	at  time.Time
}

// calls collects the calls of a handler.
type calls[D any] chan arrival[D]

func newCalls[D any]() calls[D] { return make(calls[D], 10_000) }

func (c calls[D]) handle(d D) { c <- arrival[D]{d, time.Now()} }

// next returns the next arrival.
func (c calls[D]) next(t testing.TB) arrival[D] {
	t.Helper()
	return c.nextWithin(t, soon)
}

func (c calls[D]) nextWithin(t testing.TB, d time.Duration) arrival[D] {
	t.Helper()
	select {
	case a := <-c:
		return a
	case <-time.After(d):
		t.Fatalf("nothing was delivered within %v", d)
		panic("unreachable")
	}
}

// none fails if anything arrives within d.
func (c calls[D]) none(t testing.TB, d time.Duration) {
	t.Helper()
	select {
	case a := <-c:
		t.Fatalf("unexpected delivery: %+v", a.got)
	case <-time.After(d):
	}
}

// between fails unless a arrived at least min and at most max after since.
func (a arrival[D]) between(t testing.TB, since time.Time, min, max time.Duration) {
	t.Helper()
	if d := a.at.Sub(since); d < min-early || d > max+late {
		t.Errorf("delivered after %v, want %v to %v", d, min, max)
	}
}

// together calls fn(0) to fn(n-1) concurrently and waits for all of them.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}
