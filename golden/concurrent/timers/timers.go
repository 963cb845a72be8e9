package timers

// Timers: started, stopped, set again, read late, and called back.

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Stopped does not fire; what Stop says tells whether it came in time.
//
//pawl:workflow
func Stopped(ctx context.Context) (string, error) {
	early, late := time.NewTimer(time.Hour), time.NewTimer(3*time.Hour)
	time.Sleep(2 * time.Hour)
	<-early.C
	said := fmt.Sprint(early.Stop(), late.Stop(), late.Stop())
	select {
	case <-late.C:
		return "fired", nil
	case <-time.After(2 * time.Hour):
		return said, nil
	}
}

// Unread has a timer that fired but was not read: after Stop or Reset there is no old value in its channel.
//
//pawl:workflow
func Unread(ctx context.Context) (string, error) {
	start := time.Now()
	timer := time.NewTimer(time.Hour)
	time.Sleep(2 * time.Hour)
	stopped := timer.Stop()
	old := 0
	select {
	case <-timer.C:
		old++
	default:
	}
	reset := timer.Reset(time.Hour)
	time.Sleep(2 * time.Hour)
	again := timer.Reset(time.Hour)
	<-timer.C
	return fmt.Sprint(stopped, old, reset, again, len(timer.C), elapsed(start)), nil
}

// IdleTimeout is put off by each message, and ends the conversation in the first long silence.
//
//pawl:workflow
func IdleTimeout(ctx context.Context) (string, error) {
	start := time.Now()
	messages := make(chan string)
	leave := make(chan struct{})
	go func() {
		defer close(messages)
		for i, pause := range []time.Duration{5, 9, 8, 30, 1} {
			time.Sleep(pause * time.Minute)
			select {
			case messages <- fmt.Sprint("m", i):
			case <-leave:
				return
			}
		}
	}()
	idle := time.NewTimer(10 * time.Minute)
	defer idle.Stop()
	var log []string
	for {
		select {
		case m := <-messages:
			log = append(log, m)
			if !idle.Stop() {
				<-idle.C // as code from before Go 1.23 does it; never reached here
			}
			idle.Reset(10 * time.Minute)
		case <-idle.C:
			log = append(log, fmt.Sprint("silence@", elapsed(start)))
			close(leave)
			for range messages {
			}
			return strings.Join(log, " "), nil
		}
	}
}

// NoTime has timers with zero and negative durations: they fire immediately.
//
//pawl:workflow
func NoTime(ctx context.Context) (string, error) {
	start := time.Now()
	<-time.After(0)
	<-time.NewTimer(-time.Hour).C
	done := make(chan struct{})
	time.AfterFunc(-1, func() { close(done) })
	<-done
	time.Sleep(-time.Minute)
	return fmt.Sprint("at ", elapsed(start)), nil
}

// SameInstant has two timers go off together: either may be seen first.
//
//pawl:workflow
func SameInstant(ctx context.Context) (string, error) {
	end := time.Now().Add(time.Hour)
	a, b := time.After(time.Until(end)), time.NewTimer(time.Until(end))
	select {
	case <-a:
		<-b.C
		return "a b", nil
	case <-b.C:
		<-a
		return "b a", nil
	}
}

// Callback stops one function before its time, lets another run, and has a third run twice.
//
//pawl:workflow
func Callback(ctx context.Context) (string, error) {
	start := time.Now()
	calls := make(chan string, 4)
	call := func(name string) func() {
		return func() { calls <- fmt.Sprint(name, "@", elapsed(start)) }
	}
	never := time.AfterFunc(time.Hour, call("never"))
	time.AfterFunc(2*time.Hour, call("once"))
	twice := time.AfterFunc(time.Hour, call("twice"))
	time.Sleep(30 * time.Minute)
	said := []bool{never.Stop(), never.Stop()}
	time.Sleep(time.Hour)
	said = append(said, twice.Reset(3*time.Hour), twice.Stop(), twice.Reset(time.Hour))
	time.Sleep(5 * time.Hour)
	log := []string{fmt.Sprint(said)}
	for range 3 {
		log = append(log, <-calls)
	}
	return fmt.Sprint(strings.Join(log, " "), " ", len(calls)), nil
}

// ArmedLater has a channel that is nil until there is something to wait for.
//
//pawl:workflow
func ArmedLater(ctx context.Context) (string, error) {
	start := time.Now()
	in := make(chan int)
	go func() {
		defer close(in)
		for i := range 5 {
			in <- i
			time.Sleep(40 * time.Second)
		}
	}()
	var flush <-chan time.Time
	var pending []int
	var log []string
	source := in
	for source != nil || flush != nil {
		select {
		case v, ok := <-source:
			if !ok {
				source = nil
				continue
			}
			if pending = append(pending, v); flush == nil {
				flush = time.After(time.Minute)
			}
		case <-flush:
			log = append(log, fmt.Sprint(pending, "@", elapsed(start)))
			pending, flush = nil, nil
		}
	}
	return strings.Join(log, " "), nil
}

// BackOff probes until something is ready; the pause between the attempts doubles up to a limit.
//
//pawl:workflow
func BackOff(ctx context.Context) (string, error) {
	start := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	attempt := 0
	for pause := time.Second; ; pause = min(2*pause, 3*time.Second) {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return "", ctx.Err()
		}
		attempt++
		if text, err := Probe(ctx, attempt); err == nil {
			return fmt.Sprint(text, "@", elapsed(start)), nil
		}
		timer.Reset(pause)
	}
}

// session ends by itself unless it is touched.
type session struct {
	expiry *time.Timer
	ended  chan time.Duration
}

func newSession(life time.Duration) *session {
	start := time.Now()
	s := &session{ended: make(chan time.Duration, 1)}
	s.expiry = time.AfterFunc(life, func() { s.ended <- elapsed(start) })
	return s
}

func (s *session) touch(life time.Duration) bool {
	if !s.expiry.Stop() {
		return false
	}
	s.expiry.Reset(life)
	return true
}

// Sessions are touched in time, too late, and not at all.
//
//pawl:workflow
func Sessions(ctx context.Context) (string, error) {
	const life = 30 * time.Minute
	a, b, c := newSession(life), newSession(life), newSession(life)
	time.Sleep(20 * time.Minute)
	inTime := a.touch(life)
	time.Sleep(20 * time.Minute)
	tooLate := b.touch(life)
	return fmt.Sprint(inTime, tooLate, " ", <-a.ended, " ", <-b.ended, " ", <-c.ended), nil
}

// PassedOn gives a timer's channel to a function and its callbacks to another; what counts is when they fire.
//
//pawl:workflow
func PassedOn(ctx context.Context) (string, error) {
	start := time.Now()
	timers := []*time.Timer{time.NewTimer(3 * time.Hour), time.NewTimer(time.Hour), time.NewTimer(2 * time.Hour)}
	order := make(chan int)
	follow := func(i int, c <-chan time.Time) {
		at := <-c
		if at.Sub(start).Round(time.Minute) == time.Since(start).Round(time.Minute) {
			order <- i
			return
		}
		order <- -1
	}
	for i, t := range timers {
		go follow(i, t.C)
	}
	return fmt.Sprint(<-order, <-order, <-order, elapsed(start)), nil
}
