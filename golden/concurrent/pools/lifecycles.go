package pools

// Workers that are stopped, replaced, or fail.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Quit stops each worker with a message of its own.
//
//pawl:workflow
func Quit(ctx context.Context) (string, error) {
	jobs, gone := make(chan int), make(chan string)
	quits := map[string]chan bool{}
	for _, name := range []string{"ann", "bob", "cy"} {
		quit := make(chan bool)
		quits[name] = quit
		go func() {
			for {
				select {
				case <-jobs:
				case <-quit:
					gone <- name
					return
				}
			}
		}()
	}
	for i := range 9 {
		jobs <- i
	}
	var order []string
	for _, name := range []string{"bob", "cy", "ann"} {
		quits[name] <- true
		order = append(order, <-gone)
	}
	return strings.Join(order, " "), nil
}

// Supervised starts a worker again when it panics.
//
//pawl:workflow
func Supervised(ctx context.Context) (string, error) {
	jobs := make(chan int, 10)
	for i := range 10 {
		jobs <- i
	}
	close(jobs)
	crashes := make(chan string)
	var did []int
	work := func() {
		defer func() {
			p := recover()
			crashes <- fmt.Sprint(p)
		}()
		for job := range jobs {
			if job%4 == 3 {
				panic(fmt.Sprintf("job %d", job))
			}
			did = append(did, job)
		}
	}
	var log []string
	for {
		go work()
		crash := <-crashes
		log = append(log, crash)
		if crash == "<nil>" {
			return fmt.Sprint(did, log), nil
		}
	}
}

// FailFast stops the group at the first error: the workers see that the context has ended.
//
//pawl:workflow
func FailFast(ctx context.Context) (string, error) {
	start := time.Now()
	g, ctx := errgroup.WithContext(ctx)
	ends := make([]time.Duration, 3)
	for i := range ends {
		g.Go(func() error {
			defer func() { ends[i] = time.Since(start) }()
			if i == 1 {
				time.Sleep(10 * time.Minute)
				return fmt.Errorf("worker %d gives up", i)
			}
			select {
			case <-time.After(time.Duration(i+1) * 7 * time.Minute):
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}
	err := g.Wait()
	return fmt.Sprint(err, " ", ends), nil
}

// Limited has an errgroup that runs two at a time.
//
//pawl:workflow
func Limited(ctx context.Context) (string, error) {
	start := time.Now()
	var g errgroup.Group
	g.SetLimit(2)
	starts := make([]time.Duration, 5)
	for i := range starts {
		g.Go(func() error {
			starts[i] = time.Since(start)
			time.Sleep(time.Duration(10+i) * time.Second)
			return nil
		})
	}
	busy := !g.TryGo(func() error { return errors.New("never runs") })
	if err := g.Wait(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%v, busy %t, %v", starts, busy, time.Since(start)), nil
}

// Resigned gives workers 29 minutes, by a context with a deadline, and counts what they finished.
//
//pawl:workflow
func Resigned(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 29*time.Minute, errors.New("closing time"))
	defer cancel()
	finished := make([]int, 3)
	reasons := make([]string, 3)
	var wg sync.WaitGroup
	for i := range finished {
		wg.Go(func() {
			for {
				select {
				case <-time.After(time.Duration(i+4) * time.Minute):
					finished[i]++
					if i == 2 && finished[i] == 2 {
						reasons[i] = "tired"
						return
					}
				case <-ctx.Done():
					reasons[i] = context.Cause(ctx).Error()
					return
				}
			}
		})
	}
	wg.Wait()
	return fmt.Sprintf("%v %q", finished, reasons), nil
}

// Scaled adds a worker whenever the queue is long, as a ticker sees it.
//
//pawl:workflow
func Scaled(ctx context.Context) (string, error) {
	start := time.Now()
	jobs := make(chan int, 20)
	for i := range 20 {
		jobs <- i
	}
	close(jobs)
	var wg sync.WaitGroup
	hire := func() {
		wg.Go(func() {
			for range jobs {
				time.Sleep(time.Minute)
			}
		})
	}
	hire()
	workers := 1
	ticker := time.NewTicker(150 * time.Second)
	for len(jobs) > 0 {
		<-ticker.C
		if len(jobs) > 4 {
			hire()
			workers++
		}
	}
	ticker.Stop()
	wg.Wait()
	return fmt.Sprintf("%d workers, %v", workers, time.Since(start)), nil
}

// Stolen has workers with queues of their own. One whose queue is empty takes from another's end.
//
//pawl:workflow
func Stolen(ctx context.Context) (string, error) {
	start := time.Now()
	queues := []*deque{{jobs: []int{9, 8, 7, 6, 5}}, {jobs: []int{1}}}
	var wg sync.WaitGroup
	done := make([][]int, len(queues))
	for i, own := range queues {
		other := queues[1-i]
		wg.Go(func() {
			for {
				job, ok := own.pop(0)
				if !ok {
					job, ok = other.pop(-1)
				}
				if !ok {
					return
				}
				time.Sleep(time.Duration(job) * time.Second)
				done[i] = append(done[i], job)
			}
		})
	}
	wg.Wait()
	return fmt.Sprint(done, " in ", time.Since(start)), nil
}

type deque struct {
	mu   sync.Mutex
	jobs []int
}

// pop takes the first job, or the last for a negative end.
func (d *deque) pop(end int) (job int, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.jobs) == 0 {
		return 0, false
	}
	if end < 0 {
		end = len(d.jobs) - 1
	}
	job = d.jobs[end]
	d.jobs = slices.Delete(d.jobs, end, end+1)
	return job, true
}

// Favourite gives one job to two idle workers. Which one takes it is its outcome.
//
//pawl:workflow
func Favourite(ctx context.Context) (string, error) {
	left, right := make(chan string), make(chan string)
	took := make(chan string)
	for _, desk := range []chan string{left, right} {
		go func() {
			name := "left"
			if desk == right {
				name = "right"
			}
			for job := range desk {
				took <- name + " took " + job
			}
		}()
	}
	time.Sleep(time.Second) // until both are idle
	select {
	case left <- "the job":
	case right <- "the job":
	}
	result := <-took
	close(left)
	close(right)
	return result, nil
}
