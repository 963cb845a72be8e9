// Package barriers has workflows whose goroutines wait for one another: latches, rendezvous, cyclic barriers, phasers.
package barriers

// What the workflows of this package have done elsewhere.

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool pawl generate

// ErrBroken is a machine that does not start.
var ErrBroken = errors.New("broken")

// WarmUp gets a machine ready, in as many seconds as its number says; number zero is broken.
//
//pawl:activity final=ErrBroken
func WarmUp(ctx context.Context, machine int) (temperature int, err error) {
	if machine == 0 {
		return 0, ErrBroken
	}
	if err := pause(ctx, machine); err != nil {
		return 0, err
	}
	return 100 + machine, nil
}

// Measure takes a second to measure a part in a phase.
//
//pawl:activity
func Measure(ctx context.Context, part, phase int) (int, error) {
	if err := pause(ctx, 1); err != nil {
		return 0, err
	}
	return 10*phase + part, nil
}

// pause lets seconds go by, unless the activity is cancelled.
func pause(ctx context.Context, seconds int) error {
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// elapsed is the time since start in whole seconds.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
