// This file sends the signals of golden/accept/signals, to plain functions and to runs.

package cases

import (
	"context"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/signals"
)

// plainSignals sends signals as a plain test does: it makes the channels.
func plainSignals(ctx context.Context) []any {
	items, notes, closed := make(chan signals.Item), make(chan string), make(chan struct{})
	go func() {
		items <- signals.Item{Name: "book", Count: 1}
		items <- signals.Item{Name: "pen", Count: 2}
		notes <- "fragile"
		notes <- "a gift"
		close(closed)
	}()
	out := outcome(signals.Cart(ctx, "ann", items, notes, closed))
	numbers := make(chan int, 3)
	for n := range 3 {
		numbers <- n + 1
	}
	return append(out, outcome(signals.Drain(ctx, numbers))...)
}

// durableSignals sends the same ones to runs, some of them with the start, and one twice. It pauses in between, because the
// code takes in together what arrives together, and histories are compared.
func durableSignals(ctx context.Context, c *pawl.Client) []any {
	cart := started(signals.StartCart(ctx, c, ID, "ann", signals.WithCartItems(signals.Item{Name: "book", Count: 1})))
	for _, send := range []func() error{
		func() error { return cart.Items(ctx, signals.Item{Name: "pen", Count: 2}, pawl.DedupID("pen")) },
		func() error { return cart.Items(ctx, signals.Item{Name: "pen", Count: 2}, pawl.DedupID("pen")) },
		func() error { return cart.Notes(ctx, "fragile") },
		func() error { return signals.FindCart(c, ID).Notes(ctx, "a gift") },
		func() error { return cart.Closed(ctx) },
	} {
		time.Sleep(time.Minute)
		must(send())
	}
	out := outcome(cart.Result(ctx))
	drain := started(signals.StartDrain(ctx, c, ID+"-2"))
	for n := range 3 {
		time.Sleep(time.Minute)
		must(drain.Numbers(ctx, n+1))
	}
	return append(out, outcome(drain.Result(ctx))...)
}

// must panics with an error, as started does.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
