// Package groups runs parts of its work in groups of goroutines that may fail.
package groups

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
)

//go:generate go tool pawl generate

// ErrEmpty says that a shelf is empty.
var ErrEmpty = errors.New("empty")

// Take takes something from a shelf.
//
//pawl:activity final=ErrEmpty
func Take(ctx context.Context, shelf int) (string, error) {
	if shelf == 3 {
		return "", ErrEmpty
	}
	return fmt.Sprint("item ", shelf), nil
}

// Collect takes from all shelves at once; then from more of them than there are, where the first failure ends the rest.
//
//pawl:workflow
func Collect(ctx context.Context) (items []string, failure string, err error) {
	items = make([]string, 3)
	g, scope := errgroup.WithContext(ctx)
	g.SetLimit(2)
	for shelf := range items {
		g.Go(func() (err error) {
			items[shelf], err = Take(scope, shelf)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, "", err
	}
	return items, fail(ctx), nil
}

func fail(ctx context.Context) string {
	g, scope := errgroup.WithContext(ctx)
	g.SetLimit(2)
	var last string
	g.Go(func() error {
		<-scope.Done()
		last = fmt.Sprint(scope.Err(), context.Cause(scope))
		return scope.Err()
	})
	started := g.TryGo(func() error {
		time.Sleep(time.Minute)
		_, err := Take(scope, 3)
		return err
	})
	refused := g.TryGo(func() error { return nil })
	err := g.Wait()
	var plain errgroup.Group
	plain.Go(func() error { time.Sleep(time.Second); return nil })
	return fmt.Sprint(started, refused, errors.Is(err, ErrEmpty), last, plain.Wait())
}
