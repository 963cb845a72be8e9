// Package shop takes an order from payment to parcel through three unreliable suppliers.
//
// Fulfil is the workflow. It contains nothing about retries, timeouts or crashes: the directives in companies.go and the
// engine take care of those.
package shop

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Order is what a customer wants.
type Order struct {
	ID   string `json:"id"`
	Item string `json:"item"`
}

// Quote is what an order costs.
type Quote struct {
	Number string `json:"number"`
	Cents  int    `json:"cents"`
}

// Receipt is the result of an order: either a parcel is on its way, or the money was refunded.
type Receipt struct {
	Quote    Quote  `json:"quote"`
	Parcel   string `json:"parcel,omitempty"`
	Refunded bool   `json:"refunded,omitempty"`
}

// packing is how long the warehouse needs before the carrier can be called.
const packing = 1500 * time.Millisecond

// Fulfil takes an order through payment, warehouse and carrier. If the carrier refuses the item permanently, Fulfil releases the
// goods and refunds the payment, which also counts as success.
//
//pawl:workflow
func Fulfil(ctx context.Context, o Order) (Receipt, error) {
	quote, err := Price(ctx, o)
	if err != nil {
		return Receipt{}, err
	}
	payment, err := Charge(ctx, o, quote)
	if err != nil {
		return Receipt{}, err
	}
	goods, err := Reserve(ctx, o)
	if err != nil {
		return Receipt{}, err
	}
	time.Sleep(packing)
	parcel, err := Ship(ctx, o)
	if errors.Is(err, ErrRefused) {
		return Receipt{Quote: quote, Refunded: true}, giveBack(ctx, o, goods, payment)
	}
	return Receipt{Quote: quote, Parcel: parcel}, err
}

// giveBack undoes what was done for an order so far.
func giveBack(ctx context.Context, o Order, goods, payment string) error {
	return errors.Join(Release(ctx, o, goods), Refund(ctx, o, payment))
}

// random generates quote numbers. A test that compares runs replaces it with something predictable.
var random = rand.Text

// ErrUnknownItem means that the shop does not sell the ordered item.
var ErrUnknownItem = errors.New("not in the catalogue")

var catalogue = map[string]int{"book": 1999, "lamp": 4950, "chair": 12900, "piano": 789000}

// Price returns a quote with a random number for an order. It is a step, so the number is generated once and stays the same
// whatever happens to the worker.
//
//pawl:step final=ErrUnknownItem
func Price(ctx context.Context, o Order) (Quote, error) {
	cents, ok := catalogue[o.Item]
	if !ok {
		return Quote{}, fmt.Errorf("item %q: %w", o.Item, ErrUnknownItem)
	}
	return Quote{Number: "Q-" + random()[:8], Cents: cents}, nil
}
