// Package selects has select statements of every form, with the jumps that go in and out of them.
package selects

import (
	"context"
	"fmt"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// Vote takes a time to decide.
//
//pawl:activity
func Vote(ctx context.Context, on string) (string, error) { return "for " + on, nil }

// script is what the workflow says, in its order.
type script struct{ lines []string }

func (s *script) say(a ...any) { s.lines = append(s.lines, strings.TrimSpace(fmt.Sprintln(a...))) }

// of says that an operand is evaluated.
func of[T any](s *script, name string, v T) T { s.say(name); return v }

// Choose returns what was chosen.
//
//pawl:workflow
func Choose(ctx context.Context) (lines []string, err error) {
	s := &script{}
	forms(s)
	operands(s)
	jumps(s)
	if err := race(ctx, s); err != nil {
		return nil, err
	}
	s.say(returns(ctx))
	return s.lines, nil
}

// forms receives and sends in each way that a case can be written.
func forms(s *script) {
	in, out := make(chan int, 4), make(chan any, 2)
	select {
	case v := <-in:
		s.say("unexpected", v)
	default:
		s.say("default")
	}
	for n := range 4 {
		in <- n
	}
	var v int
	var ok bool
	numbers := map[string]int{}
	select {
	case <-in:
	}
	select {
	case v = <-in:
	}
	select {
	case numbers["third"], ok = <-in:
	}
	select {
	case last, ok := <-in:
		s.say(last, ok)
	}
	select {
	case out <- "sent":
	default:
	}
	select {
	case out <- 1:
	default:
	}
	select {
	case out <- nil:
	default:
		s.say("full")
	}
	close(in)
	select {
	case n, ok := <-in:
		s.say(n, ok)
	}
	s.say(v, ok, numbers, <-out, <-out)
}

// operands are evaluated once each, in the order of the source; the left side only of the case that is chosen.
func operands(s *script) {
	full, empty := make(chan int, 1), make(chan int)
	full <- 7
	var list [2]int
	select {
	case of(s, "empty", empty) <- of(s, "value", 1):
	case list[of(s, "index", 1)] = <-of(s, "full", full):
		s.say(list)
	case list[of(s, "never", 0)] = <-of(s, "nil", chan int(nil)):
	}
}

// jumps leaves selects by labels, goto and break, and stands in the middle of a switch that falls through.
func jumps(s *script) {
	ticks := make(chan int, 8)
	for n := range 6 {
		ticks <- n
	}
outer:
	for {
		select {
		case n := <-ticks:
			switch n {
			case 0:
				continue outer
			case 1:
				select {
				default:
					break
				}
				fallthrough
			case 2:
				s.say("fell through", n)
			case 3:
				goto again
			case 5:
				break outer
			}
			continue
		again:
			s.say("went to")
		}
	}
inner:
	select {
	default:
		if len(s.lines) > 0 {
			break inner
		}
		s.say("unexpected")
	}
}

// race waits for an activity, a timer and the end of the run at once.
func race(ctx context.Context, s *script) error {
	vote := make(chan string)
	go func() {
		text, _ := Vote(ctx, "tea")
		time.Sleep(time.Minute)
		vote <- text
	}()
	late := time.After(10 * time.Second)
	for {
		select {
		case text := <-vote:
			s.say(text)
			return nil
		case <-late:
			s.say("late")
			late = nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// returns has a select for its last statement.
func returns(ctx context.Context) string {
	done := make(chan struct{})
	go func() {
		defer close(done)
		time.Sleep(time.Second)
	}()
	select {
	case <-done:
		return "done"
	case <-ctx.Done():
		return "cancelled"
	}
}
