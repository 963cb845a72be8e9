// Package pubsub has workflows with publishers and subscribers: brokers, event buses, topics, logs.
package pubsub

// What the workflows of this package have done elsewhere.

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// ErrNoAddress is why a message cannot be delivered.
var ErrNoAddress = errors.New("no address")

// Deliver takes a message to its addressee; a letter takes two seconds, all else one.
//
//pawl:activity final=ErrNoAddress
func Deliver(ctx context.Context, way, text string) (string, error) {
	seconds := 1
	switch way {
	case "":
		return "", ErrNoAddress
	case "letter":
		seconds = 2
	}
	if err := pause(ctx, seconds); err != nil {
		return "", err
	}
	return fmt.Sprint(way, ":", text), nil
}

// Answer thinks about a question for some seconds.
//
//pawl:activity
func Answer(ctx context.Context, question string, seconds int) (string, error) {
	if err := pause(ctx, seconds); err != nil {
		return "", err
	}
	return question + "!", nil
}

// Archive stores a batch and says how many it took.
//
//pawl:activity
func Archive(ctx context.Context, batch []int) (int, error) {
	return len(batch), ctx.Err()
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
