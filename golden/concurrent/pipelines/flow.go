package pipelines

// Flow control: stopping, pausing, dropping, grouping by time.

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Taken stops an endless generator after three values, by closing a channel, and waits for its end.
//
//pawl:workflow
func Taken(ctx context.Context) (string, error) {
	done, stopped := make(chan struct{}), make(chan string)
	values := make(chan int)
	go func() {
		defer func() { stopped <- "stopped" }()
		for n := 1; ; n *= 2 {
			select {
			case <-done:
				return
			case values <- n:
			}
		}
	}()
	got := []int{<-values, <-values, <-values}
	close(done)
	return fmt.Sprint(got, " ", <-stopped), nil
}

// OrDone reads a channel that is never closed, until the context ends.
//
//pawl:workflow
func OrDone(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 35*time.Minute)
	defer cancel()
	source := make(chan int, 100)
	ticker := time.NewTicker(10 * time.Minute)
	defer ticker.Stop()
	exited := make(chan struct{})
	go func() {
		defer close(exited)
		for n := 0; ; n++ {
			select {
			case <-ticker.C:
				source <- n
			case <-ctx.Done():
				return
			}
		}
	}()
	got := Collect(orDone(ctx, source))
	<-exited
	return fmt.Sprintf("%v, %v", got, ctx.Err()), nil
}

func orDone[T any](ctx context.Context, in <-chan T) <-chan T {
	out := make(chan T)
	go func() {
		defer close(out)
		for {
			select {
			case <-ctx.Done():
				return
			case v, ok := <-in:
				if !ok {
					return
				}
				out <- v
			}
		}
	}()
	return out
}

// Dropped loses what comes while the buffer of a slow consumer is full.
//
//pawl:workflow
func Dropped(ctx context.Context) (string, error) {
	buffer := make(chan int, 1)
	finished := make(chan []int)
	go func() {
		var kept []int
		for n := range buffer {
			kept = append(kept, n)
			time.Sleep(2300 * time.Millisecond)
		}
		finished <- kept
	}()
	var dropped []int
	for n := range 8 {
		select {
		case buffer <- n:
		default:
			dropped = append(dropped, n)
		}
		time.Sleep(time.Second)
	}
	close(buffer)
	return fmt.Sprintf("kept %v, dropped %v", <-finished, dropped), nil
}

// events sends letters after the given pauses in seconds, and closes the channel.
func events(pauses ...int) <-chan string {
	out := make(chan string)
	go func() {
		defer close(out)
		for i, pause := range pauses {
			time.Sleep(time.Duration(pause) * time.Second)
			out <- string(rune('a' + i))
		}
	}()
	return out
}

// Batches groups events by three, or after ten seconds from the first of a group.
//
//pawl:workflow
func Batches(ctx context.Context) (string, error) {
	start := time.Now()
	var batches, batch []string
	flush := func() {
		if len(batch) > 0 {
			batches = append(batches, fmt.Sprintf("%s@%v", strings.Join(batch, ""), time.Since(start)))
		}
		batch = nil
	}
	timer := time.NewTimer(0)
	timer.Stop()
	in := events(1, 1, 1, 1, 15, 2, 2, 30, 3)
	for {
		select {
		case e, ok := <-in:
			if !ok {
				timer.Stop()
				flush()
				return strings.Join(batches, " "), nil
			}
			if batch = append(batch, e); len(batch) == 1 {
				timer.Reset(10 * time.Second)
			}
			if len(batch) == 3 {
				timer.Stop()
				flush()
			}
		case <-timer.C:
			flush()
		}
	}
}

// Debounced keeps the last event before each silence of five seconds.
//
//pawl:workflow
func Debounced(ctx context.Context) (string, error) {
	start := time.Now()
	in := events(1, 2, 2, 9, 1, 20)
	var last string
	var quiet <-chan time.Time
	var kept []string
	for in != nil || quiet != nil {
		select {
		case e, ok := <-in:
			if !ok {
				in = nil
				continue
			}
			last, quiet = e, time.After(5*time.Second)
		case <-quiet:
			kept = append(kept, fmt.Sprintf("%s@%v", last, time.Since(start)))
			quiet = nil
		}
	}
	return strings.Join(kept, " "), nil
}

// Windows counts the events in each window of ten seconds.
//
//pawl:workflow
func Windows(ctx context.Context) (string, error) {
	in := events(1, 3, 5, 4, 18, 7, 2, 21)
	ticker := time.NewTicker(10 * time.Second)
	defer ticker.Stop()
	counts := []int{0}
	for {
		select {
		case _, ok := <-in:
			if !ok {
				return fmt.Sprint(counts), nil
			}
			counts[len(counts)-1]++
		case <-ticker.C:
			counts = append(counts, 0)
		}
	}
}

// Paused holds a stage back while another goroutine wants so: the channel it reads becomes nil.
//
//pawl:workflow
func Paused(ctx context.Context) (string, error) {
	start := time.Now()
	source, toggle := make(chan int), make(chan bool)
	go func() {
		defer close(source)
		for n := range 4 {
			source <- n
			time.Sleep(time.Hour)
		}
	}()
	go func() {
		time.Sleep(90 * time.Minute)
		toggle <- true
		time.Sleep(10 * time.Hour)
		toggle <- false
	}()
	var log []string
	in := (<-chan int)(source)
	for {
		select {
		case n, ok := <-in:
			if !ok {
				return strings.Join(log, " "), nil
			}
			log = append(log, fmt.Sprintf("%d@%v", n, time.Since(start)))
		case paused := <-toggle:
			if in = source; paused {
				in = nil
			}
		}
	}
}
