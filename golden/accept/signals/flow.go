// Package signals has a workflow that takes signals: values of several types, in select, in loops, in helpers and goroutines.
package signals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// Item is the value of a signal.
type Item struct {
	Name  string
	Count int
}

// Cart collects items until it is closed or a day has passed without one.
//
//pawl:workflow
func Cart(ctx context.Context, owner string, items <-chan Item, notes <-chan string, closed <-chan struct{}) (log []string, err error) {
	var late []string
	done := make(chan struct{})
	go func() {
		defer close(done)
		for note := range first(notes, 2) {
			late = append(late, note)
		}
	}()
	total := 0
	for open := true; open; {
		select {
		case item := <-items:
			total += item.Count
			log = append(log, fmt.Sprintf("%s %d", item.Name, item.Count))
		case <-closed:
			open = false
		case <-time.After(24 * time.Hour):
			return log, fmt.Errorf("%s has left the cart", owner)
		}
	}
	<-done
	slices.Sort(late)
	return append(log, fmt.Sprint(owner, " ", total, " ", len(items), " ", strings.Join(late, ","))), nil
}

// first passes on the first values of a channel.
func first[T any](from <-chan T, n int) <-chan T {
	to := make(chan T)
	go func() {
		defer close(to)
		for range n {
			to <- <-from
		}
	}()
	return to
}

// Drain waits for a signal, and then takes what has arrived.
//
//pawl:workflow
func Drain(ctx context.Context, numbers <-chan int) (sum int, err error) {
	time.Sleep(time.Hour)
	for len(numbers) > 0 {
		sum += <-numbers
	}
	for {
		select {
		case n, ok := <-numbers:
			if !ok {
				return 0, fmt.Errorf("the channel of a signal is closed")
			}
			sum += n
		default:
			return sum, nil
		}
	}
}
