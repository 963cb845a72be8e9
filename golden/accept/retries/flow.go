// Package retries has activities that fail for a while: the workflow does not notice.
package retries

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// ErrBusy comes and goes.
var ErrBusy = errors.New("busy")

// Knock is answered at the third attempt.
//
//pawl:activity backoff=1s..10s factor=3
func Knock(ctx context.Context, door string) (string, error) {
	attempt := pawl.ActivityInfo(ctx).Attempt
	if attempt < 3 {
		return "", ErrBusy
	}
	return fmt.Sprintf("%s opened", door), nil
}

// Ring is given up after two attempts.
//
//pawl:activity attempts=2 backoff=1m
func Ring(ctx context.Context, door string) error { return fmt.Errorf("%s: %w", door, ErrBusy) }

// Try is a step that panics at first.
//
//pawl:step
func Try(ctx context.Context) (string, error) {
	if pawl.ActivityInfo(ctx).Attempt == 1 {
		panic("not yet")
	}
	return "tried", nil
}

// Visit knocks, rings and tries.
//
//pawl:workflow
func Visit(ctx context.Context, door string) ([]string, error) {
	opened, err := Knock(ctx, door)
	if err != nil {
		return nil, err
	}
	tried, err := Try(ctx)
	if err != nil {
		return nil, err
	}
	err = Ring(ctx, door)
	return []string{opened, tried, fmt.Sprint(errors.Is(err, ErrBusy))}, nil
}
