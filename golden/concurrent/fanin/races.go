package fanin

// The first answer, and races that have more than one end.

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// first gives the earliest of many channels, by folding them with a select over two.
func first(ins ...<-chan string) <-chan string {
	out := make(chan string, 1)
	go func() {
		switch len(ins) {
		case 1:
			out <- <-ins[0]
		default:
			select {
			case s := <-ins[0]:
				out <- s
			case s := <-first(ins[1:]...):
				out <- s
			}
		}
	}()
	return out
}

// after sends a text once, some time later, even if no goroutine waits for it anymore.
func after(d time.Duration, text string) <-chan string {
	out := make(chan string, 1)
	time.AfterFunc(d, func() { out <- text })
	return out
}

// Earliest takes the first of three answers, and waits for the rest to have come.
//
//pawl:workflow
func Earliest(ctx context.Context) (string, error) {
	start := time.Now()
	winner := <-first(after(3*time.Hour, "slow"), after(2*time.Hour, "fast"), after(9*time.Hour, "late"))
	took := time.Since(start)
	time.Sleep(10 * time.Hour)
	return fmt.Sprintf("%s in %v", winner, took), nil
}

// Toss has two goroutines that are ready at once; one of them wins. Its outcomes are heads and tails.
//
//pawl:workflow
func Toss(ctx context.Context) (string, error) {
	heads, tails := make(chan string, 1), make(chan string, 1)
	heads <- "heads"
	tails <- "tails"
	var side string
	select {
	case side = <-heads:
	case side = <-tails:
	}
	return side, nil
}

// Finish has three runners who cross the line in the same instant. Any of six orders is an outcome.
//
//pawl:workflow
func Finish(ctx context.Context) (string, error) {
	lanes := make([]chan string, 3)
	for i := range lanes {
		lanes[i] = make(chan string, 1)
		lanes[i] <- string(rune('A' + i))
	}
	var order strings.Builder
	a, b, c := lanes[0], lanes[1], lanes[2]
	for range lanes {
		select {
		case s := <-a:
			a = nil
			order.WriteString(s)
		case s := <-b:
			b = nil
			order.WriteString(s)
		case s := <-c:
			c = nil
			order.WriteString(s)
		}
	}
	return order.String(), nil
}

// Indexed receives straight into elements of an array and of a map.
//
//pawl:workflow
func Indexed(ctx context.Context) (string, error) {
	a, b := after(time.Second, "x"), after(2*time.Second, "y")
	var line [2]string
	words := map[string]string{}
	next := func() int { return len(words) }
	for i := range 2 {
		select {
		case line[i] = <-a:
		case words[fmt.Sprint("word", next())] = <-b:
		}
	}
	return fmt.Sprint(line, words), nil
}

// Cheapest asks three shops, and takes the best price that arrives within six and a half seconds.
//
//pawl:workflow
func Cheapest(ctx context.Context) (string, error) {
	quotes := make(chan Quote, 3)
	for _, shop := range []string{"corner", "aldi", "supermarket"} {
		go func() {
			if q, err := Ask(ctx, shop); err == nil {
				quotes <- q
			}
		}()
	}
	best := Quote{Shop: "nobody", Cents: 1 << 30}
	timeout := time.NewTimer(6500 * time.Millisecond)
	defer timeout.Stop()
	answers := 0
	for waiting := true; waiting; {
		select {
		case q := <-quotes:
			answers++
			if q.Cents < best.Cents {
				best = q
			}
		case <-timeout.C:
			waiting = false
		}
	}
	late := <-quotes
	return fmt.Sprintf("%s of %d in time, then %s", best.Shop, answers, late.Shop), nil
}

// Quickest asks the shops until one sells, and then waits for the others to have answered.
//
//pawl:workflow
func Quickest(ctx context.Context) (string, error) {
	start := time.Now()
	type answer struct {
		quote Quote
		err   error
	}
	answers := make(chan answer)
	shops := []string{"closed", "greengrocer", "baker", "butcher"}
	for _, shop := range shops {
		go func(shop string) {
			q, err := Ask(ctx, shop)
			answers <- answer{q, err}
		}(shop)
	}
	var winner string
	closed := 0
	for range shops {
		switch a := <-answers; {
		case errors.Is(a.err, ErrClosed):
			closed++
		case a.err != nil:
			return "", a.err
		case winner == "":
			winner = fmt.Sprintf("%s in %v", a.quote.Shop, elapsed(start))
		}
	}
	return fmt.Sprintf("%s, %d closed, all in %v", winner, closed, elapsed(start)), nil
}
