// Package positions asks everywhere where it is, and panics there.
package positions

import (
	"context"
	"fmt"
	"path"
	"runtime"
	"sync"
	"time"
)

//go:generate go tool pawl generate

// here is the line of its caller.
//
//pawl:pure the copy of a function has the lines of the function
func here() string {
	_, file, line, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d", path.Base(file), line)
}

// Note is told where it was called. Its calls, and those of trip, have words of their own, by which a test finds them.
//
//pawl:activity
func Note(ctx context.Context, word string) (string, error) { return word, nil }

// trip panics at one of the places.
func trip(at, place string) {
	if at == place {
		panic(place)
	}
}

// walk is what was seen on the way, and where it ends.
type walk struct {
	at    string
	lines []string
}

func (w *walk) see(line string) { w.lines = append(w.lines, line) }

// method sleeps, for which reason it has a copy.
func (w *walk) method(ctx context.Context) (err error) {
	time.Sleep(time.Second)
	w.see(here())
	trip(w.at, "method")
	defer func() {
		w.see(here())
		trip(w.at, "deferred closure")
		_, err = Note(ctx, "deferred closure")
	}()
	w.see(here())
	return nil
}

// short is one line, and its copy needs more.
func (w *walk) short(ctx context.Context) { Note(ctx, "short"); trip(w.at, "short") }

// goroutines are started in both ways.
func (w *walk) goroutines(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() {
		time.Sleep(time.Second)
		w.see(here())
		trip(w.at, "group")
	})
	all.Add(1)
	go func(word string) {
		defer all.Done()
		w.see(here())
		Note(ctx,
			word)
		trip(w.at, "goroutine")
	}("goroutine")
	all.Wait()
	w.see(here())
}

// channels are received from in all ways, and what comes is assigned where it needs lines of its own.
func (w *walk) channels(ctx context.Context) {
	numbers, done := make(chan int, 3), make(chan bool)
	go func() {
		for n := range 3 {
			numbers <- n
		}
		close(numbers)
		close(done)
	}()
	var seen [3]int
	for _, numbers := range []chan int{numbers, nil} {
		select {
		case n := <-numbers:
			w.see(here())
			trip(w.at, "select")
			select {
			case seen[n] = <-numbers:
				w.see(here())
			case <-time.After(time.Minute):
				w.see(here())
			}
			trip(w.at, "assigned")
		case _, open := <-done:
			w.see(here() + fmt.Sprint(open))
			trip(w.at, "closed")
		}
	}
	for n := range numbers {
		w.see(here() + fmt.Sprint(n))
		trip(w.at, "range")
	}
	Note(ctx, "after channels")
	w.see(here())
}

// calls spread over lines, in an order that is not that of the lines.
func (w *walk) calls(ctx context.Context) {
	note := func(word string) string {
		text, _ := Note(ctx, word)
		return text
	}
	w.see(fmt.Sprint(
		here(),
		note("several lines"), here(),
		func() time.Duration {
			trip(w.at, "literal")
			return time.Since(
				time.Now(),
			)
		}(),
		here(),
	))
	if _, err := Note(ctx, "condition"); err != nil || here() == "" {
		w.see(here())
	} else if text, _ := Note(ctx, "else"); text != "" {
		w.see(here())
		trip(w.at, "else")
	}
	for begun := time.Now(); time.Since(begun) < time.Second; time.Sleep(time.Second) {
		w.see(here())
		trip(w.at, "loop")
	}
	for _, key := range []string{"literal slice"} {
		w.see(here())
		trip(w.at, key)
	}
	for key := range map[string]bool{"map": true} {
		w.see(here() + key)
		trip(w.at, "map")
	}
	w.see(here())
}

// Walk goes everywhere, and panics at one place.
//
//pawl:workflow
func Walk(ctx context.Context, at string) ([]string, error) {
	w := &walk{at: at}
	if err := w.method(ctx); err != nil {
		return nil, err
	}
	w.short(ctx)
	w.goroutines(ctx)
	w.channels(ctx)
	w.calls(ctx)
	return w.lines, nil
}
