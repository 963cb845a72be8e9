// Package pulls goes through iterators from outside, and out of loops over functions in every way.
package pulls

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

//go:generate go tool pawl generate

// Page reads a page.
//
//pawl:activity
func Page(ctx context.Context, n int) (string, error) { return fmt.Sprint("page ", n), nil }

// pages has an activity in it, and notes when it is left.
func pages(ctx context.Context, note func(string)) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		defer note("closed")
		for n := 0; ; n++ {
			text, err := Page(ctx, n)
			if err != nil || !yield(n, text) {
				return
			}
		}
	}
}

// numbers never waits.
func numbers(yield func(int) bool) {
	for n := range 10 {
		if !yield(n) {
			return
		}
	}
}

// tree walks itself.
type tree struct {
	left, right *tree
	n           int
}

func (t *tree) all(yield func(int) bool) bool {
	return t == nil || t.left.all(yield) && yield(t.n) && t.right.all(yield)
}

// first returns out of loops in loops.
func first(ctx context.Context, note func(string)) string {
	defer note("first")
	for n := range numbers {
		for m, text := range pages(ctx, note) {
			defer note("deferred")
			if n+m == 2 {
				return text
			}
			if m == 1 {
				break
			}
		}
	}
	return ""
}

// Read returns what it has read.
//
//pawl:workflow
func Read(ctx context.Context) (log []string, err error) {
	note := func(s string) { log = append(log, s) }
	next, stop := iter.Pull2(pages(ctx, note))
	defer stop()
	for range 2 {
		_, text, ok := next()
		note(fmt.Sprint(text, ok))
		time.Sleep(time.Second)
	}
	stop()
	_, _, ok := next()
	note(fmt.Sprint(ok))

	t := &tree{&tree{nil, nil, 1}, &tree{nil, nil, 3}, 2}
	value, done := iter.Pull(func(yield func(int) bool) {
		t.all(func(n int) bool { time.Sleep(time.Second); return yield(n) })
	})
	defer done()
	a, _ := value()
	b, _ := value()
	note(fmt.Sprint(a, b))

	note(first(ctx, note))
outer:
	for n := range numbers {
		for m := range slices.Values([]int{1, 2}) {
			switch time.Sleep(time.Second); {
			case n == 0:
				continue outer
			case m == 2:
				note(fmt.Sprint(n, m))
				break outer
			}
		}
	}
	for range 2 {
		note("twice")
	}
	return log, nil
}
