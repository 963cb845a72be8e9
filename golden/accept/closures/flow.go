// Package closures calls activities from function literals that capture and change variables around them.
package closures

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool pawl generate

// Next counts.
//
//pawl:activity
func Next(ctx context.Context, n int) (int, error) { return n + 1, nil }

// counter returns a function that keeps its own count.
func counter(ctx context.Context, from int) func() (int, error) {
	return func() (n int, err error) {
		from, err = Next(ctx, from)
		return from, err
	}
}

// twice is a function that takes one.
func twice(f func() (int, error)) (int, error) {
	if _, err := f(); err != nil {
		return 0, err
	}
	time.Sleep(time.Minute)
	return f()
}

// Count counts by closures.
//
//pawl:workflow
func Count(ctx context.Context) ([]int, error) {
	var counts []int
	add := func(f func() (int, error)) error {
		n, err := twice(f)
		counts = append(counts, n)
		return err
	}
	a, b := counter(ctx, 0), counter(ctx, 100)
	err := errors.Join(add(a), add(b), add(a))
	for i := range 3 {
		defer func() { counts[i]++ }() // too late for the result: it is a copy of the slice's header, and shares its array
	}
	func() { counts = append(counts, len(counts)) }()
	return counts, err
}
