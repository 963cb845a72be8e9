package storetest

// Waiting for what a store does by itself: deliveries, redeliveries, expiry.

import (
	"sync"
	"time"
)

const (
	// soon is how long the suite waits for what should happen at once. It is generous: a store that keeps its
	// word is never waited for.
	soon = 20 * time.Second
	// late is how far behind a promised time something may come: the machine under the tests is busy.
	late = 2 * time.Second
	// early is how far ahead of a promised delay something may seem to come: the store counts the delay from when
	// it sent, the test from when it received.
	early = 200 * time.Millisecond
)

// arrival is one call of a handler.
type arrival[D any] struct {
	got D
	at  time.Time
}

// catch collects the calls of a handler.
type catch[D any] chan arrival[D]

func newCatch[D any]() catch[D] { return make(catch[D], 10_000) }

func (c catch[D]) handle(d D) { c <- arrival[D]{d, time.Now()} }

// next returns the next arrival.
func (c catch[D]) next(t *T) arrival[D] {
	t.Helper()
	return c.nextWithin(t, soon)
}

func (c catch[D]) nextWithin(t *T, d time.Duration) arrival[D] {
	t.Helper()
	select {
	case a := <-c:
		return a
	case <-time.After(d):
		t.Fatalf("nothing was delivered within %v", d)
		panic("unreachable")
	}
}

// none fails if something arrives in the time d.
func (c catch[D]) none(t *T, d time.Duration) {
	t.Helper()
	select {
	case a := <-c:
		t.Fatalf("delivered, though it should not be: %+v", a.got)
	case <-time.After(d):
	}
}

// between fails unless a arrived from after to before since.
func (a arrival[D]) between(t *T, since time.Time, after, before time.Duration) {
	t.Helper()
	if d := a.at.Sub(since); d < after-early || d > before+late {
		t.Errorf("delivered after %v, want %v to %v", d, after, before)
	}
}

// eventually waits until cond holds.
func (t *T) eventually(what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(soon); !cond(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not so within %v: %s", soon, what)
		}
	}
}

// together runs fn(0) to fn(n-1) at the same time and returns when all have.
func together(n int, fn func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { fn(i) })
	}
	wg.Wait()
}
