// Package shop takes an order from payment to parcel through three companies that fail each in its own way.
//
// Fulfil is the whole of it. It knows nothing of retries, timeouts or crashes: those are the business of the
// directives in companies.go and of the engine.
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

// Receipt is how an order ended: with a parcel under way, or with the money given back.
type Receipt struct {
	Quote    Quote  `json:"quote"`
	Parcel   string `json:"parcel,omitempty"`
	Refunded bool   `json:"refunded,omitempty"`
}

// packing is how long the warehouse takes before the carrier may be called.
const packing = 1500 * time.Millisecond

// Fulfil takes an order through payment, warehouse and carrier. If the carrier refuses the item for good, it gives
// everything back, and that is a good end too.
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

// random is where quotes get their numbers; a test that compares runs puts something predictable here.
var random = rand.Text

// ErrUnknownItem says that the shop does not sell what was ordered.
var ErrUnknownItem = errors.New("not in the catalogue")

var catalogue = map[string]int{"book": 1999, "lamp": 4950, "chair": 12900, "piano": 789000}

// Price looks up what an order costs and gives the quote a number. The number is drawn at random: a step, so that it
// is drawn once and stays the same whatever happens to the worker.
//
//pawl:step final=ErrUnknownItem
func Price(ctx context.Context, o Order) (Quote, error) {
	cents, ok := catalogue[o.Item]
	if !ok {
		return Quote{}, fmt.Errorf("item %q: %w", o.Item, ErrUnknownItem)
	}
	return Quote{Number: "Q-" + random()[:8], Cents: cents}, nil
}
