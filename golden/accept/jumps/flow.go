// Package jumps moves through labels, goto, switches and loops of every form, with durable operations on the way.
package jumps

import (
	"context"
	"fmt"
	"time"
)

//go:generate go tool pawl generate

// Try succeeds at its third attempt, which the workflow counts.
//
//pawl:activity
func Try(ctx context.Context, attempt int) (bool, error) { return attempt == 3, nil }

// shape has kinds that a type switch tells apart.
type shape interface{ area() int }

type (
	square struct{ side int }
	strip  struct{ length, width int }
)

func (s square) area() int { return s.side * s.side }
func (s strip) area() int  { return s.length * s.width }

func describe(s shape) string {
	switch s := s.(type) {
	case nil:
		return "nothing"
	case square:
		time.Sleep(time.Second)
		return fmt.Sprint("square of ", s.side)
	default:
		return fmt.Sprint(s.area())
	}
}

// Jump returns where it has been.
//
//pawl:workflow
func Jump(ctx context.Context) (trace []string, err error) {
	attempt := 0
again:
	attempt++
	if ok, err := Try(ctx, attempt); err != nil {
		return nil, err
	} else if !ok {
		time.Sleep(time.Minute)
		goto again
	}
	trace = append(trace, fmt.Sprint("attempt ", attempt))

rows:
	for row := range 3 {
		for column := 0; ; column++ {
			switch time.Sleep(time.Second); {
			case row == 1:
				continue rows
			case column == 1:
				trace = append(trace, fmt.Sprint(row, column))
				fallthrough
			case column == 3:
				break
			default:
				continue
			}
			if row == 2 {
				break rows
			}
			continue rows
		}
	}
	var functions []func() int
	for i := 0; i < 3; i++ {
		functions = append(functions, func() int { time.Sleep(time.Second); i *= 10; return i })
	}
	for _, f := range functions {
		trace = append(trace, fmt.Sprint(f()))
	}
	for i, r := range "né" {
		trace = append(trace, fmt.Sprint(i, string(r)))
	}
	for _, s := range []shape{square{2}, strip{2, 3}, nil} {
		trace = append(trace, describe(s))
	}
	if time.Sleep(time.Second); attempt > 2 && slow(true) || slow(false) {
		trace = append(trace, "short cut")
	}
	return trace, nil
}

func slow(b bool) bool {
	time.Sleep(time.Second)
	return b
}
