// Package retries has activities that fail for a while: the workflow does not notice.
package retries

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Knock is answered at the third attempt.
//
//pawl:activity backoff=1s..10s factor=3
func Knock(ctx context.Context, door string) (string, error) {
	attempt := pawl.ActivityInfo(ctx).Attempt
	if attempt < 3 {
		return "", errors.New("busy")
	}
	return fmt.Sprintf("%s opened", door), nil
}

// Try is a step that panics at first.
//
//pawl:step
func Try(ctx context.Context) (string, error) {
	if pawl.ActivityInfo(ctx).Attempt == 1 {
		panic("not yet")
	}
	return "tried", nil
}

// Visit knocks and tries.
//
//pawl:workflow
func Visit(ctx context.Context, door string) ([]string, error) {
	opened, err := Knock(ctx, door)
	if err != nil {
		return nil, err
	}
	tried, err := Try(ctx)
	return []string{opened, tried}, err
}
