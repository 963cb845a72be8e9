package groups

// The first result, enough results, all results whatever they are: hedging, quorums, wait groups.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// result is what a goroutine sends back.
type result[T any] struct {
	value T
	err   error
}

// first gives the first good result and cancels the rest; it returns when all of them have ended.
func first[T any](ctx context.Context, fs ...func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result[T])
	for _, f := range fs {
		go func() {
			v, err := f(ctx)
			results <- result[T]{v, err}
		}()
	}
	var winner *result[T]
	var errs error
	for range fs {
		switch r := <-results; {
		case r.err != nil:
			errs = errors.Join(errs, r.err)
		case winner == nil:
			winner = &r
			cancel()
		}
	}
	if winner == nil {
		return *new(T), errs
	}
	return winner.value, nil
}

func quoteOf(shop int) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) { return Quote(ctx, shop) }
}

// FirstQuote takes the price of the shop that answers first, though another is sold out before.
//
//pawl:workflow
func FirstQuote(ctx context.Context) (string, error) {
	start := time.Now()
	cents, err := first(ctx, quoteOf(9), quoteOf(2), quoteOf(-1))
	return fmt.Sprint(cents, "@", elapsed(start)), err
}

// NoQuote has two shops that are sold out.
//
//pawl:workflow
func NoQuote(ctx context.Context) (string, error) {
	start := time.Now()
	cents, err := first(ctx, quoteOf(-3), quoteOf(-1))
	return fmt.Sprint(cents, " ", errors.Is(err, ErrSoldOut), " ", elapsed(start)), nil
}

// EqualRunners cross the line in the same minute; either may have won.
//
//pawl:workflow
func EqualRunners(ctx context.Context) (string, error) {
	runner := func(name string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) {
			time.Sleep(time.Minute)
			return name, nil
		}
	}
	return first(ctx, runner("left"), runner("right"))
}

// Hedged asks a second shop when the first has not answered in three seconds, and takes whatever comes first.
//
//pawl:workflow
func Hedged(ctx context.Context) (string, error) {
	var log []string
	for _, pair := range [][2]int{{2, 1}, {9, 4}, {5, 7}} {
		start := time.Now()
		hedge := func(ctx context.Context) (int, error) {
			select {
			case <-time.After(3 * time.Second):
				return Quote(ctx, pair[1])
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		cents, err := first(ctx, quoteOf(pair[0]), hedge)
		if err != nil {
			return "", err
		}
		log = append(log, fmt.Sprint(cents, "@", elapsed(start)))
	}
	return strings.Join(log, " "), nil
}

// Quorum goes on when three of five have agreed; the rest is not waited for with the answer, but with the end.
//
//pawl:workflow
func Quorum(ctx context.Context) (string, error) {
	start := time.Now()
	votes := make(chan bool, 5)
	var voters sync.WaitGroup
	for i := range 5 {
		voters.Go(func() {
			time.Sleep(time.Duration(i+1) * time.Hour)
			votes <- i != 1
		})
	}
	yes, no := 0, 0
	for yes < 3 && no < 3 {
		if <-votes {
			yes++
		} else {
			no++
		}
	}
	verdict := fmt.Sprint(yes, ":", no, "@", elapsed(start))
	voters.Wait()
	return fmt.Sprint(verdict, " ", len(votes), " late@", elapsed(start)), nil
}

// AllSettled keeps good and bad results side by side.
//
//pawl:workflow
func AllSettled(ctx context.Context) (string, error) {
	shops := []int{1, -2, 3, -1}
	results := make([]result[int], len(shops))
	var wg sync.WaitGroup
	for i, shop := range shops {
		wg.Add(1)
		go func(into *result[int]) {
			defer wg.Done()
			into.value, into.err = Quote(ctx, shop)
		}(&results[i])
	}
	wg.Wait()
	var log []string
	for _, r := range results {
		switch {
		case r.err == nil:
			log = append(log, fmt.Sprint(r.value))
		case errors.Is(r.err, ErrSoldOut):
			log = append(log, "none")
		default:
			return "", r.err
		}
	}
	return strings.Join(log, " "), nil
}

// Rounds use one wait group again and again.
//
//pawl:workflow
func Rounds(ctx context.Context) (string, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var sums []int
	for round := range 3 {
		sum := 0
		wg.Add(round + 1)
		for i := range round + 1 {
			go func() {
				defer wg.Done()
				mu.Lock()
				defer mu.Unlock()
				sum += i + 1
			}()
		}
		wg.Wait()
		sums = append(sums, sum)
	}
	return fmt.Sprint(sums), nil
}

// TwoWait for the same group, and both go on.
//
//pawl:workflow
func TwoWait(ctx context.Context) (string, error) {
	start := time.Now()
	var work, waiters sync.WaitGroup
	work.Go(func() { time.Sleep(2 * time.Hour) })
	work.Go(func() { time.Sleep(time.Hour) })
	ends := make([]time.Duration, 2)
	for i := range ends {
		waiters.Go(func() {
			work.Wait()
			ends[i] = elapsed(start)
		})
	}
	waiters.Wait()
	return fmt.Sprint(ends), nil
}

// waitFor waits for a group for some time only.
func waitFor(wg *sync.WaitGroup, d time.Duration) bool {
	done := make(chan struct{})
	go func() {
		wg.Wait()
		close(done)
	}()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	}
}

// ImpatientWait looks at a group after each hour.
//
//pawl:workflow
func ImpatientWait(ctx context.Context) (string, error) {
	start := time.Now()
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() { time.Sleep(time.Duration(i) * 75 * time.Minute) })
	}
	looks := 1
	for !waitFor(&wg, time.Hour) {
		looks++
	}
	return fmt.Sprint(looks, " ", elapsed(start)), nil
}

// Misuse makes a wait group panic, and goes on with a good one.
//
//pawl:workflow
func Misuse(ctx context.Context) (text string, err error) {
	defer func() {
		text = fmt.Sprint(recover())
	}()
	var wg sync.WaitGroup
	wg.Add(1)
	wg.Done()
	wg.Wait()
	wg.Done()
	return "no panic", nil
}

// flights lets those who ask for the same thing at the same time share one call.
type flights struct {
	mu    sync.Mutex
	calls map[int]*flight
}

type flight struct {
	sync.WaitGroup
	result[int]
}

func (f *flights) do(shop int, ask func(int) (int, error)) (int, error, bool) {
	f.mu.Lock()
	if c := f.calls[shop]; c != nil {
		f.mu.Unlock()
		c.Wait()
		return c.value, c.err, true
	}
	c := new(flight)
	c.Add(1)
	if f.calls == nil {
		f.calls = map[int]*flight{}
	}
	f.calls[shop] = c
	f.mu.Unlock()
	c.value, c.err = ask(shop)
	c.Done()
	f.mu.Lock()
	delete(f.calls, shop)
	f.mu.Unlock()
	return c.value, c.err, false
}

// SharedCalls has four who ask for the same price at once, and one who comes later.
//
//pawl:workflow
func SharedCalls(ctx context.Context) (string, error) {
	var f flights
	calls := make(chan int, 5)
	ask := func(shop int) (int, error) {
		calls <- shop
		return Quote(ctx, shop)
	}
	answers := make(chan string)
	for i := range 5 {
		go func() {
			time.Sleep(time.Duration(i/4) * time.Minute)
			cents, err, shared := f.do(2, ask)
			answers <- fmt.Sprint(cents, err, shared)
		}()
	}
	var all []string
	for range 5 {
		all = append(all, <-answers)
	}
	slices.Sort(all)
	return fmt.Sprint(len(calls), " calls: ", strings.Join(all, " ")), nil
}
