// Package ratelimits has programs that do things no faster than they may.
package ratelimits

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

//go:generate go tool pawl generate

// ErrThrottled is the error of a service that is asked too much.
var ErrThrottled = errors.New("throttled")

// Send sends a letter, which takes 100 milliseconds.
//
//pawl:activity
func Send(ctx context.Context, number int) (string, error) {
	time.Sleep(100 * time.Millisecond)
	return fmt.Sprintf("letter %d", number), nil
}

// Query is throttled until the given attempt.
//
//pawl:activity final=ErrThrottled
func Query(ctx context.Context, attempt, succeeds int) (string, error) {
	time.Sleep(time.Second)
	if attempt < succeeds {
		return "", fmt.Errorf("attempt %d: %w", attempt, ErrThrottled)
	}
	return fmt.Sprintf("answer at attempt %d", attempt), nil
}

// elapsed is the time since start, to the second.
func elapsed(start time.Time) time.Duration { return time.Since(start).Round(time.Second) }

// log notes what happens, and how long after its start.
type log struct {
	start time.Time
	lines []string
}

func newLog() *log { return &log{start: time.Now()} }

func (l *log) add(what string) {
	l.lines = append(l.lines, fmt.Sprintf("%s@%v", what, time.Since(l.start)))
}

func (l *log) text() string { return strings.Join(l.lines, " ") }
