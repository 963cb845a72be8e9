package ratelimits

// Limits and pauses around activities.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Letters sends a letter in each hour, by a ticker.
//
//pawl:workflow
func Letters(ctx context.Context) (string, error) {
	start := time.Now()
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	var sent []string
	for i := range 3 {
		<-ticker.C
		text, err := Send(ctx, i)
		if err != nil {
			return "", err
		}
		sent = append(sent, fmt.Sprintf("%s@%v", text, elapsed(start)))
	}
	return strings.Join(sent, ", "), nil
}

// Patient asks again after pauses that double, until it is answered.
//
//pawl:workflow
func Patient(ctx context.Context) (string, error) {
	start := time.Now()
	for attempt, pause := 1, time.Minute; ; attempt, pause = attempt+1, min(2*pause, 5*time.Minute) {
		answer, err := Query(ctx, attempt, 5)
		switch {
		case errors.Is(err, ErrThrottled):
			time.Sleep(pause)
		case err != nil:
			return "", err
		default:
			return fmt.Sprintf("%s in %v", answer, elapsed(start)), nil
		}
	}
}

// Cooled makes all goroutines wait when one of them is throttled: none sends a request before a shared time.
//
//pawl:workflow
func Cooled(ctx context.Context) (string, error) {
	start := time.Now()
	var mu sync.Mutex
	notBefore := start
	cool := func() {
		mu.Lock()
		defer mu.Unlock()
		notBefore = time.Now().Add(10 * time.Minute)
	}
	pause := func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Until(notBefore)
	}
	var g errgroup.Group
	answers := make([]string, 3)
	for i := range answers {
		g.Go(func() error {
			time.Sleep(time.Duration(i) * 5 * time.Second)
			for attempt := 2; ; attempt++ {
				for d := pause(); d > 0; d = pause() {
					time.Sleep(d)
				}
				answer, err := Query(ctx, attempt, 3-i)
				if errors.Is(err, ErrThrottled) {
					cool()
					continue
				}
				answers[i] = fmt.Sprintf("%s in %v", answer, elapsed(start))
				return err
			}
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return strings.Join(answers, ", "), nil
}

// breaker counts failures in a row. It is open after three of them, and lets one try pass when it has cooled.
type breaker struct {
	failures int
	until    time.Time
}

func (b *breaker) do(ctx context.Context, f func(context.Context) error) error {
	if b.failures >= 3 && time.Now().Before(b.until) {
		return errors.New("open")
	}
	err := f(ctx)
	if err == nil {
		b.failures = 0
		return nil
	}
	b.failures++
	b.until = time.Now().Add(50 * time.Minute)
	return err
}

// Broken asks through a circuit breaker every twenty minutes.
//
//pawl:workflow
func Broken(ctx context.Context) (string, error) {
	var b breaker
	var log []string
	attempt := 0
	for range 9 {
		err := b.do(ctx, func(ctx context.Context) error {
			attempt++
			_, err := Query(ctx, attempt, 5)
			return err
		})
		switch {
		case err == nil:
			log = append(log, "answered")
		case errors.Is(err, ErrThrottled):
			log = append(log, "throttled")
		default:
			log = append(log, err.Error())
		}
		time.Sleep(20 * time.Minute)
	}
	return strings.Join(log, " "), nil
}

// Bulk sends with two goroutines that share the ticks of one ticker.
//
//pawl:workflow
func Bulk(ctx context.Context) (string, error) {
	start := time.Now()
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	numbers := make(chan int, 6)
	for n := range cap(numbers) {
		numbers <- n
	}
	close(numbers)
	var mu sync.Mutex
	sent := map[string]bool{}
	g, ctx := errgroup.WithContext(ctx)
	for range 2 {
		g.Go(func() error {
			for n := range numbers {
				select {
				case <-ticker.C:
				case <-ctx.Done():
					return ctx.Err()
				}
				text, err := Send(ctx, n)
				if err != nil {
					return err
				}
				mu.Lock()
				sent[text] = true
				mu.Unlock()
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d letters in %v", len(sent), elapsed(start)), nil
}

// Hedged asks a second time when the first answer is late, and takes what comes first.
//
//pawl:workflow
func Hedged(ctx context.Context) (string, error) {
	start := time.Now()
	answers := make(chan string, 2)
	ask := func(attempt int) {
		answer, err := Query(ctx, attempt, 1)
		if err != nil {
			answer = err.Error()
		}
		answers <- answer
	}
	go ask(1)
	asked := 1
	hedge := time.AfterFunc(700*time.Millisecond, func() {
		asked++
		ask(2)
	})
	defer hedge.Stop()
	one := <-answers
	two := <-answers
	return fmt.Sprintf("%s, %s, asked %d in %v", one, two, asked, elapsed(start)), nil
}
