package conds

// Queues over condition variables: bounded, unbounded, by priority, closed.

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// queue is a bounded buffer with a condition for each side.
type queue[T any] struct {
	mu              sync.Mutex
	notEmpty, space sync.Cond
	items           []T
	size            int
	closed          bool
	fullest         int
}

func newQueue[T any](size int) *queue[T] {
	q := &queue[T]{size: size}
	q.notEmpty.L = &q.mu
	q.space.L = &q.mu
	return q
}

func (q *queue[T]) put(v T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == q.size && !q.closed {
		q.space.Wait()
	}
	if q.closed {
		return false
	}
	q.items = append(q.items, v)
	q.fullest = max(q.fullest, len(q.items))
	q.notEmpty.Signal()
	return true
}

func (q *queue[T]) take() (v T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		if q.closed {
			return v, false
		}
		q.notEmpty.Wait()
	}
	v, q.items = q.items[0], q.items[1:]
	q.space.Signal()
	return v, true
}

func (q *queue[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.notEmpty.Broadcast()
	q.space.Broadcast()
}

// BoundedBuffer moves ten numbers through room for two; they keep their order.
//
//pawl:workflow
func BoundedBuffer(ctx context.Context) (string, error) {
	q := newQueue[int](2)
	go func() {
		defer q.close()
		for i := range 10 {
			q.put(i)
		}
	}()
	var got []int
	for v, ok := q.take(); ok; v, ok = q.take() {
		got = append(got, v)
	}
	return fmt.Sprint(got, q.fullest <= 2), nil
}

// ManySides has three producers and two consumers; nothing is lost and nothing doubled.
//
//pawl:workflow
func ManySides(ctx context.Context) (string, error) {
	q := newQueue[int](3)
	var producers, consumers sync.WaitGroup
	for p := range 3 {
		producers.Go(func() {
			for i := range 4 {
				q.put(10*p + i)
			}
		})
	}
	parts := make([][]int, 2)
	for c := range parts {
		consumers.Go(func() {
			for {
				v, ok := q.take()
				if !ok {
					return
				}
				parts[c] = append(parts[c], v)
			}
		})
	}
	producers.Wait()
	q.close()
	consumers.Wait()
	all := slices.Concat(parts...)
	slices.Sort(all)
	return fmt.Sprint(all), nil
}

// ClosedUnderWaiters wakes a producer that waits for room and says no to it.
//
//pawl:workflow
func ClosedUnderWaiters(ctx context.Context) (string, error) {
	q := newQueue[string](1)
	log := []string{fmt.Sprint(q.put("first"))}
	refused := make(chan bool)
	go func() { refused <- q.put("second") }()
	time.AfterFunc(time.Hour, q.close)
	start := time.Now()
	log = append(log, fmt.Sprint(<-refused, "@", elapsed(start)))
	for range 2 {
		v, ok := q.take()
		log = append(log, fmt.Sprintf("%q %t", v, ok))
	}
	return strings.Join(log, ", "), nil
}

// Bakery bakes what is taken from a queue, as fast as one oven can.
//
//pawl:workflow
func Bakery(ctx context.Context) (string, error) {
	start := time.Now()
	orders, shelf := newQueue[int](2), newQueue[string](9)
	failed := make(chan error, 1)
	go func() {
		defer shelf.close()
		defer close(failed)
		for pounds, ok := orders.take(); ok; pounds, ok = orders.take() {
			loaf, err := Bake(ctx, pounds)
			if err != nil {
				failed <- err
				orders.close()
				return
			}
			shelf.put(fmt.Sprint(loaf, "@", elapsed(start)))
		}
	}()
	for _, pounds := range []int{2, 3, 1, 5} {
		orders.put(pounds)
	}
	orders.close()
	var sold []string
	for loaf, ok := shelf.take(); ok; loaf, ok = shelf.take() {
		sold = append(sold, loaf)
	}
	return strings.Join(sold, " "), <-failed
}

// ranks is a heap of numbers, the smallest on top.
type ranks []int

func (r ranks) Len() int           { return len(r) }
func (r ranks) Less(i, j int) bool { return r[i] < r[j] }
func (r ranks) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ranks) Push(x any)        { *r = append(*r, x.(int)) }
func (r *ranks) Pop() any {
	last := len(*r) - 1
	x := (*r)[last]
	*r = (*r)[:last]
	return x
}

// PriorityQueue gives the smallest of what is there to who has waited.
//
//pawl:workflow
func PriorityQueue(ctx context.Context) (string, error) {
	var mu sync.Mutex
	changed := sync.NewCond(&mu)
	var waiting ranks
	push := func(rs ...int) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rs {
			heap.Push(&waiting, r)
		}
		changed.Signal()
	}
	served := make(chan []int)
	go func() {
		var order []int
		for range 6 {
			mu.Lock()
			for waiting.Len() == 0 {
				changed.Wait()
			}
			order = append(order, heap.Pop(&waiting).(int))
			mu.Unlock()
			time.Sleep(time.Minute)
		}
		served <- order
	}()
	time.Sleep(time.Second)
	push(5, 3, 9)
	time.Sleep(90 * time.Second)
	push(1, 7)
	time.Sleep(time.Hour)
	push(2)
	return fmt.Sprint(<-served), nil
}

var errEmpty = errors.New("still empty")

// takeWithin is take with a limit of time: a timer wakes all who wait, and one of them sees that its time is up.
func (q *queue[T]) takeWithin(d time.Duration) (v T, err error) {
	deadline := time.Now().Add(d)
	wake := time.AfterFunc(d, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.notEmpty.Broadcast()
	})
	defer wake.Stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		if !time.Now().Before(deadline) {
			return v, errEmpty
		}
		q.notEmpty.Wait()
	}
	v, q.items = q.items[0], q.items[1:]
	return v, nil
}

// TimedTake waits in vain, waits with success, and need not wait.
//
//pawl:workflow
func TimedTake(ctx context.Context) (string, error) {
	start := time.Now()
	q := newQueue[string](4)
	go func() {
		time.Sleep(15 * time.Minute)
		q.put("a")
		q.put("b")
	}()
	var log []string
	for range 3 {
		v, err := q.takeWithin(10 * time.Minute)
		log = append(log, fmt.Sprintf("%s %v %v", v, err, elapsed(start)))
	}
	return strings.Join(log, ", "), nil
}

// LastPiece is wanted by two who wait: which one is woken with it is open, the other is sent home.
//
//pawl:workflow
func LastPiece(ctx context.Context) (string, error) {
	q := newQueue[string](1)
	results := make(chan string, 2)
	for _, name := range []string{"ann", "bob"} {
		go func() {
			time.Sleep(time.Minute)
			if cake, ok := q.take(); ok {
				results <- name + " has the " + cake
			}
			results <- ""
		}()
	}
	time.Sleep(time.Hour)
	q.put("cake")
	q.close()
	return <-results + <-results + <-results, nil
}
