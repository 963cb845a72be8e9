// Package finalerrors decides by errors of activities: sentinels, typed errors and errors marked as final.
package finalerrors

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// The reasons for which a card is not charged.
var (
	ErrDeclined = errors.New("declined")
	errStolen   = errors.New("stolen")
)

// LimitError says how much may be charged.
type LimitError struct{ Cents int }

func (e *LimitError) Error() string { return fmt.Sprint("at most ", e.Cents) }

// Charge charges a card.
//
//pawl:activity final=ErrDeclined,*LimitError
func Charge(ctx context.Context, card string, cents int) (string, error) {
	switch {
	case card == "declined":
		return "", fmt.Errorf("bank: %w", ErrDeclined)
	case card == "stolen":
		return "", pawl.Final(fmt.Errorf("police: %w", errStolen))
	case cents > 500:
		return "", &LimitError{Cents: 500}
	}
	return "paid", nil
}

func pay(ctx context.Context, card string, cents int) (string, error) {
	receipt, err := Charge(ctx, card, cents)
	var limit *LimitError
	switch {
	case errors.Is(err, ErrDeclined):
		return "declined", nil
	case errors.Is(err, errStolen):
		return "stolen", nil
	case errors.As(err, &limit):
		return pay(ctx, card, limit.Cents)
	case err != nil:
		return "", err
	}
	return fmt.Sprint(receipt, " ", cents), nil
}

// Pay tries cards one after the other, and fails with the last one's error.
//
//pawl:workflow
func Pay(ctx context.Context, cards ...string) (log []string, err error) {
	for _, card := range cards {
		how, err := pay(ctx, card, 900)
		if err != nil {
			return log, err
		}
		log = append(log, how)
	}
	_, err = Charge(ctx, "declined", 1)
	return log, fmt.Errorf("%d cards: %w", len(cards), err)
}
