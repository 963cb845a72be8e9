package timers

// Debouncers, throttles, schedulers: when something is done that is asked for at other times.

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// debounce passes the last of a burst on, when it has been quiet for a while.
func debounce[T any](in <-chan T, quiet time.Duration) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		var last T
		var fire <-chan time.Time
		for {
			select {
			case v, ok := <-in:
				if !ok {
					if fire != nil {
						out <- last
					}
					return
				}
				last, fire = v, time.After(quiet)
			case <-fire:
				out <- last
				fire = nil
			}
		}
	}()
	return out
}

// typist sends letters with pauses between them, in seconds.
func typist(text string, pauses ...int) <-chan string {
	keys := make(chan string)
	go func() {
		defer close(keys)
		for i := range text {
			time.Sleep(time.Duration(pauses[i%len(pauses)]) * time.Second)
			keys <- text[:i+1]
		}
	}()
	return keys
}

// Debounced saves what was typed when the typist takes a rest.
//
//pawl:workflow
func Debounced(ctx context.Context) (string, error) {
	start := time.Now()
	var log []string
	for text := range debounce(typist("pawlhq", 1, 1, 1, 9), 3*time.Second) {
		n, err := Save(ctx, text)
		if err != nil {
			return "", err
		}
		log = append(log, fmt.Sprint(text, n, "@", elapsed(start)))
	}
	return strings.Join(log, " "), nil
}

// debouncer is the same idea as a type: calls put a function off.
type debouncer struct {
	mu    sync.Mutex
	timer *time.Timer
	quiet time.Duration
}

func (d *debouncer) call(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
	}
	d.timer = time.AfterFunc(d.quiet, f)
}

// PutOff calls a function at each of five minutes with a rest in between; only the last of each burst is done.
//
//pawl:workflow
func PutOff(ctx context.Context) (string, error) {
	start := time.Now()
	d := debouncer{quiet: 90 * time.Second}
	done := make(chan string, 5)
	for i, minutes := range []time.Duration{0, 1, 1, 3, 1} {
		time.Sleep(minutes * time.Minute)
		d.call(func() { done <- fmt.Sprint(i, "@", elapsed(start)) })
	}
	return <-done + " " + <-done + fmt.Sprint(" ", len(done)), nil
}

// Throttled lets the first of a burst through, and nothing for a while.
//
//pawl:workflow
func Throttled(ctx context.Context) (string, error) {
	var open time.Time // zero: always in the past
	var passed []string
	for key := range typist("throttle", 2, 3, 7) {
		now := time.Now()
		if now.Before(open) {
			continue
		}
		open = now.Add(6 * time.Second)
		passed = append(passed, key)
	}
	return strings.Join(passed, " "), nil
}

// task is something to do at a time.
type task struct {
	name  string
	at    time.Time
	every time.Duration // 0 for once
}

// scheduler keeps tasks in order of time, and one timer for the first of them.
type scheduler struct {
	add  chan task
	runs chan string
	quit chan struct{}
}

func (s *scheduler) loop(start time.Time) {
	defer close(s.runs)
	var tasks []task
	timer := time.NewTimer(time.Hour)
	timer.Stop()
	arm := func() {
		slices.SortFunc(tasks, func(a, b task) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name)) })
		if len(tasks) > 0 {
			timer.Reset(time.Until(tasks[0].at))
		}
	}
	for {
		select {
		case t := <-s.add:
			tasks = append(tasks, t)
		case <-timer.C:
			t := tasks[0]
			s.runs <- fmt.Sprint(t.name, "@", elapsed(start))
			tasks = tasks[1:]
			if t.every > 0 {
				t.at = t.at.Add(t.every)
				tasks = append(tasks, t)
			}
		case <-s.quit:
			timer.Stop()
			return
		}
		arm()
	}
}

// Scheduler runs single and repeated tasks, added in any order; one of them is added while it waits for another.
//
//pawl:workflow
func Scheduler(ctx context.Context) (string, error) {
	start := time.Now()
	s := &scheduler{make(chan task), make(chan string, 16), make(chan struct{})}
	go s.loop(start)
	in := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
	s.add <- task{"late", in(50), 0}
	s.add <- task{"beat", in(15), 20 * time.Minute}
	time.Sleep(5 * time.Minute)
	s.add <- task{"soon", in(8), 0}
	time.Sleep(55 * time.Minute)
	close(s.quit)
	var log []string
	for r := range s.runs {
		log = append(log, r)
	}
	return strings.Join(log, " "), nil
}

// OnTheHour works at fixed times, though the work itself takes its time; a time that has passed is left out.
//
//pawl:workflow
func OnTheHour(ctx context.Context) (string, error) {
	start := time.Now()
	next := func(now time.Time) time.Time {
		return start.Add((now.Sub(start).Truncate(time.Hour)) + time.Hour)
	}
	var log []string
	for _, minutes := range []time.Duration{10, 70, 5} {
		timer := time.NewTimer(time.Until(next(time.Now())))
		<-timer.C
		log = append(log, elapsed(start).String())
		time.Sleep(minutes * time.Minute)
	}
	return strings.Join(log, " "), nil
}

// Deadlines sorts numbers by sleeping as long as they are big.
//
//pawl:workflow
func Deadlines(ctx context.Context) (string, error) {
	numbers := []int{5, 2, 9, 1, 7}
	out := make(chan int, len(numbers))
	var wg sync.WaitGroup
	for _, n := range numbers {
		wg.Add(1)
		time.AfterFunc(time.Duration(n)*time.Hour, func() {
			defer wg.Done()
			out <- n
		})
	}
	wg.Wait()
	close(out)
	var sorted []int
	for n := range out {
		sorted = append(sorted, n)
	}
	return fmt.Sprint(sorted), nil
}

// Countdown can be held and goes on where it was.
//
//pawl:workflow
func Countdown(ctx context.Context) (string, error) {
	start := time.Now()
	hold := make(chan bool)
	go func() {
		for i, wait := range []time.Duration{25, 60} {
			time.Sleep(wait * time.Second)
			hold <- i == 0
		}
	}()
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	ticks := ticker.C
	n := 5
	for n > 0 {
		select {
		case <-ticks:
			n--
		case held := <-hold:
			if ticks = ticker.C; held {
				ticks = nil
				ticker.Stop()
			} else {
				ticker.Reset(10 * time.Second)
			}
		}
	}
	return fmt.Sprint("lift-off@", elapsed(start)), nil
}
