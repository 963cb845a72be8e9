// Package children has workflows that call workflows: in loops, in goroutines, through values, in generic code, and of another package.
package children

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/golden/accept/children/parcels"
)

//go:generate go tool pawl generate

// ErrFragile says that something breaks.
var ErrFragile = errors.New("fragile")

// Weigh is what children do.
//
//pawl:activity
func Weigh(ctx context.Context, item string) (int, error) { return len(item), nil }

// Pack packs an item.
//
//pawl:workflow
func Pack(ctx context.Context, item string) (string, error) {
	grams, err := Weigh(ctx, item)
	if err != nil {
		return "", err
	}
	if item == "glass" {
		return "", fmt.Errorf("pack %s: %w", item, ErrFragile)
	}
	return fmt.Sprintf("%s(%d)", item, grams), nil
}

// PackAll packs items one after the other, as children of a child.
//
//pawl:workflow
func PackAll(ctx context.Context, items ...string) (packed []string, err error) {
	for _, item := range items {
		p, err := Pack(ctx, item)
		if err != nil {
			return packed, err
		}
		packed = append(packed, p)
	}
	return packed, nil
}

// Notify is started and not waited for.
//
//pawl:workflow
func Notify(ctx context.Context, whom string) error {
	time.Sleep(20 * time.Second)
	return nil
}

// Warehouse has workflows that are methods.
type Warehouse struct {
	Limit int `pawl:"config"`
}

// Count counts items.
//
//pawl:workflow
func (w Warehouse) Count(ctx context.Context, items []string) (int, error) {
	return min(w.Limit, len(items)), nil
}

// Order packs and ships.
//
//pawl:workflow
func (w Warehouse) Order(ctx context.Context, items []string) (log []string, err error) {
	note := func(format string, args ...any) { log = append(log, fmt.Sprintf(format, args...)) }

	packed, err := PackAll(ctx, items...)
	note("all %v %v", packed, err)
	_, err = Pack(ctx, "glass")
	note("glass %v", errors.Is(err, ErrFragile))

	packed = make([]string, len(items))
	var wg sync.WaitGroup
	for i, item := range items {
		wg.Go(func() { packed[i], _ = Pack(ctx, item) })
	}
	wg.Wait()
	note("together %s", strings.Join(packed, " "))

	note("value %s", each(ctx, items, Pack))
	count, err := w.Count(ctx, items)
	note("count %d %v", count, err)
	n, err := Warehouse.Count(w, ctx, nil)
	note("expression %d %v", n, err)

	receipt, err := parcels.Ship(ctx, "Rome", nil)
	note("ship %s %v", receipt, err)
	receipt, err = parcels.Ship(ctx, "nowhere", nil)
	lost, isLost := errors.AsType[*parcels.LostError](err)
	note("lost %q %v %v", receipt, isLost, lost)

	soon, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err = parcels.Ship(soon, "Oslo", nil)
	note("late %v", errors.Is(err, context.DeadlineExceeded))
	_, err = parcels.Ship(soon, "Oslo", nil)
	note("over %v", errors.Is(err, context.DeadlineExceeded))

	go Notify(pawl.Detached(ctx), "the customer")
	return log, nil
}

// each calls f, which may be a workflow, with every value.
func each[T, R any](ctx context.Context, values []T, f func(context.Context, T) (R, error)) (text string) {
	for _, v := range values {
		r, err := f(ctx, v)
		text += fmt.Sprint(r, err, ";")
	}
	return text
}
