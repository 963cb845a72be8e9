// The suppliers' APIs as activities. Timeouts and backoff are in the directives. An activity without attempts= is retried until it
// succeeds or fails with a non-retryable error.

package shop

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/pawlhq/pawl"
)

// ErrRefused means that a supplier refuses a request permanently.
var ErrRefused = errors.New("refused")

// Environment variables of the worker with the base URLs of the suppliers.
const (
	PaymentsURL  = "PAYMENTS_URL"
	WarehouseURL = "WAREHOUSE_URL"
	CarrierURL   = "CARRIER_URL"
)

// Charge takes the customer's money and returns the payment's reference.
//
//pawl:activity timeout=2s backoff=200ms..2s
func Charge(ctx context.Context, o Order, q Quote) (string, error) {
	return post(ctx, PaymentsURL, "/charge", request{Order: o.ID, Cents: q.Cents})
}

// Refund refunds a payment.
//
//pawl:activity timeout=2s backoff=200ms..2s
func Refund(ctx context.Context, o Order, payment string) error {
	_, err := post(ctx, PaymentsURL, "/refund", request{Order: o.ID, Reference: payment})
	return err
}

// Reserve sets goods aside in the warehouse and returns the reservation's reference.
//
//pawl:activity timeout=2s backoff=200ms..1s
func Reserve(ctx context.Context, o Order) (string, error) {
	return post(ctx, WarehouseURL, "/reserve", request{Order: o.ID, Item: o.Item})
}

// Release releases reserved goods.
//
//pawl:activity timeout=2s backoff=200ms..1s
func Release(ctx context.Context, o Order, goods string) error {
	_, err := post(ctx, WarehouseURL, "/release", request{Order: o.ID, Reference: goods})
	return err
}

// Ship hands the parcel to the carrier and returns its tracking number. The carrier refuses some items for good.
//
//pawl:activity timeout=1s backoff=200ms..2s final=ErrRefused
func Ship(ctx context.Context, o Order) (string, error) {
	return post(ctx, CarrierURL, "/ship", request{Order: o.ID, Item: o.Item})
}

type request struct {
	Order     string `json:"order"`
	Item      string `json:"item,omitempty"`
	Cents     int    `json:"cents,omitempty"`
	Reference string `json:"reference,omitempty"`
}

// post sends one request to the supplier whose base URL is in an environment variable. It uses the activity's idempotency key,
// which is the same for every attempt, so that the supplier performs the action at most once. It returns the supplier's reference.
func post(ctx context.Context, company, path string, r request) (string, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, os.Getenv(company)+path, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Idempotency-Key", pawl.ActivityInfo(ctx).IdempotencyKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	return reference(resp)
}

// reference reads a supplier's answer.
func reference(resp *http.Response) (string, error) {
	var answer struct{ Reference, Error string }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return "", fmt.Errorf("%s: %w", resp.Status, err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return answer.Reference, nil
	case http.StatusUnprocessableEntity:
		return "", fmt.Errorf("%w: %s", ErrRefused, answer.Error)
	default:
		return "", fmt.Errorf("%d: %s", resp.StatusCode, answer.Error)
	}
}
