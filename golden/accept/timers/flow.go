// Package timers waits for timers and tickers of every kind, stops them and sets them anew.
package timers

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Ring rings a bell.
//
//pawl:activity
func Ring(ctx context.Context, bell string) (string, error) { return bell + " rings", nil }

// Day returns what happened, and after how long.
//
//pawl:workflow
func Day(ctx context.Context) (log []string, err error) {
	began := time.Now()
	note := func(a ...any) {
		log = append(log, fmt.Sprint(time.Since(began).Truncate(time.Minute), ": ", fmt.Sprint(a...)))
	}

	<-time.After(time.Minute)
	note("after")

	timer := time.NewTimer(time.Hour)
	note("stopped ", timer.Stop(), timer.Stop(), len(timer.C))
	note("set anew ", timer.Reset(time.Minute), timer.Reset(2*time.Minute))
	<-timer.C
	note("timer ", timer.Stop())

	rang := make(chan string)
	alarm := time.AfterFunc(30*time.Second, func() {
		text, err := Ring(ctx, "alarm")
		if err != nil {
			text = err.Error()
		}
		rang <- text
	})
	never := time.AfterFunc(time.Second, func() { rang <- "never" })
	note(never.Stop(), never.Stop())
	note(<-rang, alarm.Stop())
	alarm.Reset(time.Minute)
	note(<-rang)

	ticker := time.NewTicker(10 * time.Second)
	<-ticker.C
	ticker.Reset(time.Minute)
	for range ticker.C {
		break
	}
	note("ticker")
	ticker.Stop()
	select {
	case <-ticker.C:
		note("unexpected")
	case <-time.After(5 * time.Minute):
		note("stopped tickers are silent")
	}
	n := 0
	for at := range time.Tick(time.Minute) {
		if n++; n == 2 {
			note("tick ", at.Sub(began).Round(time.Minute))
			break
		}
	}
	time.Sleep(0)
	after := time.After
	<-after(5 * time.Minute)
	note("end")
	return log, nil
}
