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
func Bell(ctx context.Context, at time.Time) (quarter int, err error) { return at.Minute() / 15, nil }

// untilNext is how long it is to the next full multiple of d.
func untilNext(d time.Duration) time.Duration {
	now := time.Now()
	return time.Until(now.Truncate(d).Add(d))
}

// Hour rings a bell at every quarter for an hour, and says how long that took.
//
//pawl:workflow
func Hour(ctx context.Context) (quarters []int, took time.Duration, err error) {
	time.Sleep(untilNext(time.Hour))
	first := time.Now()
	for time.Since(first) < time.Hour {
		quarter, err := Bell(ctx, time.Now())
		if err != nil {
			return nil, 0, err
		}
		quarters = append(quarters, quarter)
		sleep := time.Sleep
		sleep(untilNext(15 * time.Minute))
	}
	time.Sleep(-time.Second)
	return quarters, time.Since(first).Round(time.Minute), nil
}
