package timers

// Tickers: regular ticks, missed ticks, and watchdogs.

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Ticks counts three ticks, and none after Stop.
//
//pawl:workflow
func Ticks(ctx context.Context) (string, error) {
	start := time.Now()
	ticker := time.NewTicker(10 * time.Minute)
	n := 0
	for range ticker.C {
		if n++; n == 3 {
			break
		}
	}
	ticker.Stop()
	at := elapsed(start)
	select {
	case <-ticker.C:
		n++
	case <-time.After(time.Hour):
	}
	return fmt.Sprint(n, " ", at), nil
}

// SlowReader misses ticks: the channel holds one, and the beat goes on.
//
//pawl:workflow
func SlowReader(ctx context.Context) (string, error) {
	start := time.Now()
	ticker := time.NewTicker(10 * time.Minute)
	defer ticker.Stop()
	var log []string
	for range 3 {
		time.Sleep(25 * time.Minute)
		<-ticker.C
		log = append(log, elapsed(start).String())
		<-ticker.C
		log = append(log, elapsed(start).String())
	}
	return strings.Join(log, " "), nil
}

// Faster sets a ticker to another beat in the middle of one.
//
//pawl:workflow
func Faster(ctx context.Context) (string, error) {
	start := time.Now()
	ticker := time.NewTicker(time.Hour)
	defer ticker.Stop()
	<-ticker.C
	time.Sleep(30 * time.Minute)
	ticker.Reset(time.Minute)
	<-ticker.C
	<-ticker.C
	first := elapsed(start)
	ticker.Stop()
	ticker.Reset(5 * time.Hour)
	<-ticker.C
	return fmt.Sprint(first, " ", elapsed(start)), nil
}

// Polling probes at every tick until something is ready.
//
//pawl:workflow
func Polling(ctx context.Context) (string, error) {
	start := time.Now()
	ticks := time.Tick(time.Minute)
	for attempt := 1; ; attempt++ {
		<-ticks
		text, err := Probe(ctx, attempt)
		if err == nil {
			return fmt.Sprint(text, "@", elapsed(start)), nil
		}
	}
}

// Heartbeats are sent until the work is done; the listener notices a pause in them.
//
//pawl:workflow
func Heartbeats(ctx context.Context) (string, error) {
	beats := make(chan int)
	done := make(chan struct{})
	go func() {
		defer close(beats)
		ticker := time.NewTicker(10 * time.Second)
		defer ticker.Stop()
		for n := 1; ; n++ {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			if n == 3 {
				time.Sleep(63 * time.Second)
			}
			select {
			case beats <- n:
			case <-done:
				return
			}
		}
	}()
	time.AfterFunc(125*time.Second, func() { close(done) })
	heard, alarms := 0, 0
	for {
		select {
		case _, ok := <-beats:
			if !ok {
				return fmt.Sprint(heard, " beats, ", alarms, " alarms"), nil
			}
			heard++
		case <-time.After(25 * time.Second):
			alarms++
		}
	}
}

// watchdog calls bark when it has not been fed for some time.
type watchdog struct {
	timer   *time.Timer
	hunger  time.Duration
	counter chan int
}

func newWatchdog(hunger time.Duration) *watchdog {
	w := &watchdog{hunger: hunger, counter: make(chan int, 1)}
	w.counter <- 0
	w.timer = time.AfterFunc(hunger, w.bark)
	return w
}

func (w *watchdog) bark() {
	w.counter <- 1 + <-w.counter
	w.timer.Reset(w.hunger)
}

func (w *watchdog) feed() { w.timer.Reset(w.hunger) }

// Watchdog is fed in time, and later not.
//
//pawl:workflow
func Watchdog(ctx context.Context) (string, error) {
	dog := newWatchdog(10 * time.Minute)
	for range 5 {
		time.Sleep(7 * time.Minute)
		dog.feed()
	}
	fed := <-dog.counter
	dog.counter <- fed
	time.Sleep(35 * time.Minute)
	dog.timer.Stop()
	return fmt.Sprint(fed, " ", <-dog.counter), nil
}

// Lease is renewed while the work goes on, and runs out afterwards.
//
//pawl:workflow
func Lease(ctx context.Context) (string, error) {
	start := time.Now()
	lease := time.NewTimer(15 * time.Second)
	renewals := 0
	ctx, cancel := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() {
		ticker := time.NewTicker(10 * time.Second)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				lease.Reset(15 * time.Second)
				renewals++
			}
		}
	})
	saved := 0
	for range 17 {
		n, err := Save(ctx, "page")
		if err != nil {
			cancel()
			return "", err
		}
		saved += n
	}
	cancel()
	keeper.Wait()
	<-lease.C
	return fmt.Sprint(saved, " ", renewals, " ", elapsed(start)), nil
}

// TwoBeats merges two tickers for an hour; they never tick together.
//
//pawl:workflow
func TwoBeats(ctx context.Context) (string, error) {
	slow, quick := time.NewTicker(25*time.Minute), time.NewTicker(11*time.Minute)
	defer slow.Stop()
	defer quick.Stop()
	end := time.NewTimer(time.Hour)
	var b strings.Builder
beat:
	for {
		select {
		case <-slow.C:
			b.WriteByte('S')
		case <-quick.C:
			b.WriteByte('q')
		case <-end.C:
			break beat
		}
	}
	return b.String(), nil
}

// LastTick stops a clock in the second of its third tick: it has ticked twice or three times.
//
//pawl:workflow
func LastTick(ctx context.Context) (string, error) {
	ticker := time.NewTicker(time.Minute)
	stop := time.NewTimer(3 * time.Minute)
	for n := 0; ; {
		select {
		case <-ticker.C:
			n++
		case <-stop.C:
			ticker.Stop()
			return fmt.Sprint(n, " ticks"), nil
		}
	}
}
