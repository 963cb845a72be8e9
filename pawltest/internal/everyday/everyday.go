// Package everyday has workflows with patterns of everyday code, on which a crash has an influence that is no fault.
package everyday

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Double doubles a number.
//
//pawl:activity
func Double(ctx context.Context, n int) (int, error) { return 2 * n, nil }

// Slow takes a second.
//
//pawl:activity
func Slow(ctx context.Context) error {
	select {
	case <-time.After(time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Once is attempted at most once.
//
//pawl:activity attempts=1
func Once(ctx context.Context) error { return nil }

// ErrBusy is the error of Busy.
var ErrBusy = errors.New("busy")

// Busy always fails.
//
//pawl:activity attempts=2
func Busy(ctx context.Context) error { return ErrBusy }

// Until waits until a point in time that an activity delays.
//
//pawl:workflow
func Until(ctx context.Context, wait time.Duration) (int, error) {
	due := time.Now().Add(wait)
	n, err := Double(ctx, 21)
	time.Sleep(time.Until(due))
	return n, err
}

// Pool has goroutines that compete for work.
//
//pawl:workflow
func Pool(ctx context.Context, numbers []int) ([]int, error) {
	work := make(chan int)
	var mu sync.Mutex
	var results []int
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for n := range work {
				doubled, err := Double(ctx, n)
				if err != nil {
					return
				}
				mu.Lock()
				results = append(results, doubled)
				mu.Unlock()
			}
		})
	}
	for _, n := range numbers {
		work <- n
	}
	close(work)
	wg.Wait()
	slices.Sort(results)
	return results, nil
}

// Ticks works at each tick until a slow activity has ended.
//
//pawl:workflow
func Ticks(ctx context.Context) (string, error) {
	done := make(chan error, 1)
	go func() { done <- Slow(ctx) }()
	ticker := time.NewTicker(300 * time.Millisecond)
	defer ticker.Stop()
	for {
		select {
		case err := <-done:
			return "done", err
		case <-ticker.C:
			if _, err := Double(ctx, 1); err != nil {
				return "", err
			}
		}
	}
}

// Deadline gives a slow activity less time than it takes to replace a worker.
//
//pawl:workflow
func Deadline(ctx context.Context) (string, error) {
	limited, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if err := Slow(limited); err != nil {
		return "gave up", nil
	}
	return "done", nil
}

// AtMostOnce says whether its activity is known to have succeeded.
//
//pawl:workflow
func AtMostOnce(ctx context.Context) (bool, error) { return Once(ctx) == nil, nil }

// Exhausted reports the error of an activity that fails.
//
//pawl:workflow
func Exhausted(ctx context.Context) (string, error) { return fmt.Sprint(Busy(ctx)), nil }

// Token returns what it draws.
//
//pawl:activity
func Token(ctx context.Context) (string, error) {
	mu.Lock()
	defer mu.Unlock()
	tokens++
	return fmt.Sprint("token ", tokens), nil
}

var (
	mu     sync.Mutex
	tokens int
)

// Chance returns a token, which is another one in each execution.
//
//pawl:workflow
func Chance(ctx context.Context) (string, error) { return Token(ctx) }

// Late returns how long an activity took.
//
//pawl:workflow
func Late(ctx context.Context) (time.Duration, error) {
	begun := time.Now()
	_, err := Double(ctx, 1)
	time.Sleep(time.Since(begun))
	return time.Since(begun), err
}

// Charge counts its calls in the bank.
//
//pawl:activity
func Charge(ctx context.Context) error {
	mu.Lock()
	defer mu.Unlock()
	charged++
	return nil
}

// charged counts charges, and not idempotency keys, as a service does that charges twice.
var charged int

// Charged returns how often Charge was called since the last call of Charged.
func Charged() int {
	mu.Lock()
	defer mu.Unlock()
	n := charged
	charged = 0
	return n
}

// Pay charges once.
//
//pawl:workflow
func Pay(ctx context.Context) error { return Charge(ctx) }

// Quarter does something every day for 90 days.
//
//pawl:workflow
func Quarter(ctx context.Context) (sum int, err error) {
	for day := range 90 {
		time.Sleep(24 * time.Hour)
		n, err := Double(ctx, day)
		if err != nil {
			return sum, err
		}
		sum += n
	}
	return sum, nil
}
