package conds

// Things that happen once, things that are awaited, and memory without locks.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Initialised makes a table at first use; the three users do not see it half made.
//
//pawl:workflow
func Initialised(ctx context.Context) (string, error) {
	var table struct {
		once  sync.Once
		made  int
		cells map[string]int
	}
	get := func(key string) int {
		table.once.Do(func() {
			table.made++
			table.cells = map[string]int{"a": 1, "b": 2, "c": 3}
		})
		return table.cells[key]
	}
	sum := make(chan int)
	for _, key := range []string{"a", "b", "c"} {
		go func() { sum <- get(key) }()
	}
	total := <-sum + <-sum + <-sum
	return fmt.Sprint(total, " ", table.made), nil
}

// OnceValues reads a setting with a step at its first use, and has it afterwards.
//
//pawl:workflow
func OnceValues(ctx context.Context) (string, error) {
	calls := 0
	limit := sync.OnceValues(func() (int, error) {
		calls++
		return Settings(ctx, "limit")
	})
	sum := 0
	for range 3 {
		n, err := limit()
		if err != nil {
			return "", err
		}
		sum += n
	}
	half := sync.OnceValue(func() int { calls++; return sum / 2 })
	return fmt.Sprint(sum, half(), half(), calls), nil
}

// OnceThatPanics runs once: a OnceFunc panics again at the second call, with the same value, a Once does nothing then.
//
//pawl:workflow
func OnceThatPanics(ctx context.Context) (string, error) {
	calls := 0
	explode := sync.OnceFunc(func() {
		calls++
		panic("boom")
	})
	try := func() (v any) {
		defer func() { v = recover() }()
		explode()
		return nil
	}
	var plain sync.Once
	again := func() (v any) {
		defer func() { v = recover() }()
		plain.Do(func() { panic("bang") })
		return nil
	}
	return fmt.Sprint(try(), try(), calls, again(), again()), nil
}

// future is a value that is set later, which wakes all goroutines that wait for it.
type future[T any] struct {
	mu    sync.Mutex
	ready *sync.Cond
	value *T
	err   error
}

func promise[T any](f func() (T, error)) *future[T] {
	p := new(future[T])
	p.ready = sync.NewCond(&p.mu)
	go func() {
		v, err := f()
		p.mu.Lock()
		p.value, p.err = &v, err
		p.mu.Unlock()
		p.ready.Broadcast()
	}()
	return p
}

func (p *future[T]) get() (T, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.value == nil {
		p.ready.Wait()
	}
	return *p.value, p.err
}

// Futures start two activities and wait for both, one of them from two places.
//
//pawl:workflow
func Futures(ctx context.Context) (string, error) {
	start := time.Now()
	bread := promise(func() (string, error) { return Bake(ctx, 1) })
	wheel := promise(func() (string, error) { return Bake(ctx, 4) })
	pair := promise(func() (string, error) {
		a, err := wheel.get()
		if err != nil {
			return "", err
		}
		b, err := bread.get()
		return a + "+" + b, err
	})
	var got []string
	var errs error
	for _, f := range []*future[string]{bread, wheel, pair} {
		v, err := f.get()
		errs = errors.Join(errs, err)
		got = append(got, fmt.Sprint(v, "@", elapsed(start)))
	}
	return strings.Join(got, " "), errs
}

// until waits for a condition of a state that a lock guards and a Cond announces.
func until(c *sync.Cond, holds func() bool) {
	c.L.Lock()
	defer c.L.Unlock()
	for !holds() {
		c.Wait()
	}
}

// Await has three wait for three sizes of one level.
//
//pawl:workflow
func Await(ctx context.Context) (string, error) {
	start := time.Now()
	level := 0
	changed := sync.NewCond(new(sync.Mutex))
	marks := make([]time.Duration, 3)
	var wg sync.WaitGroup
	for i := range marks {
		wg.Go(func() {
			until(changed, func() bool { return level >= 10*(i+1) })
			marks[i] = elapsed(start)
		})
	}
	for range 6 {
		time.Sleep(time.Hour)
		changed.L.Lock()
		level += 5
		changed.L.Unlock()
		changed.Broadcast()
	}
	wg.Wait()
	return fmt.Sprint(marks), nil
}

// Counters are added to without a lock; one loop retries until its swap succeeds.
//
//pawl:workflow
func Counters(ctx context.Context) (string, error) {
	var sum atomic.Int64
	var old uint32
	var highest atomic.Int32
	var last atomic.Pointer[string]
	var flag atomic.Bool
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sum.Add(int64(i))
			atomic.AddUint32(&old, 1)
			for h := highest.Load(); int32(i) > h && !highest.CompareAndSwap(h, int32(i)); h = highest.Load() {
			}
			flag.Store(true)
			name := "goroutine"
			last.Store(&name)
		}()
	}
	wg.Wait()
	return fmt.Sprint(sum.Load(), atomic.LoadUint32(&old), highest.Load(), flag.Load(), *last.Load()), nil
}

// Registry fills a sync.Map from all sides; the first of a name stays.
//
//pawl:workflow
func Registry(ctx context.Context) (string, error) {
	var m sync.Map
	var kept atomic.Int32
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			name := fmt.Sprint("n", i%4)
			if _, loaded := m.LoadOrStore(name, len(name)); loaded {
				kept.Add(1)
			}
		})
	}
	wg.Wait()
	m.Delete("n3")
	var names []string
	m.Range(func(key, value any) bool {
		names = append(names, fmt.Sprint(key, "=", value))
		return true
	})
	sort.Strings(names)
	_, there := m.Load("n3")
	return fmt.Sprint(names, kept.Load(), there), nil
}

// CopyOnWrite replaces a whole list; a reader keeps the one that it has.
//
//pawl:workflow
func CopyOnWrite(ctx context.Context) (string, error) {
	var list atomic.Pointer[[]int]
	list.Store(&[]int{})
	add := func(v int) {
		for {
			old := list.Load()
			next := append(slices.Clone(*old), v)
			if list.CompareAndSwap(old, &next) {
				return
			}
		}
	}
	before := list.Load()
	var wg sync.WaitGroup
	for v := range 5 {
		wg.Go(func() { add(v) })
	}
	wg.Wait()
	after := slices.Sorted(slices.Values(*list.Load()))
	return fmt.Sprint(len(*before), after), nil
}

// LazyCache computes each value once per key; the lock is not held while a value is computed.
//
//pawl:workflow
func LazyCache(ctx context.Context) (string, error) {
	start := time.Now()
	type entry struct {
		loaf string
		err  error
		done chan struct{}
	}
	var mu sync.Mutex
	entries := map[int]*entry{}
	baked := 0
	get := func(pounds int) (string, error) {
		mu.Lock()
		e := entries[pounds]
		if e == nil {
			e = &entry{done: make(chan struct{})}
			entries[pounds] = e
			baked++
			mu.Unlock()
			e.loaf, e.err = Bake(ctx, pounds)
			close(e.done)
		} else {
			mu.Unlock()
			<-e.done
		}
		return e.loaf, e.err
	}
	loaves := make([]string, 5)
	var wg sync.WaitGroup
	for i, pounds := range []int{1, 2, 1, 2, 1} {
		wg.Go(func() {
			loaf, err := get(pounds)
			if err != nil {
				loaf = err.Error()
			}
			loaves[i] = loaf
		})
	}
	wg.Wait()
	return fmt.Sprint(loaves, baked, elapsed(start)), nil
}
