// Package mapiterators goes through maps with the functions of package maps, in the order of their keys.
package mapiterators

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

type shelf map[string]int

// Stock calls an activity for each entry of a map, as several iterators give them.
//
//pawl:workflow
func Stock(ctx context.Context, stock shelf) (log []string, err error) {
	note := func(name string, n int) bool {
		text, e := Store(ctx, name, n)
		log = append(log, text)
		if e != nil {
			err = e
		}
		return n == 2
	}
	for name, n := range maps.All(stock) {
		note(name, n)
	}
	log = slices.AppendSeq(log, maps.Keys(stock))
	for n := range maps.Values(stock) {
		log = append(log, fmt.Sprint(n))
	}
	same := maps.Clone(stock)
	log = append(log, fmt.Sprint(maps.EqualFunc(stock, same, func(a, b int) bool { note("compared", a); return a < 3 })))
	maps.DeleteFunc(same, note)
	keys := maps.Keys[shelf]
	log = append(log, fmt.Sprint(slices.Collect(keys(same))))
	byLength := maps.Collect(maps.All(map[int]string{3: "fig", 1: "a"}))
	return append(log, slices.Sorted(maps.Values(byLength))...), err
}
