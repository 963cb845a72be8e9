package fanin

// Gathering the results of activities.

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

// Surveyed measures at once, and adds.
//
//pawl:workflow
func Surveyed(ctx context.Context) (string, error) {
	start := time.Now()
	values, errs := make(chan int), make(chan error)
	for sensor := range 5 {
		go func() {
			v, err := Measure(ctx, sensor)
			if err != nil {
				errs <- err
				return
			}
			values <- v
		}()
	}
	sum := 0
	for range 5 {
		select {
		case v := <-values:
			sum += v
		case err := <-errs:
			return "", err
		}
	}
	return fmt.Sprintf("%d in %v", sum, elapsed(start)), nil
}

// Grouped asks with an errgroup. The error of the closed shop is the first one, and cancels the others' waiting.
//
//pawl:workflow
func Grouped(ctx context.Context) (string, error) {
	var heard sync.Map
	g, ctx := errgroup.WithContext(ctx)
	for _, shop := range []string{"kiosk", "closed"} {
		g.Go(func() error {
			q, err := Ask(ctx, shop)
			if err != nil {
				return err
			}
			heard.Store(q.Shop, true)
			return nil
		})
	}
	g.Go(func() error {
		select {
		case <-ctx.Done():
			heard.Store("cancelled", true)
			return ctx.Err()
		case <-time.After(time.Hour):
			return nil
		}
	})
	err := g.Wait()
	_, kiosk := heard.Load("kiosk")
	_, cancelled := heard.Load("cancelled")
	return fmt.Sprintf("closed %t, kiosk %t, cancelled %t", errors.Is(err, ErrClosed), kiosk, cancelled), nil
}

// survey gathers measurements under a read-write lock.
type survey struct {
	mu     sync.RWMutex
	values map[int]int
}

func (s *survey) measure(ctx context.Context, sensor int) error {
	v, err := Measure(ctx, sensor)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.values[sensor] = v
	s.mu.Unlock()
	return nil
}

func (s *survey) report() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var parts []string
	for sensor, v := range s.values {
		parts = append(parts, fmt.Sprintf("%d:%d", sensor, v))
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// Mapmade fills a map from methods that run at once, and looks at it on the way.
//
//pawl:workflow
func Mapmade(ctx context.Context) (string, error) {
	s := &survey{values: map[int]int{}}
	var g errgroup.Group
	for sensor := 1; sensor <= 4; sensor++ {
		g.Go(func() error { return s.measure(ctx, sensor) })
	}
	time.Sleep(4 * time.Second)
	halfway := s.report()
	if err := g.Wait(); err != nil {
		return "", err
	}
	return halfway + " then " + s.report(), nil
}

// Quorum returns when two of three shops have answered, and lets the third go on.
//
//pawl:workflow
func Quorum(ctx context.Context) (string, error) {
	start := time.Now()
	var wg sync.WaitGroup
	defer wg.Wait()
	votes := make(chan string, 3) // the last vote is not read
	for _, shop := range []string{"deli", "market", "wholesaler"} {
		wg.Go(func() {
			if q, err := Ask(ctx, shop); err == nil {
				votes <- q.Shop
			}
		})
	}
	voted := []string{<-votes, <-votes}
	return fmt.Sprintf("%v in %v", voted, elapsed(start)), nil
}

// Mixed selects between a timer's ticks, an activity and a goroutine that only computes.
//
//pawl:workflow
func Mixed(ctx context.Context) (string, error) {
	measured, computed := make(chan int), make(chan int)
	go func() {
		v, err := Measure(ctx, 3)
		if err != nil {
			v = -1
		}
		measured <- v
	}()
	go func() {
		n := 1
		for i := range 5 {
			n *= i + 1
		}
		time.Sleep(5 * time.Second)
		computed <- n
	}()
	ticker := time.NewTicker(2 * time.Second)
	defer ticker.Stop()
	var log []string
	for len(log) < 5 {
		select {
		case <-ticker.C:
			log = append(log, "tick")
		case v := <-measured:
			log = append(log, fmt.Sprint("measured ", v))
		case v := <-computed:
			log = append(log, fmt.Sprint("computed ", v))
		}
	}
	return strings.Join(log, ", "), nil
}
