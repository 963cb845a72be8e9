// Package continuing has a workflow that continues as new, with what is unread in its channels.
package continuing

import (
	"context"
	"fmt"
	"time"

	"github.com/pawlhq/pawl"
)

//go:generate go tool pawl generate

// Charge charges a subscriber for a month.
//
//pawl:activity
func Charge(ctx context.Context, who string, month int) (string, error) {
	return fmt.Sprintf("%s paid for month %d", who, month), nil
}

// Plan is what a subscriber has chosen.
type Plan struct {
	Who   string
	Month int
	Log   []string
}

// Subscribe charges a subscriber every month, which is half an hour here, until the subscription is cancelled. Each month has a history of its own.
//
//pawl:workflow
func Subscribe(ctx context.Context, plan Plan, notes <-chan string, cancels <-chan pawl.Request[string, int]) ([]string, error) {
	paid, err := Charge(ctx, plan.Who, plan.Month)
	if err != nil {
		return plan.Log, err
	}
	plan.Log = append(plan.Log, paid)
	month := time.NewTimer(30 * time.Minute)
	select {
	case request := <-cancels:
		request.Reply(plan.Month)
		for len(notes) > 0 {
			plan.Log = append(plan.Log, <-notes)
		}
		return append(plan.Log, request.In), nil
	case <-month.C:
	}
	if len(notes) > 1 {
		plan.Log = append(plan.Log, <-notes) // the others are for the next month
	}
	plan.Month++
	//pawl:continue
	return Subscribe(ctx, plan, notes, cancels)
}
