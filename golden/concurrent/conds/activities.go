// Package conds has workflows that share memory: condition variables, bounded buffers, readers and writers, things done
// once.
package conds

// What the workflows of this package have done elsewhere.

import (
	"context"
	"time"
)

//go:generate go tool pawl generate

// Bake makes a loaf in as many minutes as it weighs pounds.
//
//pawl:activity timeout=1h
func Bake(ctx context.Context, pounds int) (string, error) {
	select {
	case <-time.After(time.Duration(pounds) * time.Minute):
		return []string{"roll", "bread", "loaf", "wheel"}[min(pounds, 3)], nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Settings reads what has been set.
//
//pawl:step
func Settings(ctx context.Context, name string) (int, error) { return len(name), nil }

// elapsed is the time since start in whole seconds.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
