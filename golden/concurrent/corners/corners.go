// Package corners has workflows for corners of packages sync and time and of the language: nil and zero values, copies,
// unusual lockers, timers whose fields are set, and the order of evaluation.
package corners

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// try says what a function panics with.
func try(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "ok"
}

// all says what functions panic with.
func all(fs ...func()) string {
	var texts []string
	for _, f := range fs {
		texts = append(texts, try(f))
	}
	return strings.Join(texts, "; ")
}

// NilSync uses nil pointers to the types of package sync.
//
//pawl:workflow
func NilSync(ctx context.Context) (string, error) {
	var m *sync.Mutex
	var rw *sync.RWMutex
	var wg *sync.WaitGroup
	var c *sync.Cond
	var o *sync.Once
	return all(
		m.Lock, m.Unlock, func() { m.TryLock() },
		rw.Lock, rw.Unlock, rw.RLock, rw.RUnlock, func() { rw.TryLock() }, func() { rw.TryRLock() }, func() { rw.RLocker().Lock() },
		wg.Wait, wg.Done, func() { wg.Add(0) }, func() { wg.Go(func() {}) },
		c.Wait, c.Signal, c.Broadcast,
		func() { o.Do(func() {}) },
	), nil
}

// NilFields uses what is in a nil struct.
//
//pawl:workflow
func NilFields(ctx context.Context) (string, error) {
	var s *struct {
		n int
		sync.Mutex
		wg sync.WaitGroup
	}
	return all(
		func() { s.Lock() }, func() { s.wg.Wait() },
		func() { defer s.Unlock(); panic("after") },
		func() { f := s.Lock; panic(fmt.Sprint("after", f == nil)) },
	), nil
}

// NilLockers defers methods of a nil locker and takes them as values.
//
//pawl:workflow
func NilLockers(ctx context.Context) (string, error) {
	var l sync.Locker
	var typed sync.Locker = (*sync.Mutex)(nil)
	return all(
		func() { l.Lock() },
		func() { defer l.Unlock(); panic("after") },
		func() { f := l.Lock; panic(fmt.Sprint("after", f == nil)) },
		func() { go l.Lock(); panic("after") },
		func() { defer typed.Unlock(); panic("after") },
		func() { sync.NewCond(nil).Wait() },
		func() { sync.NewCond(nil).Signal() },
	), nil
}

// NilTimes uses nil and zero timers and tickers.
//
//pawl:workflow
func NilTimes(ctx context.Context) (string, error) {
	var timer *time.Timer
	var ticker *time.Ticker
	return all(
		func() { timer.Stop() }, func() { timer.Reset(1) }, func() { ticker.Stop() }, func() { ticker.Reset(1) },
		func() { new(time.Timer).Stop() }, func() { new(time.Timer).Reset(1) },
		func() { new(time.Ticker).Stop() }, func() { new(time.Ticker).Reset(1) }, func() { new(time.Ticker).Reset(0) },
		func() { time.NewTicker(0) }, func() { _ = time.Tick(-1) }, func() { time.Sleep(-1) },
	), nil
}

// CopiedCond uses a copy of a condition.
//
//pawl:workflow
func CopiedCond(ctx context.Context) (string, error) {
	var mu sync.Mutex
	used, fresh := sync.NewCond(&mu), sync.NewCond(&mu)
	used.Signal()
	copied := copyOf(used)
	early := copyOf(fresh) // of one that was not used
	mu.Lock()
	defer mu.Unlock()
	return all(copied.Signal, copied.Broadcast, func() { copied.Wait() }, early.Signal, early.Broadcast), nil
}

// FailedWait: a goroutine whose Wait panics does not wait.
//
//pawl:workflow
func FailedWait(ctx context.Context) (string, error) {
	c := sync.NewCond(refusing{})
	text := try(c.Wait)
	c.L = &sync.Mutex{}
	woken := false
	go func() {
		c.L.Lock()
		defer c.L.Unlock()
		c.Wait()
		woken = true
	}()
	time.Sleep(time.Second)
	c.Broadcast()
	time.Sleep(time.Second)
	return fmt.Sprint(text, woken), nil
}

type refusing struct{}

func (refusing) Lock()   {}
func (refusing) Unlock() { panic("not now") }

type (
	counter  struct{ sync.Mutex }
	wrapper  struct{ *counter }
	byLocker struct{ sync.Locker }
	deep     struct {
		name string
		*wrapper
	}
	ignored struct{ n *int }
	hiding  struct { // what it embeds
		sync.Mutex
		n int
	}
	hidingOne struct {
		sync.Mutex
		*hiding
		n int
	}
)

func (h *hiding) Lock()      { h.n++ }
func (h *hiding) Unlock()    { h.n += 10 }
func (h *hidingOne) Lock()   { h.n++ }
func (h *hidingOne) Unlock() { h.n-- }

func (i ignored) Lock()   { *i.n++ }
func (i ignored) Unlock() { *i.n-- }

// Lockers are behind pointers, structs and interfaces.
//
//pawl:workflow
func Lockers(ctx context.Context) (string, error) {
	var rw sync.RWMutex
	rlocker := rw.RLocker()
	w := wrapper{&counter{}}
	n := 0
	lockers := []sync.Locker{
		&sync.Mutex{}, &rw, rlocker, &counter{}, w, &w, deep{"deep", &w}, byLocker{&sync.Mutex{}}, &byLocker{w},
		byLocker{rlocker}, byLocker{byLocker{&counter{}}}, ignored{&n}, byLocker{ignored{&n}},
	}
	var took []string
	for _, l := range lockers {
		l.Lock()
		go l.Unlock()
		l.Lock()
		took = append(took, fmt.Sprintf("%T", l))
		l.Unlock()
		time.Sleep(time.Second)
	}
	return fmt.Sprint(took, n), nil
}

// HidingLockers have methods of their own and embed locks.
//
//pawl:workflow
func HidingLockers(ctx context.Context) (string, error) {
	h, o := &hiding{}, &hidingOne{hiding: &hiding{}}
	var texts []any
	for _, l := range []sync.Locker{h, byLocker{h}, &struct{ *hiding }{h}, wrapped{h}} {
		l.Lock()
		l.Lock()
		l.Unlock()
		texts = append(texts, h.n, h.TryLock())
		h.Mutex.Unlock()
	}
	var l sync.Locker = o
	texts = append(texts, try(func() { l.Lock() }), o.n, o.Mutex.TryLock())
	return fmt.Sprint(texts...), nil
}

type wrapped struct{ *hiding }

// MixedLocker locks directly what is unlocked through an interface, and the other way round.
//
//pawl:workflow
func MixedLocker(ctx context.Context) (string, error) {
	w := wrapper{&counter{}}
	var l sync.Locker = w
	l.Lock()
	go w.Unlock()
	w.Lock()
	go l.Unlock()
	l.Lock()
	defer l.Unlock()
	return fmt.Sprint(w.TryLock()), nil
}

// TimerWithChannel sets the channel of a timer that calls a function.
//
//pawl:workflow
func TimerWithChannel(ctx context.Context) (string, error) {
	c := make(chan time.Time, 1)
	make := func(d time.Duration) *time.Timer {
		t := time.AfterFunc(d, func() { c <- time.Now() })
		t.C = c
		return t
	}
	stopped := make(time.Second)
	text := fmt.Sprint(stopped.Stop(), stopped.Stop())
	time.Sleep(2 * time.Second)
	later := make(time.Second)
	text += fmt.Sprint(later.Reset(time.Hour))
	select {
	case <-later.C:
		text += " early"
	case <-time.After(time.Minute):
		text += " nothing yet"
	}
	begin := time.Now()
	<-later.C
	return fmt.Sprint(text, time.Since(begin), later.Stop()), nil
}

// RangeInOrder assigns to two places, of which one depends on the other.
//
//pawl:workflow
func RangeInOrder(ctx context.Context) (string, error) {
	a, i := [3]int{}, 0
	for i, a[i] = range map[int]int{2: 5} {
	}
	var keys []any
	var key any
	var s struct{ k, v any }
	for key = range map[string]bool{"x": true, "y": false} {
		keys = append(keys, key)
	}
	for s.k, s.v = range map[string]int{"a": 1, "b": 2} {
		if s.k == "a" {
			continue
		}
		keys = append(keys, s.k, s.v)
	}
	for _, a[0] = range map[int]int{7: 8} {
	}
	for a[at(&keys, 1)], a[at(&keys, 2)] = range map[int]int{} {
	}
	for a[at(&keys, 1)] = range map[int]int{3: 4, 4: 5} {
	}
	ch := make(chan int, 3)
	ch <- 2
	close(ch)
	for a[i] = range ch {
	}
	return fmt.Sprint(i, a, keys), nil
}

func at(log *[]any, i int) int {
	*log = append(*log, fmt.Sprint("at", i))
	return i
}

// copyOf copies what go vet finds should not be copied.
func copyOf[T any](p *T) T { return *p }
