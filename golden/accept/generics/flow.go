// Package generics lowers generic functions and methods of generic types once for all types.
package generics

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"
)

//go:generate go tool pawl generate

// Parse reads a number.
//
//pawl:activity
func Parse(ctx context.Context, s string) (int, error) { return strconv.Atoi(s) }

// each applies a function that may fail to each element.
func each[S ~[]E, E, R any](ctx context.Context, list S, f func(context.Context, E) (R, error)) ([]R, error) {
	var out []R
	for _, e := range list {
		r, err := f(ctx, e)
		if err != nil {
			return out, err
		}
		time.Sleep(time.Second)
		out = append(out, r)
	}
	return out, nil
}

// pause is a constraint with a method.
type pause interface{ length() time.Duration }

type seconds int

func (s seconds) length() time.Duration { return time.Duration(s) * time.Second }

func rest[P pause](p P) time.Duration {
	start := time.Now()
	time.Sleep(p.length())
	return time.Since(start).Truncate(time.Minute)
}

// queue is a generic type with a method that waits.
type queue[T cmp.Ordered] struct{ items []T }

func (q *queue[T]) push(item T) *queue[T] {
	time.Sleep(time.Millisecond)
	q.items = append(q.items, item)
	return q
}

func (q *queue[T]) sorted() []T { return slices.Sorted(slices.Values(q.items)) }

type words []string

// Sum parses words and adds them up.
//
//pawl:workflow
func Sum(ctx context.Context, list []string) (sum int, rested time.Duration, err error) {
	numbers, err := each(ctx, words(list), Parse)
	if err != nil {
		return 0, 0, err
	}
	q := &queue[int]{}
	for _, n := range numbers {
		q.push(n).push(n * n)
	}
	for _, n := range q.sorted() {
		sum = sum*10 + n
	}
	return sum, rest(seconds(90)), nil
}
