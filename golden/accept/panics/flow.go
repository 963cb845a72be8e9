// Package panics panics in calls, defers and goroutines, and recovers.
package panics

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"
)

//go:generate go tool pawl generate

// Undo undoes a part.
//
//pawl:activity
func Undo(ctx context.Context, part string) (string, error) { return part + " undone", nil }

// saga keeps what is to be undone.
type saga struct{ log []string }

// end is a method that recovers: it is deferred itself.
func (s *saga) end() {
	if r := recover(); r != nil {
		time.Sleep(time.Second)
		s.log = append(s.log, fmt.Sprint("ended by ", r))
	}
}

func (s *saga) undo(ctx context.Context, part string) {
	text, _ := Undo(ctx, part)
	s.log = append(s.log, text)
}

// replaced panics in a defer while another panic goes on: the later one goes on.
func replaced(s *saga) {
	defer s.end()
	defer func() {
		time.Sleep(time.Second)
		panic(fmt.Sprint("another than ", recover()))
	}()
	panic("one")
}

// raised panics with errors of the runtime.
func raised() (text string) {
	defer func() {
		err := recover().(runtime.Error)
		text = err.Error()
	}()
	var m map[string]int
	m["a"] = int(time.Since(time.Now()))
	return "unexpected"
}

// nested recovers inside of a loop over a channel, call by call.
func nested(s *saga) {
	numbers := make(chan int, 3)
	for n := range 3 {
		numbers <- n
	}
	close(numbers)
	for n := range numbers {
		func() {
			defer s.end()
			s.log = append(s.log, fmt.Sprint(6/n))
		}()
	}
}

// ordered has defers that change the result after one another, in a loop.
func ordered() (n int) {
	n = 1
	for range 3 {
		defer func() { time.Sleep(time.Second); n *= 2 }()
	}
	defer func(was int) { n += was }(n)
	return 10
}

// apart recovers in the goroutine that panics, and hands on what it was.
func apart(ctx context.Context, s *saga) error {
	failed := make(chan error)
	go func() {
		defer func() {
			if err, ok := recover().(error); ok {
				failed <- fmt.Errorf("goroutine: %w", err)
			}
		}()
		defer s.undo(ctx, "goroutine")
		time.Sleep(time.Second)
		panic(errors.ErrUnsupported)
	}()
	return <-failed
}

// Fall returns what it has recovered.
//
//pawl:workflow
func Fall(ctx context.Context) (log []string, err error) {
	s := &saga{}
	replaced(s)
	nested(s)
	s.log = append(s.log, raised(), fmt.Sprint(ordered()))
	if err := apart(ctx, s); errors.Is(err, errors.ErrUnsupported) {
		s.log = append(s.log, err.Error())
	}
	return s.log, nil
}
