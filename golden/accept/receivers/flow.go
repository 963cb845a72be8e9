// Package receivers has a workflow whose receiver tells two banks apart by a tag and holds configuration.
package receivers

import (
	"context"
	"fmt"
)

//go:generate go tool pawl generate

// Bank keeps money at one place.
type Bank struct{ Place string }

// Take takes an amount from an account.
//
//pawl:activity
func (b *Bank) Take(ctx context.Context, cents int) (string, error) {
	return fmt.Sprintf("%s took %d", b.Place, cents), nil
}

// Fee is configuration: recorded when a run starts, the same ever after.
type Fee struct {
	Percent int
	Least   int
}

// Transfer holds what the workflow needs.
type Transfer struct {
	Home   *Bank
	Abroad *Bank          `pawl:"abroad"`
	Fee    Fee            `pawl:"config"`
	Limits map[string]int `pawl:"config"`
}

// fee is an ordinary method that reads configuration.
func (t *Transfer) fee(cents int) int { return max(t.Fee.Least, cents*t.Fee.Percent/100) }

// abroad hands one of the banks on.
func (t *Transfer) abroad() *Bank { return t.Abroad }

func take(ctx context.Context, b *Bank, cents int) (string, error) { return b.Take(ctx, cents) }

// Send takes the money abroad and the fee at home.
//
//pawl:workflow
func (t *Transfer) Send(ctx context.Context, who string, cents int) ([]string, error) {
	if cents > t.Limits[who] {
		return nil, fmt.Errorf("%s may not send more than %d", who, t.Limits[who])
	}
	sent, err := take(ctx, t.abroad(), cents)
	if err != nil {
		return nil, err
	}
	paid, err := t.Home.Take(ctx, t.fee(cents))
	return []string{sent, paid}, err
}
