// Package contexts derives contexts in every way, and sees who ends with whom, in which order and for what reason.
package contexts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Pack packs.
//
//pawl:activity
func Pack(ctx context.Context, what string) (string, error) {
	return "packed " + what, ctx.Err()
}

type key struct{}

// ErrStrike is why a context is cancelled.
var ErrStrike = errors.New("strike")

// Derive returns what became of its contexts.
//
//pawl:workflow
func Derive(ctx context.Context) (notes []string, err error) {
	note := func(a ...any) { notes = append(notes, fmt.Sprint(a...)) }
	for _, part := range []func(context.Context, func(...any)){causes, limits, tree, calls, apart} {
		part(ctx, note)
	}
	return notes, ctx.Err()
}

// causes asks why contexts have ended.
func causes(ctx context.Context, note func(...any)) {
	parent, strike := context.WithCancelCause(ctx)
	child, cancel := context.WithCancel(parent)
	note(child.Err(), context.Cause(child))
	strike(ErrStrike)
	<-child.Done()
	cancel()
	note(child.Err(), context.Cause(child) == ErrStrike)
	_, err := Pack(child, "nothing")
	if errors.Is(err, context.Canceled) {
		err = context.Canceled // the engine's error names the activity
	}
	note(err)
	rest := context.WithoutCancel(child)
	text, err := Pack(rest, "the rest")
	note(text, err, rest.Err(), context.Cause(rest))
}

// limits waits for contexts that end by the clock.
func limits(ctx context.Context, note func(...any)) {
	long, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	short, cancel := context.WithDeadlineCause(long, time.Now().Add(time.Minute), ErrStrike)
	defer cancel()
	at, ok := short.Deadline()
	note(time.Until(at).Round(time.Second), ok)
	<-short.Done()
	note(short.Err(), context.Cause(short), long.Err())
	late, cancel := context.WithDeadline(ctx, time.Now().Add(-time.Minute))
	defer cancel()
	tight, cancel := context.WithTimeoutCause(late, time.Hour, ErrStrike)
	defer cancel()
	note(late.Err(), tight.Err(), errors.Is(context.Cause(tight), context.DeadlineExceeded))
}

// tree cancels a context that has children.
func tree(ctx context.Context, note func(...any)) {
	root, cancel := context.WithCancel(context.WithValue(ctx, key{}, "root"))
	var wg sync.WaitGroup
	for i := range 3 {
		child, cancel := context.WithCancel(root)
		wg.Go(func() {
			defer cancel()
			<-child.Done()
			time.Sleep(time.Duration(i) * time.Second)
			note(i, child.Value(key{}), child.Err())
		})
	}
	cancel()
	wg.Wait()
}

// calls has functions called when a context ends.
func calls(ctx context.Context, note func(...any)) {
	scope, cancel := context.WithCancel(ctx)
	called := make(chan string)
	stop := context.AfterFunc(scope, func() { called <- "never" })
	note(stop(), stop())
	stop = context.AfterFunc(scope, func() {
		time.Sleep(time.Second)
		called <- "called"
	})
	cancel()
	note(<-called, stop())
}

// apart has contexts that nothing cancels.
func apart(ctx context.Context, note func(...any)) {
	select {
	case <-context.Background().Done():
	case <-ctx.Done():
	default:
		_, limited := context.TODO().Deadline()
		note(ctx.Err(), limited, ctx.Value(key{}))
	}
}
