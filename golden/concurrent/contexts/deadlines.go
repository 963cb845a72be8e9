package contexts

// Deadlines: of the tree, of a stage, of an activity; and what is left of one.

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// ShorterWins nests timeouts both ways round; the shorter one always counts.
//
//pawl:workflow
func ShorterWins(ctx context.Context) (string, error) {
	var log []string
	for _, hours := range [][2]time.Duration{{1, 3}, {3, 1}} {
		start := time.Now()
		outer, cancelOuter := context.WithTimeout(ctx, hours[0]*time.Hour)
		inner, cancelInner := context.WithTimeout(outer, hours[1]*time.Hour)
		<-inner.Done()
		log = append(log, fmt.Sprint(inner.Err() == context.DeadlineExceeded, outer.Err() != nil, elapsed(start)))
		cancelInner()
		cancelOuter()
	}
	return strings.Join(log, ", "), nil
}

// GivenUp waits for an activity no longer than its context allows.
//
//pawl:workflow
func GivenUp(ctx context.Context) (string, error) {
	start := time.Now()
	var log []string
	for _, seconds := range []int{3, 30} {
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		dish, err := Cook(limited, seconds)
		log = append(log, fmt.Sprint(dish, " ", err != nil, " ", limited.Err(), "@", elapsed(start)))
		cancel()
	}
	return strings.Join(log, ", "), nil
}

// Budget gives each of three stages half of what is left; the last one needs more.
//
//pawl:workflow
func Budget(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 80*time.Second)
	defer cancel()
	var shares []time.Duration
	for _, seconds := range []int{30, 20, 60} {
		deadline, _ := ctx.Deadline()
		share := time.Until(deadline).Round(time.Second) / 2
		shares = append(shares, share)
		stage, done := context.WithTimeout(ctx, share)
		_, err := Cook(stage, seconds)
		done()
		if err != nil {
			return fmt.Sprint(shares, " ", stage.Err(), " ", ctx.Err()), nil
		}
	}
	return "all done", nil
}

// Patience doubles the time for each attempt until the dish is done.
//
//pawl:workflow
func Patience(ctx context.Context) (string, error) {
	start := time.Now()
	for attempt, limit := 1, 2*time.Second; attempt < 10; attempt, limit = attempt+1, 2*limit {
		dish, err := func() (string, error) {
			ctx, cancel := context.WithTimeout(ctx, limit)
			defer cancel()
			return Cook(ctx, 7)
		}()
		if err == nil {
			return fmt.Sprint(dish, " at attempt ", attempt, "@", elapsed(start)), nil
		}
	}
	return "never", nil
}

// ClosingTime ends at a point in time, for all who know the deadline.
//
//pawl:workflow
func ClosingTime(ctx context.Context) (string, error) {
	start := time.Now()
	closing := start.Add(8 * time.Hour)
	ctx, cancel := context.WithDeadline(ctx, closing)
	defer cancel()
	served := make(chan int)
	for waiter := range 3 {
		go func() {
			n := 0
			defer func() { served <- n }()
			for {
				timer := time.NewTimer(time.Duration(100*(waiter+1)) * time.Minute)
				select {
				case <-ctx.Done():
					timer.Stop()
					return
				case <-timer.C:
					n++
				}
			}
		}()
	}
	total := <-served + <-served + <-served
	known, _ := ctx.Deadline()
	return fmt.Sprint(total, " ", known.Equal(closing), " ", elapsed(start)), nil
}

// InTheLastSecond has a dish ready in the very second in which the guest leaves: he may have it, or not.
//
//pawl:workflow
func InTheLastSecond(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Hour)
	defer cancel()
	dish := make(chan string, 1)
	go func() {
		time.Sleep(time.Hour)
		dish <- "soup"
	}()
	select {
	case d := <-dish:
		return "eats " + d, nil
	case <-ctx.Done():
		return "leaves with " + <-dish + " on the table", nil
	}
}

// NoDeadline tells a context with one from a context without.
//
//pawl:workflow
func NoDeadline(ctx context.Context) (string, error) {
	background, cancel := context.WithCancel(context.Background())
	_, has := background.Deadline()
	timed, cancelTimed := context.WithTimeout(background, time.Hour)
	_, timedHas := timed.Deadline()
	_, detachedHas := context.WithoutCancel(timed).Deadline()
	cancel()
	<-timed.Done()
	cancelTimed()
	return fmt.Sprint(has, timedHas, detachedHas, " ", timed.Err()), nil
}
