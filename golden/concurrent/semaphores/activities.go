package semaphores

// Semaphores around activities.

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

// Uploads lets two of five run at a time. They start in order, since the loop acquires.
//
//pawl:workflow
func Uploads(ctx context.Context) (string, error) {
	start := time.Now()
	slots := make(semaphore, 2)
	starts := make([]string, 5)
	errs := make(chan error, 5)
	for i, megabytes := range []int{4, 1, 2, 5, 1} {
		slots.acquire()
		starts[i] = elapsed(start).String()
		go func() {
			defer slots.release()
			_, err := Upload(ctx, megabytes)
			errs <- err
		}()
	}
	for range 5 {
		if err := <-errs; err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s, all in %v", strings.Join(starts, " "), elapsed(start)), nil
}

// Seated reserves seats with a limit for each row.
//
//pawl:workflow
func Seated(ctx context.Context) (string, error) {
	start := time.Now()
	rows := map[int]semaphore{1: make(semaphore, 1), 2: make(semaphore, 3)}
	var mu sync.Mutex
	var seats []int
	var g errgroup.Group
	for seat := range 3 {
		for row := 1; row <= 2; row++ {
			g.Go(func() error {
				rows[row].acquire()
				defer rows[row].release()
				number, err := Reserve(ctx, row, seat)
				if err != nil {
					return err
				}
				mu.Lock()
				defer mu.Unlock()
				seats = append(seats, number)
				return nil
			})
		}
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	slices.Sort(seats)
	return fmt.Sprintf("%v in %v", seats, elapsed(start)), nil
}

// Exclusive serialises what reserves, by a channel as the lock, since the lock is held while an activity runs.
//
//pawl:workflow
func Exclusive(ctx context.Context) (string, error) {
	lock := make(chan struct{}, 1)
	next, total := 0, 0
	g, ctx := errgroup.WithContext(ctx)
	for range 4 {
		g.Go(func() error {
			select {
			case lock <- struct{}{}:
				defer func() { <-lock }()
			case <-ctx.Done():
				return ctx.Err()
			}
			next++
			number, err := Reserve(ctx, next, next)
			total += number
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return fmt.Sprint(next, " reserved, sum ", total), nil
}

// Crowded turns away who would have to wait too long for a slot.
//
//pawl:workflow
func Crowded(ctx context.Context) (string, error) {
	slot := make(semaphore, 1)
	var wg sync.WaitGroup
	results := make([]string, 4)
	for i := range results {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, 6500*time.Millisecond)
			defer cancel()
			if err := slot.acquireContext(ctx); errors.Is(err, context.DeadlineExceeded) {
				results[i] = "turned away"
				return
			}
			defer slot.release()
			size, err := Upload(context.WithoutCancel(ctx), 3)
			results[i] = fmt.Sprint(size, err)
		})
		time.Sleep(2500 * time.Millisecond)
	}
	wg.Wait()
	return strings.Join(results, ", "), nil
}

// Shared makes an upload only once for all who ask for it while it runs.
//
//pawl:workflow
func Shared(ctx context.Context) (string, error) {
	s := &sharing{calls: map[int]*call{}}
	var wg sync.WaitGroup
	sizes := make([]int, 5)
	for i, megabytes := range []int{3, 1, 3, 3, 1} {
		wg.Go(func() { sizes[i] = s.upload(ctx, megabytes) })
		time.Sleep(1300 * time.Millisecond)
	}
	wg.Wait()
	return fmt.Sprintf("%v by %d uploads", sizes, s.uploads), nil
}

// sharing joins calls with the same argument.
type sharing struct {
	mu      sync.Mutex
	calls   map[int]*call
	uploads int
}

type call struct {
	done chan struct{}
	size int
}

func (s *sharing) upload(ctx context.Context, megabytes int) int {
	s.mu.Lock()
	if c, running := s.calls[megabytes]; running {
		s.mu.Unlock()
		<-c.done
		return c.size
	}
	c := &call{done: make(chan struct{})}
	s.calls[megabytes] = c
	s.uploads++
	s.mu.Unlock()

	defer close(c.done)
	size, err := Upload(ctx, megabytes)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.calls, megabytes)
	if err == nil {
		c.size = size
	}
	return size
}
