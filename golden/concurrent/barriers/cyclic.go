package barriers

// Cyclic barriers: a fixed party meets again and again.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// barrier lets a party of size go on when all of them have arrived, round after round.
type barrier struct {
	mu      sync.Mutex
	all     *sync.Cond
	size    int
	waiting int
	round   int
}

func newBarrier(size int) *barrier {
	b := &barrier{size: size}
	b.all = sync.NewCond(&b.mu)
	return b
}

// wait reports the round that ended, and whether the caller was the one who ended it.
func (b *barrier) wait() (round int, last bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	round = b.round
	b.waiting++
	if b.waiting == b.size {
		b.waiting = 0
		b.round++
		b.all.Broadcast()
		return round, true
	}
	for b.round == round {
		b.all.Wait()
	}
	return round, false
}

// Rounds meets three times. Each time one goroutine arrives last; which one does not matter.
//
//pawl:workflow
func Rounds(ctx context.Context) (string, error) {
	const party, rounds = 4, 3
	b := newBarrier(party)
	lasts := make([]int, rounds)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range party {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range rounds {
				if round, last := b.wait(); last {
					mu.Lock()
					lasts[round]++
					mu.Unlock()
				}
			}
		}()
	}
	wg.Wait()
	return fmt.Sprint(lasts, b.round), nil
}

// InStep lets no goroutine enter a phase before all have left the previous one.
//
//pawl:workflow
func InStep(ctx context.Context) (string, error) {
	start := time.Now()
	b := newBarrier(3)
	var mu sync.Mutex
	var log []string
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			for phase := range 3 {
				time.Sleep(time.Duration((i+phase)%3+1) * time.Minute)
				mu.Lock()
				log = append(log, fmt.Sprint(phase, string(rune('a'+i)), "@", elapsed(start)))
				mu.Unlock()
				b.wait()
			}
		})
	}
	wg.Wait()
	return strings.Join(log, " "), nil
}

// Neighbours smooths a row of numbers: each cell reads its neighbours between two barriers.
//
//pawl:workflow
func Neighbours(ctx context.Context) (string, error) {
	row := []int{0, 90, 0, 0, 90, 0}
	next := slices.Clone(row)
	b := newBarrier(len(row))
	at := func(i int) int { return row[(i+len(row))%len(row)] }
	var wg sync.WaitGroup
	for i := range row {
		wg.Go(func() {
			for range 3 {
				next[i] = (at(i-1) + at(i) + at(i+1)) / 3
				b.wait()
				row[i] = next[i]
				b.wait()
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(row), nil
}

// Inspection measures two parts in step: a phase takes a second, whatever the order inside of it.
//
//pawl:workflow
func Inspection(ctx context.Context) (string, error) {
	start := time.Now()
	b := newBarrier(2)
	results := make([][]int, 2)
	errs := make(chan error, len(results))
	for part := range results {
		go func() {
			var err error
			for phase := 1; phase <= 3; phase++ {
				v, failed := Measure(ctx, part, phase)
				err = errors.Join(err, failed) // who fails still comes to the barrier
				results[part] = append(results[part], v)
				b.wait()
			}
			errs <- err
		}()
	}
	err := errors.Join(<-errs, <-errs)
	return fmt.Sprint(results, elapsed(start)), err
}

// breakable is a barrier over channels that gives up: who waits too long breaks it for all.
type breakable struct {
	arrive chan chan<- error
}

var errBroken = errors.New("barrier is broken")

// serve gathers size arrivals, or as many as come within patience, and tells them how it went.
func (b breakable) serve(size int, patience time.Duration) {
	party := []chan<- error{<-b.arrive}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	var verdict error
gather:
	for len(party) < size {
		select {
		case p := <-b.arrive:
			party = append(party, p)
		case <-deadline.C:
			verdict = errBroken
			break gather
		}
	}
	for _, p := range party {
		p <- verdict
	}
}

func (b breakable) wait() error {
	verdict := make(chan error)
	b.arrive <- verdict
	return <-verdict
}

// BrokenBarrier misses a member of the party in the second round only.
//
//pawl:workflow
func BrokenBarrier(ctx context.Context) (string, error) {
	b := breakable{make(chan chan<- error)}
	go func() {
		for range 2 {
			b.serve(3, 10*time.Minute)
		}
	}()
	verdicts := make(chan string)
	for i := range 3 {
		go func() {
			time.Sleep(time.Duration(i) * time.Minute)
			first := b.wait()
			if i == 1 {
				verdicts <- fmt.Sprint(i, first, "left")
				return
			}
			verdicts <- fmt.Sprint(i, first, errors.Is(b.wait(), errBroken))
		}()
	}
	all := []string{<-verdicts, <-verdicts, <-verdicts}
	slices.Sort(all)
	return strings.Join(all, " "), nil
}

// Sieve has the members of a party leave one after the other; the barrier shrinks with them.
//
//pawl:workflow
func Sieve(ctx context.Context) (string, error) {
	b := newBarrier(4)
	leave := func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.size--
		if b.waiting == b.size && b.size > 0 {
			b.waiting = 0
			b.round++
			b.all.Broadcast()
		}
	}
	stayed := make([]int, 4)
	var wg sync.WaitGroup
	for i := range stayed {
		wg.Go(func() {
			defer leave()
			for range i {
				b.wait()
				stayed[i]++
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(stayed, b.size, b.waiting), nil
}

// LastOneActs has the last of two goroutines do what must be done once for both. Both arrive in the same second.
//
//pawl:workflow
func LastOneActs(ctx context.Context) (string, error) {
	b := newBarrier(2)
	acted := make(chan string, 1)
	member := func(name string, done chan<- struct{}) {
		defer close(done)
		time.Sleep(time.Second)
		if _, last := b.wait(); last {
			acted <- name
		}
	}
	left, right := make(chan struct{}), make(chan struct{})
	go member("left", left)
	go member("right", right)
	<-left
	<-right
	return <-acted, nil
}
