// Package cooperation relies on what the engine promises beyond Go: one goroutine of a run at a time, in the order in
// which they could go on, until each waits.
package cooperation

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Count counts.
//
//pawl:activity
func Count(ctx context.Context, n int) (int, error) { return n + 1, nil }

// Share returns what its goroutines did together.
//
//pawl:workflow
func Share(ctx context.Context) (log []string, err error) {
	note := func(a ...any) { log = append(log, fmt.Sprint(a...)) }
	unguarded(ctx, note)
	turns(note)
	fair(note)
	contended(note)
	first(note)
	cancelled(ctx, note)
	leave(ctx)
	return log, nil
}

// unguarded has goroutines change one variable without a lock. None of them waits between its read and its write.
func unguarded(ctx context.Context, note func(...any)) {
	total := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			n, _ := Count(ctx, 0)
			total += n
		})
	}
	wg.Wait()
	note(total)
}

// turns hands the turn over.
func turns(note func(...any)) {
	done := false
	go func() {
		note("one")
		runtime.Gosched()
		note("three")
		done = true
	}()
	go note("two")
	for !done {
		runtime.Gosched()
	}
}

// fair selects in the order of the source where Go chooses at random, and serves who waits in the order of their coming.
func fair(note func(...any)) {
	a, b := make(chan int, 2), make(chan int, 2)
	a <- 1
	b <- 2
	a <- 3
	for range 3 {
		select {
		case n := <-a:
			note("a", n)
		case n := <-b:
			note("b", n)
		}
	}
	queue := make(chan int)
	for n := range 3 {
		go func() { queue <- n }()
	}
	note(<-queue, <-queue, <-queue)
}

// contended holds locks while others wait for them.
func contended(note func(...any)) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() {
			mu.Lock()
			defer mu.Unlock()
			time.Sleep(time.Minute)
			note("written by ", n)
		})
		wg.Go(func() {
			mu.RLock()
			defer mu.RUnlock()
			note("read by ", n)
		})
	}
	wg.Wait()
}

// first has others wait for the one that is in a sync.Once.
func first(note func(...any)) {
	var once sync.Once
	var wg sync.WaitGroup
	for n := range 2 {
		wg.Go(func() {
			once.Do(func() { time.Sleep(time.Second); note("once") })
			note("after once ", n)
		})
	}
	wg.Wait()
}

// cancelled tells those who wait for a context in the order in which their own were derived.
func cancelled(ctx context.Context, note func(...any)) {
	parent, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for n := range 3 {
		child, cancel := context.WithCancel(parent)
		wg.Go(func() {
			defer cancel()
			<-child.Done()
			note("cancelled ", n)
		})
	}
	runtime.Gosched()
	cancel()
	wg.Wait()
}

// leave starts goroutines that are still there when the workflow returns: they end with it.
func leave(ctx context.Context) {
	go func() { select {} }()
	go func() { <-ctx.Done() }()
	go func() {
		for range time.NewTicker(time.Hour).C {
		}
	}()
	time.Sleep(time.Second)
}
