// Package pricing has activities, and helpers that call them and sleep.
package pricing

import (
	"context"
	"time"
)

// Expensive is where discounts begin.
const Expensive = 100

// List is a list of prices.
type List struct{ Currency string }

// Patiently looks a price up after some minutes.
func (l List) Patiently(ctx context.Context, item string) (int, error) {
	wait(2)
	return Price(ctx, item, l.Currency)
}

func wait(minutes int) { time.Sleep(time.Duration(minutes) * time.Minute) }

// Price looks a price up.
//
//pawl:activity
func Price(ctx context.Context, item, currency string) (int, error) { return 50 * len(item), nil }

// Discount halves a price.
//
//pawl:step
func Discount(ctx context.Context, price int) (int, error) { return price / 2, nil }
