// Package fanin has programs that gather what several goroutines send.
package fanin

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// ErrClosed is the error of a shop that sells nothing.
var ErrClosed = errors.New("closed")

// Quote is the price that a shop asks.
type Quote struct {
	Shop  string
	Cents int
}

// Ask asks a shop for its price, which takes as many seconds as its name has letters.
//
//pawl:activity final=ErrClosed
func Ask(ctx context.Context, shop string) (Quote, error) {
	time.Sleep(time.Duration(len(shop)) * time.Second)
	if shop == "closed" {
		return Quote{}, fmt.Errorf("ask: %w", ErrClosed)
	}
	return Quote{Shop: shop, Cents: 1000 - 10*len(shop)}, nil
}

// Measure reads a sensor.
//
//pawl:activity
func Measure(ctx context.Context, sensor int) (int, error) {
	time.Sleep(time.Duration(sensor) * 1500 * time.Millisecond)
	return sensor * sensor, nil
}

// elapsed is the time since start, to the second.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }
