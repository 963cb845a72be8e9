// The summary: how each order ended, compared with what the suppliers did.

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/examples/orders/services"
	"github.com/pawlhq/pawl/examples/orders/shop"
)

// ending is the outcome of an order's run: a receipt or an error.
type ending struct {
	receipt shop.Receipt
	err     error
}

// verdict is the judgement on one order.
type verdict struct {
	order   shop.Order
	how     string
	lost    bool // it did not complete, or the effects do not match its receipt
	doubled bool // an effect happened more than once
}

// judge compares the outcome of an order with its effects.
func judge(o shop.Order, e ending, effects map[string]int) verdict {
	v := verdict{order: o}
	var promised []string
	switch {
	case e.err != nil:
		v.how, v.lost = "lost: "+e.err.Error(), true
	case e.receipt.Refunded:
		v.how = "refused by the carrier, released and refunded"
		promised = []string{"charge", "refund", "release", "reserve"}
	default:
		v.how = "shipped as " + e.receipt.Parcel
		promised = []string{"charge", "reserve", "ship"}
	}
	done := slices.Sorted(maps.Keys(effects))
	if !v.lost && !slices.Equal(done, promised) {
		v.how += fmt.Sprintf(", but its effects are %v", done)
		v.lost = true
	}
	for _, action := range done {
		if n := effects[action]; n > 1 {
			v.how += fmt.Sprintf(", %s done %d times", action, n)
			v.doubled = true
		}
	}
	return v
}

// summary holds the verdicts on all orders.
type summary []verdict

// sumUp judges every order by its last observed state.
func sumUp(ctx context.Context, w *world, e *engine, sights []sight) (summary, error) {
	effects, err := services.ReadEffects(ctx, w.urls.Control)
	if err != nil {
		return nil, err
	}
	var s summary
	for _, v := range sights {
		end := ending{err: fmt.Errorf("still %s", v.state)}
		if v.ended {
			end.receipt, end.err = e.result(ctx, v.order.ID)
		}
		s = append(s, judge(v.order, end, effects[v.order.ID]))
	}
	return s, nil
}

func (s summary) count() (completed, lost, doubled int) {
	for _, v := range s {
		if v.lost {
			lost++
		} else {
			completed++
		}
		if v.doubled {
			doubled++
		}
	}
	return completed, lost, doubled
}

// err returns an error if an order was lost or doubled.
func (s summary) err() error {
	if _, lost, doubled := s.count(); lost+doubled > 0 {
		return fmt.Errorf("%d orders lost, %d doubled", lost, doubled)
	}
	return nil
}

// telling returns the id of the order with the most instructive history: one that went wrong, or else one that was refused.
func (s summary) telling() string {
	for _, wanted := range []func(verdict) bool{
		func(v verdict) bool { return v.lost || v.doubled },
		func(v verdict) bool { return v.order.Item == "piano" },
	} {
		if i := slices.IndexFunc(s, wanted); i >= 0 {
			return s[i].order.ID
		}
	}
	return s[0].order.ID
}

// String has a line per order and the counts in the last line.
func (s summary) String() string {
	var b strings.Builder
	for _, v := range s {
		fmt.Fprintf(&b, "%s  %-6s %s\n", v.order.ID, v.order.Item, v.how)
	}
	completed, lost, doubled := s.count()
	fmt.Fprintf(&b, "%d completed, %d lost, %d doubled\n", completed, lost, doubled)
	return b.String()
}
