// Package goroutines starts goroutines with every form of callee, and ends some of them early.
package goroutines

import (
	"context"
	"runtime"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// Double doubles.
//
//pawl:activity
func Double(ctx context.Context, n int) (int, error) { return 2 * n, nil }

// board has a place for each goroutine that writes to it.
type board struct {
	sync.WaitGroup
	places [8]int
}

func (b *board) put(i, n int) {
	defer b.Done()
	time.Sleep(time.Duration(i) * time.Second)
	b.places[i] = n
}

type celsius int

func put[T ~int](b *board, i int, n T) { b.put(i, int(n)) }

func putAll(b *board, i int, numbers ...int) { b.put(i, len(numbers)) }

func place(n int) (int, int) { time.Sleep(time.Second); return 6, n }

// Start waits for goroutines that were started in every way.
//
//pawl:workflow
func Start(ctx context.Context) (places []int, err error) {
	b, n := &board{}, 1
	b.Add(7)
	go b.put(0, n)
	n = 2
	bound := b.put
	go bound(1, n)
	go (*board).put(b, 2, 3)
	go put(b, 3, celsius(4))
	go putAll(b, 4, 1, 2, 3, 4, 5)
	go func(n int) { b.put(5, n) }(n + 4)
	go b.put(place(7))
	b.Wait()

	ready := make(chan struct{})
	go close(ready)
	<-ready
	go Double(ctx, n)
	doubled := make(chan int)
	go func() {
		d, _ := Double(ctx, 21)
		doubled <- d
	}()
	reached := early()
	time.Sleep(time.Minute) // the activity that nobody waits for is done by now, whatever crashes
	return append(b.places[:7], <-doubled, reached), nil
}

// early ends a goroutine in the middle, from a function below it: its defers run.
func early() (reached int) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { reached *= 10 }()
		reached = 1
		quit()
		reached = 2
	}()
	<-done
	return reached
}

func quit() {
	time.Sleep(time.Second)
	runtime.Goexit()
}
