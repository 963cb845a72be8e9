package pools

// Workers that live as long as the channel of their jobs is open.

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Run applies f to all items with n workers, and keeps the order of the items.
func Run[In, Out any](n int, items []In, f func(In) Out) []Out {
	indices := make(chan int)
	results := make([]Out, len(items))
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for i := range indices {
				results[i] = f(items[i])
			}
		})
	}
	for i := range items {
		indices <- i
	}
	close(indices)
	wg.Wait()
	return results
}

// Fixed lets three workers wait for nine minutes of work.
//
//pawl:workflow
func Fixed(ctx context.Context) (string, error) {
	start := time.Now()
	square := func(n int) int {
		time.Sleep(time.Minute)
		return n * n
	}
	squares := Run(3, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, square)
	return fmt.Sprint(squares, " in ", time.Since(start)), nil
}

// Uneven gives long and short jobs to two workers. The longest decides when it ends.
//
//pawl:workflow
func Uneven(ctx context.Context) (string, error) {
	start := time.Now()
	ends := Run(2, []string{"1h", "7m", "11m", "13m", "2h"}, func(text string) string {
		d, err := time.ParseDuration(text)
		if err != nil {
			return err.Error()
		}
		time.Sleep(d)
		return fmt.Sprintf("%s@%v", text, time.Since(start))
	})
	return strings.Join(ends, " "), nil
}

// Single is a pool of one worker, which keeps the order of jobs.
//
//pawl:workflow
func Single(ctx context.Context) (string, error) {
	jobs, done := make(chan string, 5), make(chan []string)
	go worker(jobs, done)
	for _, job := range []string{"wash", "rinse", "spin"} {
		jobs <- job
	}
	close(jobs)
	return strings.Join(<-done, " "), nil
}

func worker(jobs <-chan string, done chan<- []string) {
	var did []string
	defer func() { done <- did }()
	for job := range jobs {
		did = append(did, job+"ed")
	}
}

// Lazy starts a worker for a job only when all others are busy.
//
//pawl:workflow
func Lazy(ctx context.Context) (string, error) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	var did atomic.Int32
	started := 0
	for i := range 6 {
		select {
		case jobs <- i:
		default:
			started++
			wg.Go(func() {
				did.Add(1)
				time.Sleep(25 * time.Second)
				for range jobs {
					did.Add(1)
					time.Sleep(25 * time.Second)
				}
			})
		}
		time.Sleep(10 * time.Second)
	}
	close(jobs)
	wg.Wait()
	return fmt.Sprintf("%d workers did %d jobs", started, did.Load()), nil
}

// pool is a pool that is kept in a struct, with a queue, and can be closed more than once.
type pool struct {
	tasks chan func()
	wg    sync.WaitGroup
	once  sync.Once
}

func newPool(workers, queue int) *pool {
	p := &pool{tasks: make(chan func(), queue)}
	p.wg.Add(workers)
	for range workers {
		go p.work()
	}
	return p
}

func (p *pool) work() {
	defer p.wg.Done()
	for task := range p.tasks {
		task()
	}
}

func (p *pool) submit(task func()) { p.tasks <- task }

func (p *pool) close() {
	p.once.Do(func() { close(p.tasks) })
	p.wg.Wait()
}

// Submitted hands closures to a pool that is an object.
//
//pawl:workflow
func Submitted(ctx context.Context) (string, error) {
	start := time.Now()
	p := newPool(2, 1)
	defer p.close()
	var mu sync.Mutex
	var done []string
	for i, d := range []time.Duration{5, 3, 7, 11} {
		p.submit(func() {
			time.Sleep(d * time.Second)
			mu.Lock()
			defer mu.Unlock()
			done = append(done, fmt.Sprintf("%d@%v", i, time.Since(start)))
		})
	}
	p.close()
	slices.Sort(done)
	return strings.Join(done, " "), nil
}

// Shy rejects tasks while the queue of the pool is full.
//
//pawl:workflow
func Shy(ctx context.Context) (string, error) {
	p := newPool(1, 2)
	var accepted, rejected []int
	for i := range 7 {
		select {
		case p.tasks <- func() { time.Sleep(100 * time.Second) }:
			accepted = append(accepted, i)
		default:
			rejected = append(rejected, i)
		}
		time.Sleep(30 * time.Second)
	}
	p.close()
	p.close()
	return fmt.Sprintf("accepted %v, rejected %v", accepted, rejected), nil
}

// Recursive adds the sizes of a tree of folders. The workers add jobs themselves, and a counter says when none is left.
//
//pawl:workflow
func Recursive(ctx context.Context) (string, error) {
	folders := map[string][]string{"/": {"a", "b"}, "a": {"c", "d", "e"}, "d": {"f"}}
	jobs := make(chan string, 16)
	var pending sync.WaitGroup
	var visited atomic.Int64
	push := func(folder string) {
		pending.Add(1)
		jobs <- folder
	}
	var workers sync.WaitGroup
	for range 3 {
		workers.Go(func() {
			for folder := range jobs {
				visited.Add(1)
				for _, sub := range folders[folder] {
					push(sub)
				}
				time.Sleep(time.Second)
				pending.Done()
			}
		})
	}
	push("/")
	pending.Wait()
	close(jobs)
	workers.Wait()
	return fmt.Sprint(visited.Load(), " folders"), nil
}
