// What the example observes of an order.

package main

import (
	"time"

	"github.com/pawlhq/pawl/examples/orders/shop"
)

// sight is the observed state of one order.
type sight struct {
	order   shop.Order
	state   string
	ended   bool
	attempt int
	trouble string    // the error of the last attempt
	next    time.Time // when the next attempt starts
}
