// The main loop: observe every order, display the states, and kill processes when it is time.

package main

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/examples/orders/services"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// makeUp returns as many orders as opts asks for. On an external server, which may remember an earlier run, their ids are unique.
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

// watch returns the last observed states when every order has ended or when the timeout in opts is over.
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

// progress returns the share of the work that is done. An order counts for four parts: a charge, a reservation, a parcel, and the
// end of its run.
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
