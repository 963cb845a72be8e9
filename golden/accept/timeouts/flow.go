// Package timeouts has activities that are given up, each for another reason.
package timeouts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Dig hears that its time is up.
//
//pawl:activity timeout=5s attempts=1
func Dig(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// Wait fails until there is no time for another attempt.
//
//pawl:activity schedule-to-close=1m
func Wait(ctx context.Context) error { return errors.New("not yet") }

// Listen beats once and falls silent.
//
//pawl:activity timeout=10m heartbeat=10s attempts=1
func Listen(ctx context.Context) error {
	if err := pawl.Heartbeat(ctx, "alive"); err != nil {
		return err
	}
	<-ctx.Done()
	return ctx.Err()
}

// ErrBusy is no timeout.
var ErrBusy = errors.New("busy")

// Ring is given up after two attempts.
//
//pawl:activity attempts=2 backoff=10s
func Ring(ctx context.Context, door string) error { return fmt.Errorf("%s: %w", door, ErrBusy) }

// Patience tells what it waited for in vain.
//
//pawl:workflow timeout=24h
func Patience(ctx context.Context) (log []string, err error) {
	for _, f := range []func(context.Context) error{Dig, Wait, Listen} {
		start := time.Now()
		err := f(ctx)
		var timeout *pawl.TimeoutError
		if !errors.As(err, &timeout) || !errors.Is(err, context.DeadlineExceeded) {
			return log, fmt.Errorf("not a timeout: %w", err)
		}
		log = append(log, fmt.Sprint(timeout.Kind, " within ", time.Since(start).Round(time.Minute)))
	}
	if err := Ring(ctx, "red door"); errors.Is(err, ErrBusy) {
		log = append(log, err.Error())
	}
	return log, nil
}
