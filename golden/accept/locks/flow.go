// Package locks lets goroutines meet at everything that sync and sync/atomic have.
package locks

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

//go:generate go tool pawl generate

// Fetch fetches.
//
//pawl:activity
func Fetch(ctx context.Context, n int) (int, error) { return n * n, nil }

// store is guarded by a lock that it embeds.
type store struct {
	sync.Mutex
	sync.WaitGroup
	order []int
}

func (s *store) put(n int) {
	defer s.Done()
	time.Sleep(time.Duration(n) * time.Second)
	s.Lock()
	defer s.Unlock()
	s.order = append(s.order, n)
}

// within runs a function under any lock.
func within(l sync.Locker, fn func()) {
	l.Lock()
	defer l.Unlock()
	fn()
}

// Meet returns what was seen at the locks.
//
//pawl:workflow
func Meet(ctx context.Context) (seen []string, err error) {
	note := func(a ...any) { seen = append(seen, fmt.Sprint(a...)) }
	mutex(note)
	readers(note)
	conditions(note)
	once(ctx, note)
	lockFree(note)
	return seen, nil
}

func mutex(note func(...any)) {
	s := &store{}
	for n := range 3 {
		s.Add(1)
		go s.put(n)
	}
	s.Wait()
	note(s.order, s.TryLock(), s.TryLock())
	s.Unlock()
	lock, unlock := s.Lock, s.Mutex.Unlock
	lock()
	unlock()
	within(s, func() { note(s.TryLock()) })
}

func readers(note func(...any)) {
	var mu sync.RWMutex
	var wg sync.WaitGroup
	mu.RLock()
	note(mu.TryRLock(), mu.TryLock())
	mu.RUnlock()
	mu.RUnlock()
	written := false
	wg.Go(func() {
		time.Sleep(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		written = true
	})
	within(mu.RLocker(), func() { note(written) })
	wg.Wait()
	within(mu.RLocker(), func() { note(written) })
}

func conditions(note func(...any)) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	cond := sync.NewCond(&mu)
	free := 0
	for range 3 {
		wg.Go(func() {
			cond.L.Lock()
			defer cond.L.Unlock()
			for free == 0 {
				cond.Wait()
			}
			free--
		})
	}
	time.Sleep(time.Second)
	mu.Lock()
	free++
	mu.Unlock()
	cond.Signal()
	time.Sleep(time.Second)
	mu.Lock()
	note(free)
	free = 2
	mu.Unlock()
	cond.Broadcast()
	wg.Wait()
	note(free)
}

func once(ctx context.Context, note func(...any)) {
	var first sync.Once
	var wg sync.WaitGroup
	var calls, sum atomic.Int64
	square := sync.OnceValues(func() (int, error) { calls.Add(1); return Fetch(ctx, 7) })
	for range 3 {
		wg.Go(func() {
			first.Do(func() { calls.Add(10) })
			n, _ := square()
			sum.Add(int64(n))
		})
	}
	wg.Wait()
	hello := sync.OnceFunc(func() { calls.Add(100) })
	hello()
	hello()
	size := sync.OnceValue(func() int { return int(calls.Add(1000)) })
	note(sum.Load(), size() == size(), calls.Load())
}

func lockFree(note func(...any)) {
	var ages sync.Map
	var names []any
	for _, name := range []string{"Cy", "Ada", "Bo"} {
		ages.LoadOrStore(name, len(name))
	}
	ages.Delete("Bo")
	ages.Range(func(name, age any) bool {
		time.Sleep(time.Second)
		names = append(names, name)
		return true
	})
	var flag atomic.Bool
	old := flag.Swap(true)
	var count int64
	note(len(names), old, flag.CompareAndSwap(true, false), atomic.AddInt64(&count, 2))
}
