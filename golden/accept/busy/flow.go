// Package busy has loops that never wait for time, and that end because time passes.
package busy

import (
	"context"
	"fmt"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Loops returns what ended, and whether it did so in time.
//
//pawl:workflow
func Loops(ctx context.Context) (log []string, err error) {
	for _, loop := range []struct {
		name string
		run  func(ctx context.Context, d time.Duration)
	}{
		{"values", handOver},
		{"context", untilCancelled},
		{"clock", untilLate},
		{"lock", untilDone},
	} {
		begin := time.Now()
		loop.run(ctx, 50*time.Millisecond)
		took := time.Since(begin)
		log = append(log, fmt.Sprint(loop.name, took >= 50*time.Millisecond && took < time.Minute))
	}
	return log, nil
}

// handOver has two goroutines hand each other values until a timer fires.
func handOver(_ context.Context, d time.Duration) {
	there, back := make(chan int), make(chan int)
	defer close(there)
	go func() {
		for v := range there {
			back <- v + 1
		}
	}()
	end := time.After(d)
	for n := 0; ; {
		select {
		case <-end:
			return
		case there <- n:
			n = <-back
		}
	}
}

// untilCancelled loops until its context ends.
func untilCancelled(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	for ctx.Err() == nil {
	}
}

// untilLate loops until a time has come.
func untilLate(_ context.Context, d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

// untilDone looks under a lock for what a goroutine does later.
func untilDone(_ context.Context, d time.Duration) {
	var mu sync.Mutex
	done := false
	time.AfterFunc(d, func() {
		mu.Lock()
		defer mu.Unlock()
		done = true
	})
	for ended := false; !ended; {
		mu.Lock()
		ended = done
		mu.Unlock()
	}
}
