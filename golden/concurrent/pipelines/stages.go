package pipelines

// Stages as functions from channels to channels.

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// count sends the numbers below n.
func count(n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			out <- i
		}
	}()
	return out
}

// Map is a stage that applies f.
func Map[In, Out any](in <-chan In, f func(In) Out) <-chan Out {
	out := make(chan Out)
	go func() {
		defer close(out)
		for v := range in {
			out <- f(v)
		}
	}()
	return out
}

// Filter is a stage that lets through what keep wants.
func Filter[T any](in <-chan T, keep func(T) bool) <-chan T {
	out := make(chan T)
	go func() {
		for v := range in {
			if !keep(v) {
				continue
			}
			out <- v
		}
		close(out)
	}()
	return out
}

// Collect receives until the channel is closed.
func Collect[T any](in <-chan T) (all []T) {
	for v := range in {
		all = append(all, v)
	}
	return all
}

// Squares adds the squares of the numbers that a generator sends.
//
//pawl:workflow
func Squares(ctx context.Context) (string, error) {
	sum := 0
	for n := range Map(count(10), func(n int) int { return n * n }) {
		sum += n
	}
	return fmt.Sprint("sum ", sum), nil
}

// Typed changes the type of its items from stage to stage.
//
//pawl:workflow
func Typed(ctx context.Context) (string, error) {
	texts := Map(count(6), strconv.Itoa)
	long := Map(texts, func(s string) []string { return []string{s, s} })
	lines := Map(long, func(pair []string) string { return strings.Join(pair, "-") })
	return strings.Join(Collect(lines), " "), nil
}

// Filtered keeps what two filters in a row let through.
//
//pawl:workflow
func Filtered(ctx context.Context) (string, error) {
	even := func(n int) bool { return n%2 == 0 }
	third := func(n int) bool { return n%3 == 0 }
	return fmt.Sprint(Collect(Filter(Filter(count(30), even), third))), nil
}

// Bounded sends five items through a buffer of one to a slow consumer, and notes when each send succeeds.
//
//pawl:workflow
func Bounded(ctx context.Context) (string, error) {
	start := time.Now()
	items := make(chan int, 1)
	var sent []string
	go func() {
		defer close(items)
		for i := range 5 {
			items <- i
			sent = append(sent, fmt.Sprintf("%d@%v", i, time.Since(start)))
		}
	}()
	got := 0
	for range items {
		got++
		time.Sleep(10 * time.Second)
	}
	return fmt.Sprintf("sent %s, got %d in %v", strings.Join(sent, " "), got, time.Since(start)), nil
}

// Sieve finds primes with a chain of goroutines that grows by one for each of them.
//
//pawl:workflow
func Sieve(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	ch := make(chan int)
	wg.Go(func() { numbers(ctx, ch) })
	var primes []int
	for range 8 {
		prime := <-ch
		primes = append(primes, prime)
		next := make(chan int)
		wg.Add(1)
		go strain(ctx, &wg, ch, next, prime)
		ch = next
	}
	cancel()
	wg.Wait()
	return fmt.Sprint(primes), nil
}

// numbers sends 2, 3, 4, … until the context ends.
func numbers(ctx context.Context, out chan<- int) {
	for n := 2; ; n++ {
		select {
		case out <- n:
		case <-ctx.Done():
			return
		}
	}
}

// strain passes on what prime does not divide.
func strain(ctx context.Context, wg *sync.WaitGroup, in <-chan int, out chan<- int, prime int) {
	defer wg.Done()
	for {
		select {
		case n := <-in:
			if n%prime == 0 {
				continue
			}
			select {
			case out <- n:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// stage is a station of an assembly line, with a name and a time that it takes.
type stage struct {
	name string
	cost time.Duration
	in   <-chan string
	out  chan<- string
}

func (s *stage) run() {
	defer close(s.out)
	for part := range s.in {
		time.Sleep(s.cost)
		s.out <- part + s.name
	}
}

// Assembly runs methods as stages. The slowest sets the pace.
//
//pawl:workflow
func Assembly(ctx context.Context) (string, error) {
	start := time.Now()
	cut, paint, pack := make(chan string), make(chan string, 1), make(chan string, 2)
	done := make(chan string)
	for _, s := range []*stage{
		{"c", time.Minute, cut, paint},
		{"p", 5 * time.Minute, paint, pack},
		{"k", 2 * time.Minute, pack, done},
	} {
		go s.run()
	}
	go func(parts ...string) {
		for _, part := range parts {
			cut <- part
		}
		close(cut)
	}("1", "2", "3")
	var out []string
	for part := range done {
		out = append(out, fmt.Sprintf("%s@%v", part, time.Since(start)))
	}
	return strings.Join(out, " "), nil
}
