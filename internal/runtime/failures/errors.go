// This file holds the errors that the engine itself returns to workflows and clients.

package failures

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// TimeoutKind says which of an activity's four timeouts passed.
type TimeoutKind string

// The kinds of timeouts.
const (
	StartToClose    TimeoutKind = "start-to-close"    // one attempt took too long
	ScheduleToStart TimeoutKind = "schedule-to-start" // no worker took the activity in time
	ScheduleToClose TimeoutKind = "schedule-to-close" // all attempts together took too long
	Heartbeat       TimeoutKind = "heartbeat"         // an attempt sent no heartbeat in time, or its worker died
)

// TimeoutError is the error of an activity that timed out. It matches context.DeadlineExceeded, and wraps Last, the error
// of the last attempt that failed in another way, if one did.
type TimeoutError struct {
	Kind     TimeoutKind
	Activity string
	Limit    time.Duration
	Last     error
}

func (e *TimeoutError) Error() string {
	name := e.Activity[strings.LastIndex(e.Activity, "/")+1:] // without the path of its package
	text := fmt.Sprintf("activity %s timed out: %s limit of %v passed", name, e.Kind, e.Limit)
	if e.Limit == 0 {
		text = fmt.Sprintf("activity %s timed out: its worker was lost (%s)", name, e.Kind)
	}
	if e.Last != nil {
		text += "; last error: " + e.Last.Error()
	}
	return text
}

// Unwrap returns Last.
func (e *TimeoutError) Unwrap() error { return e.Last }

// Is reports whether target is context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout reports true, as the timeouts of package net do.
func (e *TimeoutError) Timeout() bool { return true }

// PanicError is the error of an activity that panicked.
type PanicError struct {
	Value string // the value of the panic, as text
	Stack string
}

func (e *PanicError) Error() string { return "panic: " + e.Value }

// Final wraps err so that the engine does not retry the activity that returns it. Final(nil) is nil.
func Final(err error) error {
	if err == nil {
		return nil
	}
	return &finalError{err}
}

type finalError struct{ err error }

func (e *finalError) Error() string { return e.err.Error() }
func (e *finalError) Unwrap() error { return e.err }
func (e *finalError) Final() bool   { return true }

// IsFinal reports whether err, or an error in its tree, says that it is final.
func IsFinal(err error) bool {
	var f interface{ Final() bool }
	return errors.As(err, &f) && f.Final()
}
