package ratelimits

// The beat is given by tickers and timers.

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Ticked takes one item for each tick.
//
//pawl:workflow
func Ticked(ctx context.Context) (string, error) {
	l := newLog()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for i := range 4 {
		<-ticker.C
		l.add(fmt.Sprint(i))
	}
	return l.text(), nil
}

// Bursty saves up to three ticks for a burst.
//
//pawl:workflow
func Bursty(ctx context.Context) (string, error) {
	l := newLog()
	tokens, stop := make(chan time.Time, 3), make(chan struct{})
	for range cap(tokens) {
		tokens <- time.Now()
	}
	var wg sync.WaitGroup
	wg.Go(func() { refill(tokens, stop, 10*time.Second) })
	for i := range 5 {
		<-tokens
		l.add(fmt.Sprint(i))
	}
	time.Sleep(95 * time.Second)
	for i := range 4 {
		<-tokens
		l.add(fmt.Sprint(i))
	}
	close(stop)
	wg.Wait()
	return l.text(), nil
}

// refill adds a token in each period, as long as there is room.
func refill(tokens chan<- time.Time, stop <-chan struct{}, period time.Duration) {
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case now := <-ticker.C:
			select {
			case tokens <- now:
			default:
			}
		case <-stop:
			return
		}
	}
}

// Faster changes the period of a ticker twice, and then stops it.
//
//pawl:workflow
func Faster(ctx context.Context) (string, error) {
	l := newLog()
	ticker := time.NewTicker(time.Hour)
	for _, period := range []time.Duration{30 * time.Minute, time.Minute} {
		<-ticker.C
		l.add("tick")
		ticker.Reset(period)
	}
	<-ticker.C
	l.add("tick")
	ticker.Stop()
	select {
	case <-ticker.C:
		l.add("one too many")
	case <-time.After(24 * time.Hour):
		l.add("silence")
	}
	return l.text(), nil
}

// Lagging is slower than its ticker, which drops ticks that are not received.
//
//pawl:workflow
func Lagging(ctx context.Context) (string, error) {
	l := newLog()
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for i := range 4 {
		<-ticker.C
		l.add(fmt.Sprint(i))
		time.Sleep(2300 * time.Millisecond)
	}
	return l.text(), nil
}

// Ranged ranges over the channel of a ticker until a deadline.
//
//pawl:workflow
func Ranged(ctx context.Context) (string, error) {
	l := newLog()
	end := l.start.Add(50 * time.Minute)
	ticker := time.NewTicker(15 * time.Minute)
	for range ticker.C {
		l.add(time.Until(end).String())
		if time.Until(end) < 15*time.Minute {
			ticker.Stop()
			break
		}
	}
	return l.text(), nil
}

// Spaced waits with one timer that it resets after each item.
//
//pawl:workflow
func Spaced(ctx context.Context) (string, error) {
	l := newLog()
	timer := time.NewTimer(0)
	for i, pause := range []time.Duration{3, 1, 4, 1, 5} {
		<-timer.C
		l.add(fmt.Sprint(i))
		timer.Reset(pause * time.Hour)
	}
	stopped := timer.Stop()
	again := timer.Stop()
	return fmt.Sprint(l.text(), " ", stopped, again), nil
}

// Rearmed has functions that time calls, one of which sets its own timer again.
//
//pawl:workflow
func Rearmed(ctx context.Context) (string, error) {
	l := newLog()
	done := make(chan struct{})
	left := 3
	armed := make(chan *time.Timer, 1)
	armed <- time.AfterFunc(time.Minute, func() {
		l.add("run")
		if left--; left == 0 {
			close(done)
			return
		}
		timer := <-armed
		timer.Reset(time.Duration(left) * 10 * time.Minute)
		armed <- timer
	})
	never := time.AfterFunc(time.Hour, func() { l.add("never") })
	time.Sleep(5 * time.Minute)
	prevented := never.Stop()
	<-done
	return fmt.Sprint(l.text(), " ", prevented, (<-armed).Stop()), nil
}

// Alternating selects between two tickers of different beats, and counts what each got.
//
//pawl:workflow
func Alternating(ctx context.Context) (string, error) {
	quick, slow := time.NewTicker(7*time.Minute), time.NewTicker(11*time.Minute)
	defer quick.Stop()
	defer slow.Stop()
	end := time.After(76 * time.Minute)
	counts := map[string]int{}
	for {
		name := "quick"
		select {
		case <-quick.C:
		case <-slow.C:
			name = "slow"
		case <-end:
			return fmt.Sprint(counts), nil
		}
		counts[name]++
	}
}

// Tie has two timers that fire in the same instant, while the workflow sleeps. It takes one of the two afterwards.
// Either is an outcome.
//
//pawl:workflow
func Tie(ctx context.Context) (string, error) {
	a, b := time.After(time.Minute), time.After(time.Minute)
	time.Sleep(2 * time.Minute)
	select {
	case <-a:
		<-b
		return "a, then b", nil
	case <-b:
		<-a
		return "b, then a", nil
	}
}
