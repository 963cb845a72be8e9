// Package clock sleeps and reads the clock: it is the run's, and durable.
package clock

import (
	"context"
	"time"
)

//go:generate go tool pawl generate

// Bell rings.
//
//pawl:activity
func Bell(ctx context.Context, since time.Duration) (quarter int, err error) {
	return int(since / (15 * time.Minute)), nil
}

// lasted is how long it has been since a time, in full quarters.
func lasted(since time.Time) time.Duration { return time.Since(since).Truncate(15 * time.Minute) }

// Hour rings a bell at every quarter for an hour, and says how long that took.
//
//pawl:workflow
func Hour(ctx context.Context) (quarters []int, took, left time.Duration, err error) {
	start := time.Now()
	end := start.Add(55 * time.Minute)
	for time.Now().Before(end) {
		quarter, err := Bell(ctx, lasted(start))
		if err != nil {
			return nil, 0, 0, err
		}
		quarters = append(quarters, quarter)
		sleep := time.Sleep
		sleep(15 * time.Minute)
	}
	time.Sleep(-time.Second)
	return quarters, lasted(start), time.Until(end).Truncate(5 * time.Minute), nil
}
