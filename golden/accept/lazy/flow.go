// Package lazy keeps in package variables what each process computes once, when it is first asked for.
package lazy

import (
	"context"
	"regexp"
	"strings"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// word, stops and bounds are the same in each process, whichever run asks first.
var (
	word   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\pL+`) })
	stops  = sync.OnceValue(stopWords)
	bounds = sync.OnceValues(func() (shortest, longest int) { return 3, 5 })
)

func stopWords() string { return strings.ToLower("THE AND") }

// Index takes a word into an index.
//
//pawl:activity
func Index(ctx context.Context, word string) (int, error) { return len(word), nil }

// Read indexes the words of a text, one goroutine for each.
//
//pawl:workflow
func Read(ctx context.Context, text string) (words []string, length int, err error) {
	shortest, longest := bounds()
	var wg sync.WaitGroup
	for _, w := range word().FindAllString(text, -1) {
		if len(w) < shortest || len(w) > longest || strings.Contains(stops(), w) {
			continue
		}
		words = append(words, w)
		wg.Go(func() {
			time.Sleep(time.Second)
			n, failed := Index(ctx, w)
			if failed != nil {
				err = failed
			}
			length += n
		})
	}
	wg.Wait()
	return words, length, err
}
