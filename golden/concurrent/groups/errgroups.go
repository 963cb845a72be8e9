package groups

// Error groups: the first error, limits, contexts that end with the group.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// FirstError is the one that comes first, not that of the first task.
//
//pawl:workflow
func FirstError(ctx context.Context) (string, error) {
	var g errgroup.Group
	start := time.Now()
	for i, minutes := range []int{3, 1, 2} {
		g.Go(func() error {
			time.Sleep(time.Duration(minutes) * time.Minute)
			return fmt.Errorf("task %d", i)
		})
	}
	return fmt.Sprint(g.Wait(), "@", elapsed(start)), nil
}

// EqualErrors come at the same second; either may be the first.
//
//pawl:workflow
func EqualErrors(ctx context.Context) (string, error) {
	g := new(errgroup.Group)
	for _, name := range []string{"left", "right"} {
		g.Go(func() error {
			time.Sleep(time.Second)
			return errors.New(name)
		})
	}
	return g.Wait().Error(), nil
}

// RestIsCancelled stops the slow shops when one is sold out.
//
//pawl:workflow
func RestIsCancelled(ctx context.Context) (string, error) {
	start := time.Now()
	g, gctx := errgroup.WithContext(ctx)
	var stopped atomic.Int32
	for _, shop := range []int{30, -3, 20} {
		g.Go(func() error {
			_, err := Quote(gctx, shop)
			if shop > 0 && err != nil {
				stopped.Add(1)
			}
			return err
		})
	}
	err := g.Wait()
	if !errors.Is(err, ErrSoldOut) {
		return "", fmt.Errorf("a shop is sold out, and the group says %w", err)
	}
	return fmt.Sprint(stopped.Load(), " stopped@", elapsed(start), " ", ctx.Err()), nil
}

// Cause is the error of the group, in the group's context; after a good end the context is cancelled too.
//
//pawl:workflow
func Cause(ctx context.Context) (string, error) {
	bad, badCtx := errgroup.WithContext(ctx)
	bad.Go(func() error { return ErrSoldOut })
	bad.Go(func() error { <-badCtx.Done(); return badCtx.Err() })
	first := bad.Wait()
	good, goodCtx := errgroup.WithContext(ctx)
	good.Go(func() error { return nil })
	second := good.Wait()
	return fmt.Sprint(first, " ", context.Cause(badCtx), " ", second, " ", context.Cause(goodCtx)), nil
}

// Limit has five tasks of an hour, two at a time.
//
//pawl:workflow
func Limit(ctx context.Context) (string, error) {
	start := time.Now()
	var g errgroup.Group
	g.SetLimit(2)
	var mu sync.Mutex
	running, most := 0, 0
	count := func(change int) {
		mu.Lock()
		defer mu.Unlock()
		running += change
		most = max(most, running)
	}
	for range 5 {
		g.Go(func() error {
			count(+1)
			defer count(-1)
			time.Sleep(time.Hour)
			return nil
		})
	}
	err := g.Wait()
	return fmt.Sprint(most, " at most, ", elapsed(start)), err
}

// TryGo is refused while the group is full.
//
//pawl:workflow
func TryGo(ctx context.Context) (string, error) {
	var g errgroup.Group
	g.SetLimit(2)
	var started []bool
	release := make(chan struct{})
	task := func() error { <-release; return nil }
	for range 3 {
		started = append(started, g.TryGo(task))
	}
	close(release)
	if err := g.Wait(); err != nil {
		return "", err
	}
	g.SetLimit(-1)
	for range 3 {
		started = append(started, g.TryGo(task))
	}
	return fmt.Sprint(started), g.Wait()
}

// EmptyGroup has nothing to wait for, and with a limit of zero no function can start.
//
//pawl:workflow
func EmptyGroup(ctx context.Context) (string, error) {
	var g errgroup.Group
	g.SetLimit(0)
	entered := g.TryGo(func() error { return errors.New("inside") })
	return fmt.Sprint(entered, " ", g.Wait()), nil
}

// each calls f with all of in, at most limit at a time, and gives the results in order.
func each[In, Out any](ctx context.Context, limit int, in []In, f func(context.Context, In) (Out, error)) ([]Out, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	out := make([]Out, len(in))
	for i, v := range in {
		g.Go(func() (err error) {
			out[i], err = f(ctx, v)
			return err
		})
	}
	return out, g.Wait()
}

// Quotes asks four shops, two at a time.
//
//pawl:workflow
func Quotes(ctx context.Context) (string, error) {
	start := time.Now()
	prices, err := each(ctx, 2, []int{4, 1, 2, 6}, Quote)
	return fmt.Sprint(prices, elapsed(start)), err
}

// TypedEach turns numbers into texts with the same helper, and fails on one of them.
//
//pawl:workflow
func TypedEach(ctx context.Context) (string, error) {
	spell := func(_ context.Context, n int) (string, error) {
		if n == 3 {
			return "", errors.New("three is not for sale")
		}
		return strings.Repeat("i", n), nil
	}
	texts, err := each(ctx, 9, []int{1, 2, 3, 4}, spell)
	return fmt.Sprintf("%q %v", texts, err), nil
}

// Stages are a pipeline in one group: who feeds, who works, who gathers.
//
//pawl:workflow
func Stages(ctx context.Context) (string, error) {
	g, ctx := errgroup.WithContext(ctx)
	numbers, squares := make(chan int), make(chan int)
	g.Go(func() error {
		defer close(numbers)
		for n := range 6 {
			select {
			case numbers <- n:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	workers, working := errgroup.WithContext(ctx)
	for range 3 {
		workers.Go(func() error {
			for n := range numbers {
				select {
				case squares <- n * n:
				case <-working.Done():
					return working.Err()
				}
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(squares)
		return workers.Wait()
	})
	var all []int
	for s := range squares {
		all = append(all, s)
	}
	slices.Sort(all)
	return fmt.Sprint(all), g.Wait()
}

// Nested waits for groups of groups; the error of an inner one names its way out.
//
//pawl:workflow
func Nested(ctx context.Context) (string, error) {
	start := time.Now()
	outer, ctx := errgroup.WithContext(ctx)
	for street := 1; street <= 2; street++ {
		outer.Go(func() error {
			inner, ctx := errgroup.WithContext(ctx)
			for house := 1; house <= 2; house++ {
				inner.Go(func() error {
					shop := street * house
					if shop == 4 {
						shop = -shop
					}
					if _, err := Quote(ctx, shop); err != nil {
						return fmt.Errorf("house %d: %w", house, err)
					}
					return nil
				})
			}
			if err := inner.Wait(); err != nil {
				return fmt.Errorf("street %d: %w", street, err)
			}
			return nil
		})
	}
	return fmt.Sprint(outer.Wait(), "@", elapsed(start)), nil
}

// Feeder stops starting tasks when one has failed; the limit makes it wait for that.
//
//pawl:workflow
func Feeder(ctx context.Context) (string, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(1)
	started := 0
	for i := range 10 {
		if ctx.Err() != nil {
			break
		}
		started++
		g.Go(func() error {
			time.Sleep(time.Minute)
			if i == 3 {
				return fmt.Errorf("task %d", i)
			}
			return nil
		})
		time.Sleep(90 * time.Second)
	}
	return fmt.Sprint(started, " ", g.Wait()), nil
}

// caught makes an error of a panic.
func caught(f func() error) func() error {
	return func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("panic: %v", v)
			}
		}()
		return f()
	}
}

// PanicInGroup becomes the group's error.
//
//pawl:workflow
func PanicInGroup(ctx context.Context) (string, error) {
	var g errgroup.Group
	var table map[string]int
	g.Go(caught(func() error { return nil }))
	g.Go(caught(func() error { table["x"]++; return nil }))
	return g.Wait().Error(), nil
}

// crawler visits each page once; tasks start tasks.
type crawler struct {
	errgroup.Group
	seen  chan map[int]bool // holds the one set of pages, or nothing while somebody uses it
	pages chan int
}

func (c *crawler) visit(ctx context.Context, page int) {
	seen := <-c.seen
	first := !seen[page]
	seen[page] = true
	c.seen <- seen
	if !first {
		return
	}
	c.Go(func() error {
		c.pages <- page
		links, err := Links(ctx, page)
		for _, l := range links {
			c.visit(ctx, l%10)
		}
		return err
	})
}

// Crawl follows links from page to page. It ends because it remembers the pages that it has seen.
//
//pawl:workflow
func Crawl(ctx context.Context) (string, error) {
	c := &crawler{seen: make(chan map[int]bool, 1), pages: make(chan int, 10)}
	c.seen <- map[int]bool{0: true}
	c.visit(ctx, 1)
	err := c.Wait()
	close(c.pages)
	var pages []int
	for p := range c.pages {
		pages = append(pages, p)
	}
	slices.Sort(pages)
	return fmt.Sprint(pages), err
}
