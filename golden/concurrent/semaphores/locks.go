package semaphores

// Mutexes, conditions and what is made of them.

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// counter counts under an embedded lock.
type counter struct {
	sync.Mutex
	n int
}

func (c *counter) add(by int) int {
	c.Lock()
	defer c.Unlock()
	c.n += by
	return c.n
}

// Mutexed has twenty goroutines that count.
//
//pawl:workflow
func Mutexed(ctx context.Context) (string, error) {
	var c counter
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Add(1)
		go func(by int) {
			defer wg.Done()
			c.add(by)
		}(i)
	}
	wg.Wait()
	return fmt.Sprint(c.n), nil
}

// TryLocked takes a lock only where it is free.
//
//pawl:workflow
func TryLocked(ctx context.Context) (string, error) {
	var mu sync.Mutex
	var rw sync.RWMutex
	log := []bool{mu.TryLock(), mu.TryLock()}
	mu.Unlock()
	log = append(log, rw.TryRLock(), rw.TryRLock(), rw.TryLock())
	rw.RUnlock()
	rw.RUnlock()
	log = append(log, rw.TryLock(), rw.TryRLock())
	rw.Unlock()
	return fmt.Sprint(log), nil
}

// cache is read by many, and written by who misses something.
type cache struct {
	sync.RWMutex
	lengths map[string]int
	misses  int
}

func (c *cache) length(word string) int {
	c.RLock()
	n, ok := c.lengths[word]
	c.RUnlock()
	if ok {
		return n
	}
	c.Lock()
	defer c.Unlock()
	if n, ok := c.lengths[word]; ok {
		return n
	}
	c.misses++
	c.lengths[word] = len(word)
	return len(word)
}

// Cached looks words up at once, under a read lock first.
//
//pawl:workflow
func Cached(ctx context.Context) (string, error) {
	c := &cache{lengths: map[string]int{}}
	words := strings.Fields("a bb a ccc bb a dddd a")
	lengths := make([]int, len(words))
	var wg sync.WaitGroup
	for i, w := range words {
		wg.Go(func() { lengths[i] = c.length(w) })
	}
	wg.Wait()
	return fmt.Sprintf("%v, %d misses", lengths, c.misses), nil
}

// weighted is a semaphore from which one can take several at once, in the order of arrival.
type weighted struct {
	mu      sync.Mutex
	free    int
	waiters []waiter
}

type waiter struct {
	want  int
	ready chan struct{}
}

func (w *weighted) acquire(n int) {
	w.mu.Lock()
	if n <= w.free && len(w.waiters) == 0 {
		w.free -= n
		w.mu.Unlock()
		return
	}
	ready := make(chan struct{})
	w.waiters = append(w.waiters, waiter{n, ready})
	w.mu.Unlock()
	<-ready
}

func (w *weighted) release(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free += n
	for len(w.waiters) > 0 && w.waiters[0].want <= w.free {
		w.free -= w.waiters[0].want
		close(w.waiters[0].ready)
		w.waiters = w.waiters[1:]
	}
}

// Weighed has trucks of different weights on a bridge. A heavy one that waits holds up the light ones behind it.
//
//pawl:workflow
func Weighed(ctx context.Context) (string, error) {
	start := time.Now()
	bridge := &weighted{free: 10}
	crossed := make([]string, 5)
	var wg sync.WaitGroup
	for i, tons := range []int{6, 3, 8, 1, 2} {
		time.Sleep(time.Second)
		wg.Go(func() {
			bridge.acquire(tons)
			defer bridge.release(tons)
			time.Sleep(10 * time.Second)
			crossed[i] = fmt.Sprintf("%dt@%v", tons, time.Since(start))
		})
	}
	wg.Wait()
	return strings.Join(crossed, " "), nil
}

// permits is a semaphore of a mutex and a condition, which can grow.
type permits struct {
	mu   sync.Mutex
	cond sync.Cond
	free int
}

func newPermits(n int) *permits {
	p := &permits{free: n}
	p.cond.L = &p.mu
	return p
}

func (p *permits) take() {
	p.mu.Lock()
	for p.free == 0 {
		p.cond.Wait()
	}
	p.free--
	p.mu.Unlock()
}

func (p *permits) give(n int) {
	p.mu.Lock()
	p.free += n
	p.mu.Unlock()
	if n == 1 {
		p.cond.Signal()
	} else {
		p.cond.Broadcast()
	}
}

// Grown adds permits while others wait.
//
//pawl:workflow
func Grown(ctx context.Context) (string, error) {
	start := time.Now()
	p := newPermits(1)
	var mu sync.Mutex
	var entered []string
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			p.take()
			mu.Lock()
			entered = append(entered, time.Since(start).String())
			mu.Unlock()
			time.Sleep(time.Hour)
			p.give(1)
		})
	}
	time.Sleep(90 * time.Minute)
	p.give(2)
	wg.Wait()
	return strings.Join(entered, " "), nil
}

// Turnstile opens for all who wait, once all have come.
//
//pawl:workflow
func Turnstile(ctx context.Context) (string, error) {
	start := time.Now()
	var mu sync.Mutex
	all := sync.NewCond(&mu)
	arrived := 0
	through := make([]string, 4)
	var wg sync.WaitGroup
	for i := range through {
		wg.Go(func() {
			time.Sleep(time.Duration(i*i) * time.Minute)
			all.L.Lock()
			defer all.L.Unlock()
			if arrived++; arrived == len(through) {
				all.Broadcast()
			}
			for arrived < len(through) {
				all.Wait()
			}
			through[i] = fmt.Sprintf("%d@%v", i, time.Since(start))
		})
	}
	wg.Wait()
	return strings.Join(through, " "), nil
}

// Writers lets readers see a number only before or after two changes that belong together.
//
//pawl:workflow
func Writers(ctx context.Context) (string, error) {
	var mu sync.RWMutex
	debit, credit := 100, 0
	torn := 0
	var wg sync.WaitGroup
	for i := range 5 {
		wg.Go(func() {
			time.Sleep(time.Duration(i%2) * time.Second)
			mu.Lock()
			debit -= i
			credit += i
			mu.Unlock()
		})
		wg.Go(func() {
			time.Sleep(time.Duration(i%3) * time.Second)
			mu.RLock()
			defer mu.RUnlock()
			if debit+credit != 100 {
				torn++
			}
		})
	}
	wg.Wait()
	return fmt.Sprintf("%d and %d, torn %d", debit, credit, torn), nil
}

// Lockers locks by the interface: a mutex, and the reading side of a read-write lock.
//
//pawl:workflow
func Lockers(ctx context.Context) (string, error) {
	var mu sync.Mutex
	var rw sync.RWMutex
	var log []string
	for i, l := range []sync.Locker{&mu, &rw, rw.RLocker()} {
		log = append(log, locked(l, func() string { return fmt.Sprint(i, mu.TryLock(), rw.TryRLock()) }))
		if i != 0 {
			mu.Unlock()
		}
		if i != 1 {
			rw.RUnlock()
		}
	}
	return strings.Join(log, " "), nil
}

func locked(l sync.Locker, f func() string) string {
	l.Lock()
	defer l.Unlock()
	return f()
}

// Either has two goroutines that want the only permit at the same time. Both get it in the end; who is the first is
// its outcome.
//
//pawl:workflow
func Either(ctx context.Context) (string, error) {
	permit := make(chan struct{})
	entered := make(chan string, 2)
	red, blue := make(chan struct{}), make(chan struct{})
	enter := func(name string, call <-chan struct{}) {
		<-call
		entered <- name
		permit <- struct{}{}
	}
	go enter("red", red)
	go enter("blue", blue)
	time.Sleep(time.Minute) // until both listen
	for range 2 {
		select {
		case red <- struct{}{}:
		case blue <- struct{}{}:
		}
		<-permit
	}
	order := []string{<-entered, <-entered}
	return strings.Join(order, " before "), nil
}
