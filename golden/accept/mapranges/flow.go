// Package mapranges ranges over maps, in the order of their keys.
package mapranges

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

//go:generate go tool pawl generate

// Store stores something under a name.
//
//pawl:activity
func Store(ctx context.Context, name string, n int) (string, error) { return fmt.Sprint(name, n), nil }

type place struct{ row, column int }

type seats map[place]string

// sum takes any map with numbers in it.
func sum[K ~string, V ~int](m map[K]V) (total V) {
	for _, v := range m {
		total += v
	}
	return total
}

// Order calls an activity for each entry of maps of several kinds.
//
//pawl:workflow
func Order(ctx context.Context, stock map[string]int, taken []string) (log []string, err error) {
	note := func(name string, n int) {
		text, e := Store(ctx, name, n)
		log = append(log, text)
		if e != nil {
			err = e
		}
	}
	var later []func()
	for name, n := range stock {
		note(name, n)
		delete(stock, "plum")
		later = append(later, func() { note(name, -n) })
	}
	for _, f := range slices.Backward(later) {
		f()
	}
	hall := seats{}
	for i, name := range taken {
		hall[place{3 - i%2, i}] = name
	}
	for at, name := range hall {
		note(name, 10*at.row+at.column)
	}
	var last place
	var names [2]string
	for last, names[len(log)%2] = range hall {
		log = append(log, fmt.Sprint(last))
	}
	for range map[bool]int{true: 1, false: 2} {
		note("round", len(slices.Sorted(maps.Keys(stock))))
	}
	note("sum", sum(stock))
	return log, err
}
