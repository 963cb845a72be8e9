// Package subscription charges a customer every month. Its tests are those of docs/testing.md.
package subscription

import (
	"context"
	"errors"
	"time"
)

//go:generate go tool pawl generate

// ErrDeclined is returned for a card that is not accepted.
var ErrDeclined = errors.New("declined")

// Bank charges cards.
type Bank interface {
	//pawl:activity final=ErrDeclined
	Charge(ctx context.Context, customer string, cents int) error
}

// Mailer sends mail.
type Mailer interface {
	//pawl:activity
	Send(ctx context.Context, to, text string) error
}

// Subscription charges a customer every 30 days.
type Subscription struct {
	Bank   Bank
	Mailer Mailer
}

// Year charges twelve times, unless the run is cancelled. It returns the number of charges.
//
//pawl:workflow
func (s *Subscription) Year(ctx context.Context, customer string) (charges int, err error) {
	for charges < 12 {
		if err := s.Bank.Charge(ctx, customer, 900); err != nil {
			return charges, err
		}
		charges++
		select {
		case <-time.After(30 * 24 * time.Hour):
		case <-ctx.Done():
			err := s.Mailer.Send(context.WithoutCancel(ctx), customer, "goodbye")
			return charges, errors.Join(ctx.Err(), err)
		}
	}
	return charges, nil
}
