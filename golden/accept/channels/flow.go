// Package channels sends and receives on channels of every kind.
package channels

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Spell spells a number.
//
//pawl:activity
func Spell(ctx context.Context, n int) (string, error) { return fmt.Sprint("n", n), nil }

// request carries the channel that its answer goes to.
type request struct {
	n      int
	answer chan<- string
}

// clerk is a server: a channel in a struct.
type clerk struct{ requests chan request }

func (c *clerk) serve(ctx context.Context) {
	for r := range c.requests {
		text, err := Spell(ctx, r.n)
		if err != nil {
			text = err.Error()
		}
		r.answer <- text
	}
}

func (c *clerk) ask(n int) string {
	answer := make(chan string, 1)
	c.requests <- request{n, answer}
	return <-answer
}

// count gives numbers on a channel that its callers can only receive from.
func count(to int) <-chan int {
	numbers := make(chan int)
	go func() {
		defer close(numbers)
		for n := range to {
			numbers <- n
		}
	}()
	return numbers
}

// drain works for channels of any type.
func drain[C ~chan T, T any](ch C) (all []T) {
	for v := range ch {
		all = append(all, v)
	}
	return all
}

type errors chan error

// Talk returns what it heard.
//
//pawl:workflow
func Talk(ctx context.Context) (heard []string, err error) {
	say := func(a ...any) { heard = append(heard, fmt.Sprint(a...)) }
	c := &clerk{make(chan request)}
	go c.serve(ctx)
	say(c.ask(1), c.ask(2))
	close(c.requests)

	buffered := make(chan int, 3)
	buffered <- 1
	buffered <- 2
	say(len(buffered), cap(buffered))
	close(buffered)
	first := <-buffered
	second, more := <-buffered
	third, open := <-buffered
	say(first, second, more, third, open)

	var n, sum int
	for n = range count(3) {
		sum += n
	}
	for range count(4) {
		sum *= 2
	}
	say(n, sum)

	anything := make(chan any, 2)
	anything <- "converted"
	anything <- fmt.Stringer(time.Second)
	close(anything)
	say(drain(anything)...)
	failures := make(errors, 1)
	failures <- nil
	close(failures)
	say(drain(failures))

	lines := make(chan chan string, 1)
	line := make(chan string)
	lines <- line
	go func() { (<-lines) <- "through a channel of channels" }()
	say(<-line)

	say(guard(func() { close(line); close(line) }))
	say(guard(func() { line <- "too late" }))
	var none chan int
	say(guard(func() { close(none) }))
	select {
	case <-none:
	case none <- 1:
	case <-time.After(time.Minute):
		say("a nil channel is never ready")
	}
	say(woken())
	return heard, nil
}

// guard gives the text of a panic.
func guard(fn func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	fn()
	return ""
}

// woken closes a channel under a goroutine that waits to send on it.
func woken() string {
	ch, text := make(chan int), make(chan string)
	go func() { text <- guard(func() { ch <- 1 }) }()
	time.Sleep(time.Second)
	close(ch)
	return <-text
}
