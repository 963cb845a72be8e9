// Package semaphores has programs that share something of which there is not enough for all.
package semaphores

import (
	"context"
	"time"
)

//go:generate go tool pawl generate

// Upload sends a file, a megabyte in two seconds, and gives its size in kilobytes.
//
//pawl:activity
func Upload(ctx context.Context, megabytes int) (int, error) {
	time.Sleep(time.Duration(2*megabytes) * time.Second)
	return 1024 * megabytes, nil
}

// Reserve reserves a seat, and gives its number.
//
//pawl:activity
func Reserve(ctx context.Context, row, seat int) (int, error) {
	time.Sleep(1500 * time.Millisecond)
	return 10*row + seat, nil
}

// elapsed is the time since start, to the second.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
