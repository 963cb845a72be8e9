// Watching the work: look at every order again and again, show what is seen, and strike when the time has come.

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/examples/orders/services"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// sight is what one look at an order showed.
type sight struct {
	order   shop.Order
	state   string
	ended   bool
	attempt int
	trouble string    // how the last attempt failed
	next    time.Time // when the next one is made
}

// makeUp makes up as many orders as opts asks for. On a server that may remember an earlier run they get ids of their own.
func makeUp(opts options) []shop.Order {
	prefix := "order"
	if opts.nats != "" {
		prefix = fmt.Sprintf("order-%x", time.Now().Unix())
	}
	items := []string{"book", "lamp", "piano", "chair", "book", "chair", "lamp"}
	orders := make([]shop.Order, opts.orders)
	for i := range orders {
		orders[i] = shop.Order{ID: fmt.Sprintf("%s-%02d", prefix, i+1), Item: items[i%len(items)]}
	}
	return orders
}

const lookEvery = 200 * time.Millisecond

// watch returns what it saw last: when every order has ended, or when the time that opts gives is over.
func watch(ctx context.Context, opts options, w *world, e *engine, orders []shop.Order, s *screen) ([]sight, error) {
	defer s.close()
	over := time.After(opts.timeout)
	plan := w.plan(opts.kill)
	sights := make([]sight, len(orders))
	for i, o := range orders {
		sights[i] = sight{order: o, state: "placed"}
	}
	for {
		if err := w.failed(); err != nil {
			return nil, err
		}
		e.lookAt(ctx, sights)
		effects, err := services.ReadEffects(ctx, w.urls.Control)
		if err != nil {
			return nil, err
		}
		s.show(sights)
		if due(plan, progress(sights, effects)) {
			s.say(plan[0].what)
			if err := plan[0].do(); err != nil {
				return nil, err
			}
			plan = plan[1:]
		}
		if allEnded(sights) {
			return sights, nil
		}
		select {
		case <-time.After(lookEvery):
		case <-over:
			return sights, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func allEnded(sights []sight) bool {
	for _, s := range sights {
		if !s.ended {
			return false
		}
	}
	return true
}

// progress is the share of the work that is really done: a charge, a reservation and a parcel, and then the end of
// the order.
func progress(sights []sight, effects services.Effects) float64 {
	done := 0
	for _, s := range sights {
		done += min(len(effects[s.order.ID]), 3)
		if s.ended {
			done++
		}
	}
	return float64(done) / float64(4*len(sights))
}
