package semaphores

// Buffered channels as semaphores.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// semaphore has as many permits as its buffer has room.
type semaphore chan struct{}

func (s semaphore) acquire() { s <- struct{}{} }
func (s semaphore) release() { <-s }

func (s semaphore) tryAcquire() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s semaphore) acquireContext(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// peak remembers how many were inside at once.
type peak struct{ inside, most atomic.Int32 }

func (p *peak) enter() {
	n := p.inside.Add(1)
	for {
		most := p.most.Load()
		if n <= most || p.most.CompareAndSwap(most, n) {
			return
		}
	}
}

func (p *peak) leave() { p.inside.Add(-1) }

// Three lets ten goroutines through a door for three, for an hour each.
//
//pawl:workflow
func Three(ctx context.Context) (string, error) {
	start := time.Now()
	door := make(semaphore, 3)
	var p peak
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			door.acquire()
			defer door.release()
			p.enter()
			defer p.leave()
			time.Sleep(time.Hour)
		})
	}
	wg.Wait()
	return fmt.Sprintf("at most %d, %v", p.most.Load(), time.Since(start)), nil
}

// Tried takes permits without waiting, and counts refusals.
//
//pawl:workflow
func Tried(ctx context.Context) (string, error) {
	door := make(semaphore, 2)
	var log []string
	try := func() { log = append(log, fmt.Sprint(door.tryAcquire())) }
	try()
	try()
	try()
	door.release()
	try()
	log = append(log, fmt.Sprintf("%d of %d", len(door), cap(door)))
	return strings.Join(log, " "), nil
}

// Gaveup waits for a permit no longer than its context lasts.
//
//pawl:workflow
func Gaveup(ctx context.Context) (string, error) {
	start := time.Now()
	door := make(semaphore, 1)
	door.acquire()
	time.AfterFunc(50*time.Minute, door.release)
	var log []string
	for _, patience := range []time.Duration{20 * time.Minute, 10 * time.Minute, 40 * time.Minute} {
		ctx, cancel := context.WithTimeout(ctx, patience)
		err := door.acquireContext(ctx)
		cancel()
		log = append(log, fmt.Sprintf("%v@%v", err, time.Since(start)))
	}
	door.release()
	return strings.Join(log, ", "), nil
}

// Filled puts the permits into the channel first, so that to acquire is to receive, and each permit has a name.
//
//pawl:workflow
func Filled(ctx context.Context) (string, error) {
	start := time.Now()
	desks := make(chan string, 2)
	desks <- "window"
	desks <- "corner"
	seated := make(chan string, 4)
	go func() {
		defer close(seated)
		var wg sync.WaitGroup
		for i, stay := range []time.Duration{3, 5, 4, 1} {
			desk := <-desks
			seated <- fmt.Sprintf("%d:%s@%v", i, desk, time.Since(start))
			wg.Add(1)
			time.AfterFunc(stay*time.Hour, func() {
				defer wg.Done()
				desks <- desk
			})
		}
		wg.Wait()
	}()
	var log []string
	for s := range seated {
		log = append(log, s)
	}
	return strings.Join(log, " "), nil
}

// Lent gives out one thing by a channel of channels: who wants it sends a channel to get it, and another gives it back.
//
//pawl:workflow
func Lent(ctx context.Context) (string, error) {
	wishes, back := make(chan chan<- string), make(chan string)
	go func() {
		thing := "drill"
		for wish := range wishes {
			wish <- thing
			thing = <-back + "+"
		}
		close(back)
	}()
	for range 3 {
		mine := make(chan string)
		wishes <- mine
		thing := <-mine
		time.Sleep(time.Hour)
		back <- thing
	}
	close(wishes)
	_, open := <-back
	last := make(chan string, 1)
	go lend("saw", last)
	return fmt.Sprint(open, " ", <-last), nil
}

func lend(thing string, to chan<- string) { to <- thing }

// Released returns its permit although it panics.
//
//pawl:workflow
func Released(ctx context.Context) (string, error) {
	door := make(semaphore, 1)
	enter := func(n int) (err error) {
		door.acquire()
		defer door.release()
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("recovered: %v", p)
			}
		}()
		return errors.New([]string{"zero", "one"}[n])
	}
	errs := []error{enter(0), enter(5), enter(1)}
	return fmt.Sprint(errs, len(door)), nil
}

// Nested takes two semaphores, always in the same order, so that there is no deadlock.
//
//pawl:workflow
func Nested(ctx context.Context) (string, error) {
	start := time.Now()
	forks, plates := make(semaphore, 3), make(semaphore, 2)
	var wg sync.WaitGroup
	var meals atomic.Int64
	for range 6 {
		wg.Go(func() {
			forks.acquire()
			defer forks.release()
			plates.acquire()
			defer plates.release()
			time.Sleep(20 * time.Minute)
			meals.Add(1)
		})
	}
	wg.Wait()
	return fmt.Sprintf("%d meals in %v", meals.Load(), time.Since(start)), nil
}

// Philosophers eat with two forks each, which are channels of one. The last takes the right one first.
//
//pawl:workflow
func Philosophers(ctx context.Context) (string, error) {
	const n = 5
	var forks [n]semaphore
	for i := range forks {
		forks[i] = make(semaphore, 1)
	}
	var meals [n]int
	var wg sync.WaitGroup
	dine := func(i int) {
		defer wg.Done()
		first, second := i, (i+1)%n
		if first > second {
			first, second = second, first
		}
		for range 3 {
			forks[first].acquire()
			forks[second].acquire()
			time.Sleep(time.Minute)
			meals[i]++
			forks[second].release()
			forks[first].release()
		}
	}
	for i := range n {
		wg.Add(1)
		go dine(i)
	}
	wg.Wait()
	return fmt.Sprint(meals), nil
}
