// Package parcels has a workflow for other packages to call, on a task queue of its own.
package parcels

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// LostError says that a parcel is lost.
type LostError struct {
	City string
	Days int
}

func (e *LostError) Error() string { return fmt.Sprintf("lost in %s after %d days", e.City, e.Days) }

// Ship sends a parcel to a city, unless somebody stops it.
//
//pawl:workflow queue=parcels
func Ship(ctx context.Context, city string, stop <-chan string) (receipt string, err error) {
	select {
	case why := <-stop:
		return "", fmt.Errorf("stopped: %s", why)
	case <-time.After(2 * time.Minute):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	if city == "nowhere" {
		return "returned", &LostError{city, 2}
	}
	return "to " + city, nil
}
