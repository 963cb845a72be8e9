package pools

// Pools around a queue that is no channel: a slice, a heap, and a condition to wait on.

import (
	"container/heap"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// queue is a queue without a bound, which blocks those who find it empty.
type queue[T any] struct {
	mu     sync.Mutex
	filled *sync.Cond
	items  []T
	closed bool
}

func newQueue[T any]() *queue[T] {
	q := &queue[T]{}
	q.filled = sync.NewCond(&q.mu)
	return q
}

func (q *queue[T]) put(items ...T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, item := range items {
		q.items = append(q.items, item)
		q.filled.Signal()
	}
}

func (q *queue[T]) take() (item T, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.filled.Wait()
	}
	if len(q.items) == 0 {
		return item, false
	}
	item, q.items = q.items[0], q.items[1:]
	return item, true
}

func (q *queue[T]) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.filled.Broadcast()
}

// Condition lets four workers wait on one queue, which is filled in bursts.
//
//pawl:workflow
func Condition(ctx context.Context) (string, error) {
	start := time.Now()
	q := newQueue[int]()
	var mu sync.Mutex
	sum := 0
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for n, ok := q.take(); ok; n, ok = q.take() {
				time.Sleep(time.Hour)
				mu.Lock()
				sum += n
				mu.Unlock()
			}
		})
	}
	q.put(1, 2, 3, 4, 5, 6)
	time.Sleep(5 * time.Hour)
	q.put(7, 8)
	q.close()
	wg.Wait()
	return fmt.Sprint(sum, " in ", time.Since(start)), nil
}

// order is a heap of jobs, the shortest first.
type order []Job

func (o order) Len() int           { return len(o) }
func (o order) Less(i, j int) bool { return o[i].Seconds < o[j].Seconds }
func (o order) Swap(i, j int)      { o[i], o[j] = o[j], o[i] }
func (o *order) Push(x any)        { *o = append(*o, x.(Job)) }
func (o *order) Pop() any {
	last := (*o)[len(*o)-1]
	*o = (*o)[:len(*o)-1]
	return last
}

// Shortest gives a worker the shortest job that has arrived. The scheduler is a goroutine that owns the heap.
//
//pawl:workflow
func Shortest(ctx context.Context) (string, error) {
	arrivals, ready := make(chan Job), make(chan Job)
	go func() {
		defer close(ready)
		var waiting order
		in := arrivals
		for in != nil || len(waiting) > 0 {
			var out chan<- Job
			var next Job
			if len(waiting) > 0 {
				out, next = ready, waiting[0]
			}
			select {
			case job, ok := <-in:
				if !ok {
					in = nil
					continue
				}
				heap.Push(&waiting, job)
			case out <- next:
				heap.Pop(&waiting)
			}
		}
	}()
	go func() {
		for i, seconds := range []int{50, 40, 30, 20, 10} {
			arrivals <- Job{ID: i, Seconds: seconds}
			time.Sleep(7 * time.Second)
		}
		close(arrivals)
	}()
	var served []string
	for job := range ready {
		time.Sleep(time.Duration(job.Seconds) * time.Second)
		served = append(served, fmt.Sprint(job.ID))
	}
	return strings.Join(served, " "), nil
}

// Rotated sends jobs to the workers in turn, each with a channel of its own in a slice.
//
//pawl:workflow
func Rotated(ctx context.Context) (string, error) {
	lanes := make([]chan int, 3)
	got := make([][]int, 3)
	var wg sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan int)
		wg.Go(func() {
			for n := range lanes[i] {
				got[i] = append(got[i], n)
			}
		})
	}
	for n := range 8 {
		lanes[n%len(lanes)] <- n
	}
	for _, lane := range lanes {
		close(lane)
	}
	wg.Wait()
	return fmt.Sprint(got), nil
}

// Idle keeps the free workers in a channel of channels: a job goes to the one that has been idle the longest.
//
//pawl:workflow
func Idle(ctx context.Context) (string, error) {
	idle := make(chan chan int, 2)
	finished := make(chan string)
	for i := range 2 {
		time.Sleep(time.Second) // so that the first is idle first
		inbox := make(chan int)
		go func() {
			defer func() { finished <- fmt.Sprint("worker ", i, " left") }()
			idle <- inbox
			for n := range inbox {
				time.Sleep(time.Duration(n) * 10 * time.Second)
				idle <- inbox
			}
		}()
	}
	start := time.Now()
	var at []string
	for _, n := range []int{3, 1, 1, 4, 2} {
		inbox := <-idle
		inbox <- n
		at = append(at, time.Since(start).String())
	}
	for range 2 {
		close(<-idle)
		at = append(at, <-finished)
	}
	return strings.Join(at, " "), nil
}
