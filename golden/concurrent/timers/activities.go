// Package timers has workflows that live by the clock: timers stopped and set again, tickers, debouncers, watchdogs,
// schedulers.
package timers

// What the workflows of this package have done elsewhere.

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// ErrNotYet is what a probe says as long as nothing is ready.
var ErrNotYet = errors.New("not yet")

// Probe says whether something is ready at the given attempt: from the fourth on.
//
//pawl:activity final=ErrNotYet
func Probe(ctx context.Context, attempt int) (string, error) {
	if attempt < 4 {
		return "", ErrNotYet
	}
	return fmt.Sprint("ready at ", attempt), ctx.Err()
}

// Save stores a text, which takes two seconds.
//
//pawl:activity
func Save(ctx context.Context, text string) (bytes int, err error) {
	select {
	case <-time.After(2 * time.Second):
		return len(text), nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// elapsed is the time since start in whole seconds.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
