// Package contexts has workflows whose contexts form trees: cancellation, deadlines, causes, values, and what runs when a
// context ends.
package contexts

// What the workflows of this package have done elsewhere.

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool pawl generate

// ErrFull is a table without a free seat.
var ErrFull = errors.New("full")

// Cook takes some seconds, unless it is cancelled.
//
//pawl:activity
func Cook(ctx context.Context, seconds int) (dish string, err error) {
	select {
	case <-time.After(time.Duration(seconds) * time.Second):
		return "dish", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Reserve takes a table; table 13 is always full.
//
//pawl:activity final=ErrFull
func Reserve(ctx context.Context, table int) error {
	if table == 13 {
		return ErrFull
	}
	return ctx.Err()
}

// Release gives a table back, which takes a second.
//
//pawl:activity
func Release(ctx context.Context, table int) (string, error) {
	select {
	case <-time.After(time.Second):
		return "released", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// elapsed is the time since start in whole seconds.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
