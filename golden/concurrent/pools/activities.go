package pools

// Pools whose workers call activities.

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

// Dispatched lets two workers do five jobs. Equal costs make every schedule take the same time.
//
//pawl:workflow
func Dispatched(ctx context.Context) (string, error) {
	start := time.Now()
	jobs, results := make(chan Job), make(chan Done)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { perform(ctx, jobs, results) })
	}
	go func() {
		for id := range 5 {
			jobs <- Job{ID: id, Seconds: 10}
		}
		close(jobs)
		wg.Wait()
		close(results)
	}()
	var done []string
	for d := range results {
		done = append(done, d.Result)
	}
	slices.Sort(done)
	return fmt.Sprintf("%s in %v", strings.Join(done, ", "), elapsed(start)), nil
}

func perform(ctx context.Context, jobs <-chan Job, results chan<- Done) {
	for job := range jobs {
		d, err := Perform(ctx, job)
		if err != nil {
			d.Result = err.Error()
		}
		results <- d
	}
}

// Tolerant does all jobs although some are broken, and lists those.
//
//pawl:workflow
func Tolerant(ctx context.Context) (string, error) {
	var mu sync.Mutex
	var broken []int
	good := 0
	var g errgroup.Group
	g.SetLimit(3)
	for _, job := range []Job{{1, 2}, {-2, 1}, {3, 3}, {-4, 4}, {5, 1}} {
		g.Go(func() error {
			_, err := Perform(ctx, job)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case errors.Is(err, ErrBroken):
				broken = append(broken, -job.ID)
				return nil
			case err == nil:
				good++
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	slices.Sort(broken)
	return fmt.Sprintf("%d good, broken %v", good, broken), nil
}

// Strict does jobs until one is broken. What has begun is finished, and no new one begins.
//
//pawl:workflow
func Strict(ctx context.Context) (string, error) {
	jobs, stop := make(chan Job), make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	finished := [2]int{}
	for i := range finished {
		wg.Go(func() {
			for job := range jobs {
				if _, err := Perform(ctx, job); err != nil {
					once.Do(func() { close(stop) })
					return
				}
				finished[i]++
			}
		})
	}
	offered := 0
offering:
	for _, job := range []Job{{1, 5}, {2, 3}, {-3, 4}, {4, 6}, {5, 10}, {6, 1}} {
		select {
		case jobs <- job:
			offered++
		case <-stop:
			break offering
		}
	}
	close(jobs)
	wg.Wait()
	return fmt.Sprintf("%d offered, %d finished", offered, finished[0]+finished[1]), nil
}

// Abandoned cancels the context while workers resize, which ends their activities.
//
//pawl:workflow
func Abandoned(ctx context.Context) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	time.AfterFunc(6*time.Second, cancel)
	widths := make(chan int, 6)
	for w := range 6 {
		widths <- 100 * (w + 1)
	}
	close(widths)
	var mu sync.Mutex
	resized, cancelled := 0, 0
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for w := range widths {
				_, err := Resize(ctx, w)
				mu.Lock()
				if err == nil {
					resized++
				} else if errors.Is(err, context.Canceled) {
					cancelled++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return fmt.Sprintf("%d resized, %d cancelled", resized, cancelled), nil
}

// crew is a pool of workers with names, which are bound to it by its methods.
type crew struct {
	jobs chan Job
	logs map[string]chan string
}

func (c *crew) member(ctx context.Context, name string) {
	defer close(c.logs[name])
	for job := range c.jobs {
		d, err := Perform(ctx, job)
		if err != nil {
			c.logs[name] <- name + ": " + err.Error()
			continue
		}
		c.logs[name] <- name + ": " + d.Result
	}
}

// Crewed starts workers by a method value, and reads what each has logged.
//
//pawl:workflow
func Crewed(ctx context.Context) (string, error) {
	c := &crew{jobs: make(chan Job), logs: map[string]chan string{}}
	names := []string{"ida", "jo"}
	for _, name := range names {
		c.logs[name] = make(chan string, 4)
	}
	work := c.member
	for _, name := range names {
		go work(ctx, name)
		c.jobs <- Job{ID: len(name), Seconds: 5} // taken by the only one who is idle
	}
	close(c.jobs)
	var lines []string
	for _, name := range names {
		for line := range c.logs[name] {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, ", "), nil
}

// Halves resizes recursively: each image is a job that may make two new ones.
//
//pawl:workflow
func Halves(ctx context.Context) (string, error) {
	start := time.Now()
	var widths sync.Map
	var split func(width int) error
	split = func(width int) error {
		half, err := Resize(ctx, width)
		if err != nil {
			return err
		}
		widths.Store(half, true)
		if half < 150 {
			return nil
		}
		var g errgroup.Group
		g.Go(func() error { return split(half) })
		g.Go(func() error { return split(half - 50) })
		return g.Wait()
	}
	if err := split(800); err != nil {
		return "", err
	}
	var found []int
	widths.Range(func(width, _ any) bool {
		found = append(found, width.(int))
		return true
	})
	slices.Sort(found)
	return fmt.Sprintf("%v in %v", found, elapsed(start)), nil
}
