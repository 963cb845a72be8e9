package pubsub

// Brokers: one goroutine owns the list of subscribers, and everybody else talks to it through channels.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// broker hands every message to every subscriber. A subscriber that is full misses messages.
type broker[T any] struct {
	messages chan T
	attach   chan chan T
	detach   chan chan T
	done     chan struct{} // closed when the broker has ended
	missed   int           // valid once done is closed
}

func newBroker[T any]() *broker[T] {
	b := &broker[T]{
		messages: make(chan T),
		attach:   make(chan chan T),
		detach:   make(chan chan T),
		done:     make(chan struct{}),
	}
	go b.serve()
	return b
}

// serve ends when messages is closed, and closes the channels of those who are still subscribed.
func (b *broker[T]) serve() {
	defer close(b.done)
	var subscribers []chan T
	for {
		select {
		case s := <-b.attach:
			subscribers = append(subscribers, s)
		case s := <-b.detach:
			i := slices.Index(subscribers, s)
			subscribers = slices.Delete(subscribers, i, i+1)
			close(s)
		case m, ok := <-b.messages:
			if !ok {
				for _, s := range subscribers {
					close(s)
				}
				return
			}
			for _, s := range subscribers {
				b.offer(s, m)
			}
		}
	}
}

func (b *broker[T]) offer(s chan<- T, m T) {
	select {
	case s <- m:
	default:
		b.missed++
	}
}

func (b *broker[T]) subscribe(size int) chan T {
	s := make(chan T, size)
	b.attach <- s
	return s
}

func (b *broker[T]) publish(ms ...T) {
	for _, m := range ms {
		b.messages <- m
	}
}

func (b *broker[T]) close() {
	close(b.messages)
	<-b.done
}

func drain[T any](ch <-chan T) (all []T) {
	for v := range ch {
		all = append(all, v)
	}
	return all
}

// Broadcast sends four numbers to three subscribers; each gets them all, in order.
//
//pawl:workflow
func Broadcast(ctx context.Context) (string, error) {
	b := newBroker[int]()
	got := make([][]int, 3)
	var wg sync.WaitGroup
	for i := range got {
		s := b.subscribe(4)
		wg.Go(func() { got[i] = drain(s) })
	}
	b.publish(1, 2, 3, 4)
	b.close()
	wg.Wait()
	return fmt.Sprint(got), nil
}

// LateSubscriber comes after two of four messages.
//
//pawl:workflow
func LateSubscriber(ctx context.Context) (string, error) {
	b := newBroker[string]()
	early := b.subscribe(4)
	b.publish("a", "b")
	late := b.subscribe(4)
	b.publish("c", "d")
	b.close()
	return fmt.Sprint(drain(early), drain(late)), nil
}

// Unsubscribe leaves after two of four messages; its channel is closed.
//
//pawl:workflow
func Unsubscribe(ctx context.Context) (string, error) {
	b := newBroker[string]()
	stays, leaves := b.subscribe(4), b.subscribe(4)
	b.publish("a", "b")
	b.detach <- leaves
	b.publish("c", "d")
	b.close()
	return fmt.Sprint(drain(stays), drain(leaves)), nil
}

// SlowSubscriber has room for two of five messages and does not read in time.
//
//pawl:workflow
func SlowSubscriber(ctx context.Context) (string, error) {
	b := newBroker[int]()
	slow, quick := b.subscribe(2), b.subscribe(5)
	b.publish(1, 2, 3, 4, 5)
	b.close()
	return fmt.Sprintf("slow %v quick %v missed %d", drain(slow), drain(quick), b.missed), nil
}

// RacingPublishers publish at the same second: either may be first.
//
//pawl:workflow
func RacingPublishers(ctx context.Context) (string, error) {
	b := newBroker[string]()
	s := b.subscribe(2)
	var publishers sync.WaitGroup
	for _, name := range []string{"left", "right"} {
		publishers.Go(func() {
			time.Sleep(time.Hour)
			b.publish(name)
		})
	}
	publishers.Wait()
	b.close()
	return strings.Join(drain(s), " "), nil
}

// Delivered hands what a broker says to activities of different speed.
//
//pawl:workflow
func Delivered(ctx context.Context) (string, error) {
	start := time.Now()
	b := newBroker[string]()
	type receipt struct {
		text string
		err  error
	}
	receipts := make(chan receipt)
	ways := []string{"letter", "mail"}
	for _, way := range ways {
		go func(s <-chan string) {
			for m := range s {
				text, err := Deliver(ctx, way, m)
				receipts <- receipt{text, err}
			}
		}(b.subscribe(1))
	}
	b.publish("hello")
	b.close()
	var log []string
	for range ways {
		r := <-receipts
		if r.err != nil {
			return "", r.err
		}
		log = append(log, fmt.Sprint(r.text, "@", elapsed(start)))
	}
	return strings.Join(log, " "), nil
}
