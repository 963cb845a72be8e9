package fanin

// Goroutines report to one collector: by channels, under a lock, or in their own places.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// board is a list of notes that many write.
type board struct {
	sync.Mutex
	notes []string
}

func (b *board) note(format string, args ...any) {
	b.Lock()
	defer b.Unlock()
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// Locked writes to one list from eight goroutines, under an embedded mutex.
//
//pawl:workflow
func Locked(ctx context.Context) (string, error) {
	start := time.Now()
	var b board
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			time.Sleep(time.Duration(8-i) * time.Minute)
			b.note("%d@%v", i, time.Since(start))
		})
	}
	wg.Wait()
	return strings.Join(b.notes, " "), nil
}

// Slots has each goroutine write to its own element of a slice.
//
//pawl:workflow
func Slots(ctx context.Context) (string, error) {
	squares := make([]int, 6)
	var wg sync.WaitGroup
	for i := range squares {
		wg.Add(1)
		go square(&wg, &squares[i], i)
	}
	wg.Wait()
	return fmt.Sprint(squares), nil
}

func square(wg *sync.WaitGroup, into *int, n int) {
	defer wg.Done()
	*into = n * n
}

// Counted adds to atomic counters from all sides.
//
//pawl:workflow
func Counted(ctx context.Context) (string, error) {
	var total atomic.Int64
	var last atomic.Pointer[string]
	done := make(chan struct{})
	for i := range 5 {
		go func() {
			time.Sleep(time.Duration(i) * time.Second)
			total.Add(int64(i))
			name := fmt.Sprint("goroutine ", i)
			last.Store(&name)
			done <- struct{}{}
		}()
	}
	for range 5 {
		<-done
	}
	return fmt.Sprintf("%d, last %s", total.Load(), *last.Load()), nil
}

// Mapped gathers words in a sync.Map, and ranges over it.
//
//pawl:workflow
func Mapped(ctx context.Context) (string, error) {
	var lengths sync.Map
	var wg sync.WaitGroup
	for _, w := range []string{"pear", "fig", "apple", "fig"} {
		wg.Go(func() {
			if _, again := lengths.LoadOrStore(w, len(w)); again {
				lengths.Store("again", w)
			}
		})
	}
	wg.Wait()
	var lines []string
	lengths.Range(func(k, v any) bool {
		lines = append(lines, fmt.Sprintf("%v=%v", k, v))
		return true
	})
	slices.Sort(lines)
	return strings.Join(lines, " "), nil
}

// Failing joins the errors of several goroutines, in the order of their numbers.
//
//pawl:workflow
func Failing(ctx context.Context) (string, error) {
	type failure struct {
		n   int
		err error
	}
	failures := make(chan failure)
	for n := range 5 {
		go func() {
			var err error
			if n%2 == 1 {
				err = fmt.Errorf("goroutine %d fails", n)
			}
			failures <- failure{n, err}
		}()
	}
	errs := make([]error, 5)
	for range 5 {
		f := <-failures
		errs[f.n] = f.err
	}
	return strings.ReplaceAll(errors.Join(errs...).Error(), "\n", "; "), nil
}

// message carries the channel on which its sender wants the answer.
type message struct {
	text  string
	reply chan<- string
}

// Served sends requests with a channel for the answer to one server.
//
//pawl:workflow
func Served(ctx context.Context) (string, error) {
	requests := make(chan message)
	go func() {
		for m := range requests {
			m.reply <- strings.ToUpper(m.text)
		}
	}()
	answers := make([]string, 4)
	var wg sync.WaitGroup
	for i, text := range []string{"ab", "cd", "ef", "gh"} {
		wg.Go(func() {
			reply := make(chan string)
			requests <- message{text, reply}
			answers[i] = <-reply
		})
	}
	wg.Wait()
	close(requests)
	return fmt.Sprint(answers), nil
}

// Watched reports progress on a ticker while goroutines work.
//
//pawl:workflow
func Watched(ctx context.Context) (string, error) {
	ready := make(chan int)
	for i := 1; i <= 4; i++ {
		go func(d time.Duration) {
			time.Sleep(d)
			ready <- i
		}(time.Duration(i*i) * time.Minute)
	}
	ticker := time.NewTicker(3*time.Minute + time.Second)
	defer ticker.Stop()
	var progress []string
	for n := 0; n < 4; {
		select {
		case <-ready:
			n++
		case <-ticker.C:
			progress = append(progress, fmt.Sprintf("%d/4", n))
		}
	}
	return strings.Join(progress, " "), nil
}

// Recovered turns the panics of goroutines into messages. The sum of the others is complete.
//
//pawl:workflow
func Recovered(ctx context.Context) (string, error) {
	sums, panics := make(chan int, 4), make(chan any, 4)
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if p := recover(); p != nil {
					panics <- p
				}
			}()
			if n == 2 {
				panic(fmt.Sprint("no ", n))
			}
			sums <- n
		}()
	}
	wg.Wait()
	close(sums)
	total := 0
	for n := range sums {
		total += n
	}
	return fmt.Sprintf("%d, %d panic: %v", total, len(panics), <-panics), nil
}
