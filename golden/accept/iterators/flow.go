// Package iterators suspends a run in the middle of an iterator, a sort and a callback of the standard library.
package iterators

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// Page is an activity behind an iterator.
//
//pawl:activity
func Page(ctx context.Context, n int) ([]string, error) {
	return strings.Split("pear apple,fig,kiwi plum", ",")[n:][:1], nil
}

// pages is an iterator that calls an activity for each page.
func pages(ctx context.Context, count int) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for n := range count {
			page, err := Page(ctx, n)
			for _, line := range page {
				if !yield(line, err) {
					return
				}
			}
		}
	}
}

// Collect leaves one iterator early, sleeps while it sorts, and maps with a pause for each letter.
//
//pawl:workflow
func Collect(ctx context.Context) (words []string, err error) {
	for line := range pages(ctx, 3) {
		if line == "fig" {
			break
		}
	}
	for line, err := range pages(ctx, 3) {
		if err != nil {
			return nil, err
		}
		words = slices.AppendSeq(words, strings.FieldsSeq(line))
	}
	slices.SortFunc(words, func(a, b string) int {
		time.Sleep(time.Second)
		return strings.Compare(a, b)
	})
	words[0] = strings.Map(func(r rune) rune { time.Sleep(time.Second); return r - 32 }, words[0])
	return words, nil
}
