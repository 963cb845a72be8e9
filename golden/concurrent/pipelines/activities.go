package pipelines

// Pipelines whose stages call activities.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Doubled puts numbers through two stages that call an activity each, at the same time on different numbers.
//
//pawl:workflow
func Doubled(ctx context.Context) (string, error) {
	start := time.Now()
	double := func(n int) int {
		n, err := Double(ctx, n)
		if err != nil {
			return -1
		}
		return n
	}
	got := Collect(Map(Map(count(4), double), double))
	return fmt.Sprint(got, " in ", elapsed(start)), nil
}

// Ordered fetches pages at once, and yet passes them on in order: what travels is a channel for each.
//
//pawl:workflow
func Ordered(ctx context.Context) (string, error) {
	type reply struct {
		page Page
		err  error
	}
	start := time.Now()
	pending := make(chan chan reply, 5)
	for n := range 5 {
		promise := make(chan reply, 1)
		pending <- promise
		go func() {
			page, err := Fetch(ctx, n)
			promise <- reply{page, err}
		}()
	}
	close(pending)
	var texts []string
	for promise := range pending {
		r := <-promise
		if r.err != nil {
			return "", r.err
		}
		texts = append(texts, r.page.Text)
	}
	return fmt.Sprint(strings.Join(texts, ", "), " in ", elapsed(start)), nil
}

// FirstMalformed parses texts until one cannot be.
//
//pawl:workflow
func FirstMalformed(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	texts, words := make(chan string), make(chan string, 10)
	go func() {
		defer close(texts)
		for _, text := range []string{"so far", "so good", "oh no!", "never seen"} {
			select {
			case texts <- text:
			case <-ctx.Done():
				return
			}
		}
	}()
	go func() {
		defer close(words)
		for text := range texts {
			found, err := Parse(ctx, text)
			if err != nil {
				cancel(err)
				return
			}
			for _, w := range found {
				words <- w
			}
		}
	}()
	got := Collect(words)
	cause := context.Cause(ctx)
	return fmt.Sprintf("%v, malformed: %t", got, errors.Is(cause, ErrMalformed)), nil
}

// Crawl fetches, parses and counts with one goroutine for each, tied by a struct of channels.
//
//pawl:workflow
func Crawl(ctx context.Context) (string, error) {
	c := crawler{pages: make(chan Page, 1), words: make(chan []string), failed: make(chan error, 2)}
	start := time.Now()
	go c.fetch(ctx, 3, 6)
	go c.parse(ctx)
	total := 0
	for words := range c.words {
		total += len(words)
	}
	close(c.failed)
	if err := <-c.failed; err != nil {
		return "", err
	}
	return fmt.Sprintf("%d words in %v", total, elapsed(start)), nil
}

type crawler struct {
	pages  chan Page
	words  chan []string
	failed chan error
}

func (c *crawler) fetch(ctx context.Context, from, to int) {
	defer close(c.pages)
	for n := from; n < to; n++ {
		page, err := Fetch(ctx, n)
		if err != nil {
			c.failed <- err
			return
		}
		c.pages <- page
	}
}

func (c *crawler) parse(ctx context.Context) {
	defer close(c.words)
	for page := range c.pages {
		words, err := Parse(ctx, page.Text)
		if err != nil {
			c.failed <- err
			continue
		}
		c.words <- words
	}
}

// Impatient reads results until a timer says that it has waited enough, and then only drains.
//
//pawl:workflow
func Impatient(ctx context.Context) (string, error) {
	results := make(chan int)
	go func() {
		defer close(results)
		for n := range 5 {
			if d, err := Double(ctx, n); err == nil {
				results <- d
			}
		}
	}()
	deadline := time.After(10 * time.Second)
	var used, drained []int
loop:
	for {
		select {
		case d := <-results:
			used = append(used, d)
		case <-deadline:
			break loop
		}
	}
	for d := range results {
		drained = append(drained, d)
	}
	return fmt.Sprintf("used %v, drained %v", used, drained), nil
}

// Prefetched asks for the next page while it parses the current one.
//
//pawl:workflow
func Prefetched(ctx context.Context) (string, error) {
	start := time.Now()
	ahead := func(n int) func() (Page, error) {
		var page Page
		var err error
		ready := make(chan struct{})
		go func() {
			defer close(ready)
			page, err = Fetch(ctx, n)
		}()
		return func() (Page, error) { <-ready; return page, err }
	}
	var all []string
	next := ahead(5)
	for n := 6; next != nil; n++ {
		page, err := next()
		if err != nil {
			return "", err
		}
		if next = nil; n < 8 {
			next = ahead(n)
		}
		words, err := Parse(ctx, page.Text)
		if err != nil {
			return "", err
		}
		all = append(all, words...)
	}
	return fmt.Sprint(strings.Join(all, " "), " in ", elapsed(start)), nil
}
