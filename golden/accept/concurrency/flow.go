// Package concurrency starts goroutines in every way that a go statement has, and lets them meet at channels, in selects,
// at locks and groups, before timers and under contexts.
package concurrency

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

//go:generate go tool pawl generate

// Square squares.
//
//pawl:activity
func Square(ctx context.Context, n int) (int, error) { return n * n, nil }

// desk is a place where goroutines meet.
type desk[T any] struct {
	sync.Mutex
	open  *sync.Cond
	notes []T
	total atomic.Int64
}

func newDesk[T any]() *desk[T] {
	d := &desk[T]{}
	d.open = sync.NewCond(d)
	return d
}

func (d *desk[T]) put(notes ...T) {
	d.Lock()
	defer d.Unlock()
	d.notes = append(d.notes, notes...)
	d.total.Add(int64(len(notes)))
	d.open.Broadcast()
}

func (d *desk[T]) await(n int) []T {
	d.open.L.Lock()
	defer d.open.L.Unlock()
	for len(d.notes) < n {
		d.open.Wait()
	}
	return d.notes
}

// flag is a boolean of its own.
type flag bool

// Meet goes through everything.
//
//pawl:workflow
func Meet(ctx context.Context) (said []string, err error) {
	for _, part := range []func(context.Context) (string, error){start, exchange, choose, lock, wait, derive, group} {
		s, err := part(ctx)
		if err != nil {
			return said, err
		}
		said = append(said, s)
	}
	return said, nil
}

func start(ctx context.Context) (string, error) {
	d, n := newDesk[string](), 1
	put := d.put
	go d.put("method")
	go put("value", "variadic")
	go (*desk[string]).put(d, "expression")
	go func(n int, s string) { d.put(fmt.Sprint(s, n)) }(n, "literal")
	n = 2
	go each(slices.Values([]string{"iterator"}), func(s string) { d.put(s) })
	go d.put(pair()...)
	go fmt.Sprint("nothing")
	for i := range 2 {
		go func() { d.put(fmt.Sprint("loop", i)) }()
	}
	notes := slices.Sorted(slices.Values(d.await(10)))
	return fmt.Sprint(notes, d.total.Load()), nil
}

func pair() []string { time.Sleep(time.Second); return []string{"spread", "results"} }

func each[T any](seq func(func(T) bool), f func(T)) { seq(func(v T) bool { f(v); return true }) }

func exchange(ctx context.Context) (string, error) {
	type message struct{ text any }
	ch, back := make(chan any, 2), make(chan message)
	go func() {
		defer close(back)
		for v := range ch {
			back <- message{v}
		}
	}()
	ch <- 1
	ch <- "two"
	first, second := <-back, (<-back).text
	ch <- nil
	close(ch)
	var ok flag
	var third message
	third, ok = <-back
	_, closed := <-back
	var v any
	for v = range back {
	}
	for range ch {
	}
	return fmt.Sprint(first, second, third, ok, closed, v), nil
}

func choose(ctx context.Context) (string, error) {
	var out []string
	say := func(s string) int { out = append(out, s); return 0 }
	full, empty, list := make(chan int, 1), make(chan int), [1]int{}
	full <- 7
	to := func(s string, ch chan int) chan int { say(s); return ch }
	select {
	case empty <- say("value"):
	case list[say("index")] = <-to("channel", full):
		say(fmt.Sprint(list))
	}
	select {
	case <-empty:
	default:
		say("default")
	}
	go func() { time.Sleep(time.Second); full <- 1; time.Sleep(5 * time.Minute); close(empty) }()
	late := time.After(time.Minute)
loop:
	for {
		select {
		case n := <-full:
			say(fmt.Sprint("full", n))
			continue loop
		case n, ok := <-empty:
			say(fmt.Sprint("empty", n, ok))
			break loop
		case <-late:
			late = nil
			say("late")
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	return strings.Join(out, " "), nil
}

func lock(ctx context.Context) (string, error) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	var once sync.Once
	var first atomic.Bool
	sums := map[int]int{}
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			n, err := Square(ctx, i)
			once.Do(func() { first.Store(true) })
			unlock := mu.Unlock
			mu.Lock()
			defer unlock()
			if err == nil {
				sums[i] = n
			}
		}()
	}
	wg.Go(func() { mu.RLock(); defer mu.RUnlock(); _ = len(sums) })
	wg.Wait()
	double := sync.OnceValue(func() int { return 2 * sums[3] })
	maps.DeleteFunc(sums, func(k, _ int) bool { return k == 0 })
	return fmt.Sprint(slices.Collect(maps.Keys(map[int]bool{len(sums): true})), double(), double(), first.Load(), mu.TryLock(), mu.TryRLock()), nil
}

func wait(ctx context.Context) (string, error) {
	began, n := time.Now(), 0
	timer := time.NewTimer(time.Hour)
	stopped := timer.Stop()
	timer.Reset(2 * time.Minute)
	<-timer.C
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	for range ticker.C {
		if n++; n == 3 {
			break
		}
	}
	rang := make(chan time.Duration)
	time.AfterFunc(time.Second, func() { rang <- time.Since(began).Round(time.Minute) })
	return fmt.Sprint(stopped, n, <-rang), nil
}

func derive(ctx context.Context) (string, error) {
	broken := errors.New("broken")
	parent, fail := context.WithCancelCause(ctx)
	child, cancel := context.WithTimeout(parent, time.Hour)
	defer cancel()
	short, cancel := context.WithDeadline(child, time.Now().Add(time.Minute))
	defer cancel()
	<-short.Done()
	called := make(chan struct{})
	context.AfterFunc(child, func() { close(called) })
	fail(broken)
	<-called
	rest := context.WithoutCancel(child)
	return fmt.Sprint(short.Err(), child.Err(), context.Cause(child), rest.Err()), nil
}

func group(ctx context.Context) (string, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(2)
	var sum atomic.Int64
	for i := range 5 {
		g.Go(func() error {
			n, err := Square(ctx, i)
			sum.Add(int64(n))
			return err
		})
	}
	err := g.Wait()
	return fmt.Sprint(sum.Load(), err, ctx.Err()), nil
}
