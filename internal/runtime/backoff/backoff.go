// Package backoff computes the pauses between attempts, and waits for them.
package backoff

import (
	"context"
	"time"
)

// Policy says how long to pause between attempts: Min after the first attempt, Factor times as long after each further
// one, but at most Max. A Factor below 1 counts as 1, a Max below Min as Min.
type Policy struct {
	Min, Max time.Duration
	Factor   float64
}

// Doubling returns the policy whose pauses start at shortest and double up to longest.
func Doubling(shortest, longest time.Duration) Policy {
	return Policy{Min: shortest, Max: longest, Factor: 2}
}

// Pause returns the pause after the given number of attempts, counted from 1.
func (p Policy) Pause(attempts int) time.Duration {
	pause, limit := float64(p.Min), max(p.Min, p.Max)
	if attempts <= 1 || !(p.Factor > 1) || pause <= 0 {
		return max(p.Min, 0)
	}
	for range attempts - 1 {
		if pause *= p.Factor; pause >= float64(limit) {
			return limit
		}
	}
	return time.Duration(pause)
}

// Wait pauses after the given number of attempts. It returns early with ctx's error if ctx ends.
func (p Policy) Wait(ctx context.Context, attempts int) error {
	return Sleep(ctx, p.Pause(attempts))
}

// Sleep pauses for d. It returns early with ctx's error if ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
