// Package deferred compensates in defers, and panics and recovers.
package deferred

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// ErrFull says that there is no room.
var ErrFull = errors.New("full")

// Book books one of the parts of a journey.
//
//pawl:activity final=ErrFull
func Book(ctx context.Context, part string) error {
	if part == "hotel" {
		return fmt.Errorf("%s: %w", part, ErrFull)
	}
	return nil
}

// Cancel undoes Book.
//
//pawl:activity
func Cancel(ctx context.Context, part string) (string, error) { return "no " + part, nil }

// book books all parts, or none.
func book(ctx context.Context, undone *[]string, parts ...string) (err error) {
	for _, part := range parts {
		if err := Book(ctx, part); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				note, e := Cancel(ctx, part)
				*undone, err = append(*undone, note), errors.Join(err, e)
			}
		}()
	}
	return nil
}

// risky panics after some time, and turns that into an error.
func risky(n int) (err error) {
	defer func() {
		if r := recover(); r != nil {
			time.Sleep(time.Minute)
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	defer time.Sleep(time.Second)
	return errors.New("reached " + fmt.Sprint([]int{1, 2}[n]))
}

// Journey returns what was undone, and why.
//
//pawl:workflow
func Journey(ctx context.Context) (undone []string, reasons string, err error) {
	start := time.Now()
	defer func() { reasons = fmt.Sprint(reasons, " after ", time.Since(start).Truncate(time.Minute)) }()
	full := book(ctx, &undone, "train", "ferry", "hotel", "car")
	return undone, fmt.Sprint(errors.Is(full, ErrFull), "; ", risky(0), "; ", risky(2)), nil
}
