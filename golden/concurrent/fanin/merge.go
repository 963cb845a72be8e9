package fanin

// Many channels become one.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Merge gives one channel for many. It is closed when all of them are.
func Merge[T any](ins ...<-chan T) <-chan T {
	out := make(chan T)
	var wg sync.WaitGroup
	wg.Add(len(ins))
	for _, in := range ins {
		go func() {
			defer wg.Done()
			for v := range in {
				out <- v
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

// numbers sends from, from+1, … below to, with a pause before each.
func numbers(from, to int, pause time.Duration) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for n := from; n < to; n++ {
			time.Sleep(pause)
			out <- n
		}
	}()
	return out
}

// Sorted merges three sources that are ready all the time, and sorts what came.
//
//pawl:workflow
func Sorted(ctx context.Context) (string, error) {
	var got []int
	for n := range Merge(numbers(0, 3, 0), numbers(10, 14, 0), numbers(20, 22, 0)) {
		got = append(got, n)
	}
	slices.Sort(got)
	return fmt.Sprint(got), nil
}

// Timed merges sources with different beats: time alone decides the order.
//
//pawl:workflow
func Timed(ctx context.Context) (string, error) {
	start := time.Now()
	var got []string
	for n := range Merge(numbers(1, 5, 7*time.Second), numbers(11, 14, 11*time.Second), numbers(21, 23, 13*time.Second)) {
		got = append(got, fmt.Sprintf("%d@%v", n, time.Since(start)))
	}
	return strings.Join(got, " "), nil
}

// Nilled merges two channels in one loop. One that is closed becomes nil, and its case is never ready again.
//
//pawl:workflow
func Nilled(ctx context.Context) (string, error) {
	a, b := numbers(0, 3, 2*time.Second), numbers(100, 105, 3100*time.Millisecond)
	var got, order []string
	for a != nil || b != nil {
		select {
		case n, ok := <-a:
			if !ok {
				a = nil
				order = append(order, "a")
				break
			}
			got = append(got, fmt.Sprint(n))
		case n, ok := <-b:
			if !ok {
				b = nil
				order = append(order, "b")
				break
			}
			got = append(got, fmt.Sprint(n))
		}
	}
	return fmt.Sprint(got, order), nil
}

// Tree merges by halves, recursively.
//
//pawl:workflow
func Tree(ctx context.Context) (string, error) {
	var leaves []<-chan string
	for _, word := range strings.Fields("the quick brown fox jumps") {
		leaves = append(leaves, say(word))
	}
	var words []string
	for w := range mergeTree(leaves) {
		words = append(words, w)
	}
	slices.Sort(words)
	return strings.Join(words, " "), nil
}

func say(words ...string) <-chan string {
	out := make(chan string, len(words))
	defer close(out)
	for _, w := range words {
		out <- w
	}
	return out
}

func mergeTree(ins []<-chan string) <-chan string {
	switch len(ins) {
	case 0:
		return say()
	case 1:
		return ins[0]
	}
	middle := len(ins) / 2
	return Merge(mergeTree(ins[:middle]), mergeTree(ins[middle:]))
}

// Zipped pairs two sources one to one, and stops with the shorter.
//
//pawl:workflow
func Zipped(ctx context.Context) (string, error) {
	letters, digits := say("a", "b", "c"), numbers(1, 8, time.Second)
	var pairs []string
	for letter := range letters {
		digit, ok := <-digits
		if !ok {
			break
		}
		pairs = append(pairs, fmt.Sprint(letter, digit))
	}
	rest := 0
	for range digits {
		rest++
	}
	return fmt.Sprintf("%v, %d left", pairs, rest), nil
}

// MergeSorted merges two sorted sources into one that is, by looking one item ahead.
//
//pawl:workflow
func MergeSorted(ctx context.Context) (string, error) {
	out := make(chan int)
	go func() {
		defer close(out)
		a, b := multiples(3, 20), multiples(5, 20)
		x, okX := <-a
		y, okY := <-b
		for okX || okY {
			if okX && (!okY || x <= y) {
				out <- x
				x, okX = <-a
			} else {
				out <- y
				y, okY = <-b
			}
		}
	}()
	var got []int
	for n := range out {
		got = append(got, n)
	}
	return fmt.Sprint(got), nil
}

func multiples(of, below int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for n := of; n < below; n += of {
			out <- n
		}
	}()
	return out
}

// Weighted reads the urgent channel first, and the other only if nothing is urgent.
//
//pawl:workflow
func Weighted(ctx context.Context) (string, error) {
	urgent, normal := make(chan string, 4), make(chan string, 4)
	for i := range 3 {
		normal <- fmt.Sprint("n", i)
		urgent <- fmt.Sprint("u", i)
	}
	var got []string
	for len(got) < 6 {
		select {
		case s := <-urgent:
			got = append(got, s)
			continue
		default:
		}
		select {
		case s := <-urgent:
			got = append(got, s)
		case s := <-normal:
			got = append(got, s)
		}
	}
	return strings.Join(got, " "), nil
}
