package conds

// Locks made of locks: readers and writers, semaphores, bathrooms, turns.

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// room is held by many readers or by one writer; a writer that waits keeps new readers out.
type room struct {
	sync.Mutex
	free            *sync.Cond
	readers         int
	writing         bool
	writersInTheWay int
}

func newRoom() *room {
	r := new(room)
	r.free = sync.NewCond(r)
	return r
}

func (r *room) enterReader() {
	r.Lock()
	defer r.Unlock()
	for r.writing || r.writersInTheWay > 0 {
		r.free.Wait()
	}
	r.readers++
}

func (r *room) leaveReader() {
	r.Lock()
	defer r.Unlock()
	r.readers--
	r.free.Broadcast()
}

func (r *room) enterWriter() {
	r.Lock()
	defer r.Unlock()
	r.writersInTheWay++
	for r.writing || r.readers > 0 {
		r.free.Wait()
	}
	r.writersInTheWay--
	r.writing = true
}

func (r *room) leaveWriter() {
	r.Lock()
	defer r.Unlock()
	r.writing = false
	r.free.Broadcast()
}

// ReadersAndWriters lets two readers in together, makes the writer wait for both, and a late reader for the writer.
//
//pawl:workflow
func ReadersAndWriters(ctx context.Context) (string, error) {
	r := newRoom()
	start := time.Now()
	var mu sync.Mutex
	var log []string
	note := func(who string) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, fmt.Sprint(who, "@", elapsed(start)))
	}
	visit := func(who string, at, stay time.Duration, enter, leave func()) {
		time.Sleep(at)
		enter()
		note(who)
		time.Sleep(stay)
		leave()
	}
	var wg sync.WaitGroup
	wg.Go(func() { visit("r1", 1*time.Minute, 10*time.Minute, r.enterReader, r.leaveReader) })
	wg.Go(func() { visit("r2", 2*time.Minute, 6*time.Minute, r.enterReader, r.leaveReader) })
	wg.Go(func() { visit("w", 3*time.Minute, 5*time.Minute, r.enterWriter, r.leaveWriter) })
	wg.Go(func() { visit("r3", 4*time.Minute, 1*time.Minute, r.enterReader, r.leaveReader) })
	wg.Wait()
	return strings.Join(log, " "), nil
}

// turns lets goroutines go on in a given order.
type turns struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
}

func (t *turns) await(n int) {
	t.mu.Lock()
	for t.next != n {
		t.cond.Wait()
	}
	t.mu.Unlock()
}

func (t *turns) done() {
	t.mu.Lock()
	t.next++
	t.mu.Unlock()
	t.cond.Broadcast()
}

// TakingTurns spells a word, one letter per goroutine, though the goroutines start in the wrong order.
//
//pawl:workflow
func TakingTurns(ctx context.Context) (string, error) {
	t := new(turns)
	t.cond = sync.NewCond(&t.mu)
	word := []rune("ratchet")
	var b strings.Builder
	var wg sync.WaitGroup
	for i := len(word) - 1; i >= 0; i-- {
		wg.Add(1)
		go func() {
			defer wg.Done()
			t.await(i)
			defer t.done()
			b.WriteRune(word[i])
		}()
	}
	wg.Wait()
	return b.String(), nil
}

// FizzBuzz has four goroutines that share one counter and one condition.
//
//pawl:workflow
func FizzBuzz(ctx context.Context) (string, error) {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	n, out := 1, []string(nil)
	worker := func(mine func(int) bool, text func(int) string) {
		mu.Lock()
		defer mu.Unlock()
		for n <= 15 {
			if !mine(n) {
				cond.Wait()
				continue
			}
			out = append(out, text(n))
			n++
			cond.Broadcast()
		}
	}
	word := func(s string) func(int) string { return func(int) string { return s } }
	var wg sync.WaitGroup
	wg.Go(func() { worker(func(n int) bool { return n%15 == 0 }, word("FizzBuzz")) })
	wg.Go(func() { worker(func(n int) bool { return n%3 == 0 && n%5 != 0 }, word("Fizz")) })
	wg.Go(func() { worker(func(n int) bool { return n%5 == 0 && n%3 != 0 }, word("Buzz")) })
	wg.Go(func() {
		worker(func(n int) bool { return n%3 != 0 && n%5 != 0 }, func(n int) string { return fmt.Sprint(n) })
	})
	wg.Wait()
	return strings.Join(out, " "), nil
}

// SharedOven allows two bakers at a time through a counter under a condition.
//
//pawl:workflow
func SharedOven(ctx context.Context) (string, error) {
	start := time.Now()
	var mu sync.Mutex
	free := sync.NewCond(&mu)
	inUse, most := 0, 0
	bake := func(pounds int) (string, error) {
		mu.Lock()
		for inUse == 2 {
			free.Wait()
		}
		inUse++
		most = max(most, inUse)
		mu.Unlock()
		defer func() {
			mu.Lock()
			inUse--
			mu.Unlock()
			free.Signal()
		}()
		return Bake(ctx, pounds)
	}
	var failures atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, err := bake(2); err != nil {
				failures.Add(1)
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(most, " at a time, ", failures.Load(), " failed, ", elapsed(start)), nil
}

// Philosophers take both forks at once or wait; each eats three times.
//
//pawl:workflow
func Philosophers(ctx context.Context) (string, error) {
	var table struct {
		sync.Mutex
		taken [5]bool
		meals [5]int
	}
	down := sync.NewCond(&table)
	var wg sync.WaitGroup
	for i := range 5 {
		left, right := i, (i+1)%5
		wg.Go(func() {
			for range 3 {
				table.Lock()
				for table.taken[left] || table.taken[right] {
					down.Wait()
				}
				table.taken[left], table.taken[right] = true, true
				table.Unlock()
				time.Sleep(time.Minute)
				table.Lock()
				table.meals[i]++
				table.taken[left], table.taken[right] = false, false
				table.Unlock()
				down.Broadcast()
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(table.meals), nil
}

// Locks tries locks that are held and locks that are not.
//
//pawl:workflow
func Locks(ctx context.Context) (string, error) {
	var m sync.Mutex
	var rw sync.RWMutex
	var got []bool
	try := func(ok bool, unlock func()) {
		got = append(got, ok)
		if ok {
			unlock()
		}
	}
	try(m.TryLock(), m.Unlock)
	rw.RLock()
	try(rw.TryLock(), rw.Unlock)
	try(rw.TryRLock(), rw.RUnlock)
	rw.RUnlock()
	try(rw.TryLock(), rw.Unlock)
	m.Lock()
	try(m.TryLock(), m.Unlock)
	m.Unlock()
	return fmt.Sprint(got), nil
}

// account can be moved from and to; transfers lock in the order of ids, so that they cannot lock each other out.
type account struct {
	id, cents int
	sync.Mutex
}

func transfer(from, to *account, cents int) bool {
	first, second := from, to
	if first.id > second.id {
		first, second = second, first
	}
	first.Lock()
	defer first.Unlock()
	second.Lock()
	defer second.Unlock()
	if from.cents < cents {
		return false
	}
	from.cents -= cents
	to.cents += cents
	return true
}

// Transfers go back and forth; either both are possible, or the poor one's came too early.
//
//pawl:workflow
func Transfers(ctx context.Context) (string, error) {
	rich, poor := &account{id: 1, cents: 100}, &account{id: 2}
	there, back := make(chan bool), make(chan bool)
	move := func(from, to *account, cents int, done chan<- bool) {
		time.Sleep(time.Hour)
		done <- transfer(from, to, cents)
	}
	go move(rich, poor, 70, there)
	go move(poor, rich, 50, back)
	return fmt.Sprint(<-there, <-back, rich.cents, poor.cents), nil
}

// locked runs f under any lock, also the reading half of one.
func locked(l sync.Locker, f func()) {
	l.Lock()
	defer l.Unlock()
	f()
}

// Lockers uses three kinds of locks through their interface, one of them inside of another's section.
//
//pawl:workflow
func Lockers(ctx context.Context) (string, error) {
	var m sync.Mutex
	var rw sync.RWMutex
	n := 0
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			locked(rw.RLocker(), func() {
				locked(&m, func() { n++ })
			})
			locked(&rw, func() { n += 10 })
		})
	}
	wg.Wait()
	return fmt.Sprint(n), nil
}
