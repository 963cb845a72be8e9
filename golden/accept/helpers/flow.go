// Package helpers spreads a workflow over packages: some helpers need the run, some do not.
package helpers

import (
	"context"

	"github.com/pawlhq/pawl/golden/accept/helpers/internal/text"
	"github.com/pawlhq/pawl/golden/accept/helpers/pricing"
)

//go:generate go tool pawl generate ./...

// Quote asks for a price, with the activity of another package.
//
//pawl:workflow
func Quote(ctx context.Context, item string) (string, error) {
	list := pricing.List{Currency: "EUR"}
	price, err := list.Patiently(ctx, text.Title(item))
	if err != nil {
		return "", err
	}
	if price > pricing.Expensive {
		price, err = pricing.Discount(ctx, price)
	}
	return text.Label(item, price, list.Currency), err
}
