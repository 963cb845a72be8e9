// Package parents has workflows whose contexts have parents that the author implements. Each is about one rule of
// package context.
package parents

import (
	"context"
	"errors"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

var (
	errOwn   = errors.New("own error")
	errCause = errors.New("own cause")
)

// Work is done.
//
//pawl:activity
func Work(ctx context.Context) (string, error) { return "worked", ctx.Err() }

// Long takes a minute, unless it is cancelled.
//
//pawl:activity
func Long(ctx context.Context) (string, error) {
	select {
	case <-time.After(time.Minute):
		return "worked", nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// signal is a context with a channel and an error of its own.
type signal struct {
	context.Context
	done chan struct{}
	err  error
}

func (s *signal) Done() <-chan struct{} { return s.done }
func (s *signal) Err() error            { return s.err }

func (s *signal) end(err error) {
	s.err = err
	close(s.done)
}

func newSignal(parent context.Context) *signal {
	return &signal{Context: parent, done: make(chan struct{})}
}

// hooked is a context that calls functions when it ends.
type hooked struct {
	*signal
	fs      map[int]func()
	n       int
	stopped []int
}

func newHooked(parent context.Context) *hooked {
	return &hooked{signal: newSignal(parent), fs: map[int]func(){}}
}

func (h *hooked) AfterFunc(f func()) (stop func() bool) {
	n := h.n
	h.n++
	h.fs[n] = f
	return func() bool {
		h.stopped = append(h.stopped, n)
		_, ok := h.fs[n]
		delete(h.fs, n)
		return ok
	}
}

func (h *hooked) end(err error) {
	h.signal.end(err)
	for i := range h.n {
		if f, ok := h.fs[i]; ok {
			delete(h.fs, i)
			go f()
		}
	}
}

// ended waits for the end of a context, for a second at most.
func ended(ctx context.Context) string {
	select {
	case <-ctx.Done():
		return fmt.Sprint(ctx.Err(), " by ", context.Cause(ctx))
	case <-time.After(time.Second):
		return fmt.Sprint("goes on, ", ctx.Err(), " by ", context.Cause(ctx))
	}
}

// now is what can be seen of a context without waiting.
func now(ctx context.Context) string {
	select {
	case <-ctx.Done():
		return fmt.Sprint("done, ", ctx.Err())
	default:
		return fmt.Sprint("goes on, ", ctx.Err())
	}
}

// caught is what a function panics with.
func caught(f func()) (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	f()
	return
}

// use makes go vet accept that results are not used.
func use(...any) {}
