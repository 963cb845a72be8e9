// Package groups has workflows that start several things and wait for all of them, the first, or enough of them: wait
// groups, error groups, hedged requests.
package groups

// What the workflows of this package have done elsewhere.

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool pawl generate

// ErrSoldOut is a shop that has nothing to offer.
var ErrSoldOut = errors.New("sold out")

// Quote asks a shop for a price, which takes as many seconds as the shop's number; a negative one is sold out after as
// many.
//
//pawl:activity final=ErrSoldOut
func Quote(ctx context.Context, shop int) (cents int, err error) {
	if err := pause(ctx, max(shop, -shop)); err != nil {
		return 0, err
	}
	if shop < 0 {
		return 0, ErrSoldOut
	}
	return 1000 - 10*shop, nil
}

// Links gives the pages that a page leads to.
//
//pawl:activity
func Links(ctx context.Context, page int) ([]int, error) {
	if err := pause(ctx, 1); err != nil {
		return nil, err
	}
	if page > 7 {
		return nil, nil
	}
	return []int{2 * page, 2*page + 1}, nil
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
