package pipelines

// Pipelines that are not a line: they fork, join, nest and loop.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Teed sends every item to two readers, whichever is ready first.
//
//pawl:workflow
func Teed(ctx context.Context) (string, error) {
	left, right := tee(count(5))
	sum := make(chan int)
	go func() {
		total := 0
		for n := range right {
			time.Sleep(time.Second)
			total += n
		}
		sum <- total
	}()
	got := Collect(left)
	return fmt.Sprint(got, <-sum), nil
}

func tee[T any](in <-chan T) (<-chan T, <-chan T) {
	a, b := make(chan T), make(chan T)
	go func() {
		defer close(a)
		defer close(b)
		for v := range in {
			for a, b := a, b; a != nil || b != nil; {
				select {
				case a <- v:
					a = nil
				case b <- v:
					b = nil
				}
			}
		}
	}()
	return a, b
}

// Bridged reads channels from a channel, one after the other, as if they were one.
//
//pawl:workflow
func Bridged(ctx context.Context) (string, error) {
	chapters := make(chan (<-chan string))
	go func() {
		defer close(chapters)
		for c := range 3 {
			lines := make(chan string, 2)
			chapters <- lines
			for l := range 2 {
				lines <- fmt.Sprintf("%d.%d", c, l)
			}
			close(lines)
		}
	}()
	var book []string
	for lines := range chapters {
		for line := range lines {
			book = append(book, line)
		}
	}
	return strings.Join(book, " "), nil
}

// Collatz sends numbers around a loop until each has come down to one.
//
//pawl:workflow
func Collatz(ctx context.Context) (string, error) {
	numbers := []int{6, 7, 12, 27}
	loop := make(chan int, len(numbers)) // has room for all, so that the loop cannot stall
	for _, n := range numbers {
		loop <- n
	}
	steps := 0
	for running := len(numbers); running > 0; {
		switch n := <-loop; {
		case n == 1:
			running--
		case n%2 == 0:
			steps++
			loop <- n / 2
		default:
			steps++
			loop <- 3*n + 1
		}
	}
	close(loop)
	_, open := <-loop
	return fmt.Sprint(steps, " steps, open: ", open), nil
}

// PingPong passes one ball between two goroutines until somebody takes it away.
//
//pawl:workflow
func PingPong(ctx context.Context) (string, error) {
	type ball struct{ hits int }
	table := make(chan *ball)
	var wg sync.WaitGroup
	player := func() {
		defer wg.Done()
		for b := range table {
			time.Sleep(time.Second)
			if b.hits++; b.hits == 11 {
				close(table)
				return
			}
			table <- b
		}
	}
	wg.Add(2)
	go player()
	go player()
	start := time.Now()
	b := new(ball)
	table <- b
	wg.Wait()
	return fmt.Sprintf("%d hits in %v", b.hits, time.Since(start)), nil
}

// Diamond splits items between two stages that take different times, and joins them as they come.
//
//pawl:workflow
func Diamond(ctx context.Context) (string, error) {
	odd, even := make(chan int, 4), make(chan int, 4)
	for n := range 8 {
		if n%2 == 0 {
			even <- n
		} else {
			odd <- n
		}
	}
	close(odd)
	close(even)
	slow := func(d time.Duration) func(int) string {
		return func(n int) string {
			time.Sleep(d)
			return fmt.Sprint(n)
		}
	}
	a, b := Map(odd, slow(2*time.Second)), Map(even, slow(700*time.Millisecond))
	var joined []string
	for a != nil || b != nil {
		var s string
		var ok bool
		select {
		case s, ok = <-a:
			if !ok {
				a = nil
				continue
			}
		case s, ok = <-b:
			if !ok {
				b = nil
				continue
			}
		}
		joined = append(joined, s)
	}
	return strings.Join(joined, ""), nil
}

// Race joins two sources that are both ready at once: whichever the select takes first, two of each arrive in their
// own order. The six ways to interleave them are its outcomes.
//
//pawl:workflow
func Race(ctx context.Context) (string, error) {
	upper, lower := make(chan string, 2), make(chan string, 2)
	upper <- "A"
	upper <- "B"
	lower <- "a"
	lower <- "b"
	var got strings.Builder
	for range 4 {
		select {
		case s := <-upper:
			got.WriteString(s)
		case s := <-lower:
			got.WriteString(s)
		}
	}
	return got.String(), nil
}

// Rescued has a stage that panics on some items. It recovers, reports and goes on.
//
//pawl:workflow
func Rescued(ctx context.Context) (string, error) {
	type result struct {
		value   int
		problem string
	}
	divide := func(n int) (r result) {
		defer func() {
			if p := recover(); p != nil {
				r.problem = fmt.Sprint(p)
			}
		}()
		return result{value: 60 / n}
	}
	var good []int
	var bad []string
	for r := range Map(count(5), divide) {
		if r.problem != "" {
			bad = append(bad, r.problem)
			continue
		}
		good = append(good, r.value)
	}
	slices.Sort(good)
	return fmt.Sprintf("%v, and %q", good, bad), nil
}
