// Package pools has programs in which a few workers share much work.
package pools

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// ErrBroken is the error of a job that cannot be done.
var ErrBroken = errors.New("broken")

// Job is what a worker does.
type Job struct {
	ID      int
	Seconds int
}

// Done is what became of a job.
type Done struct {
	ID     int
	Result string
}

// Perform does a job, which takes the time that it says. Jobs with a negative number are broken.
//
//pawl:activity final=ErrBroken
func Perform(ctx context.Context, job Job) (Done, error) {
	time.Sleep(time.Duration(job.Seconds) * time.Second)
	if job.ID < 0 {
		return Done{}, fmt.Errorf("job %d: %w", job.ID, ErrBroken)
	}
	return Done{ID: job.ID, Result: fmt.Sprintf("job %d done", job.ID)}, nil
}

// Resize makes an image smaller. It gives up when it is cancelled.
//
//pawl:activity
func Resize(ctx context.Context, width int) (int, error) {
	select {
	case <-time.After(4 * time.Second):
		return width / 2, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// elapsed is the time since start, to the second.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
