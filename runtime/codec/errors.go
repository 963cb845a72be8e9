// This file holds the errors that the engine itself gives to workflows and clients.

package codec

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
	Heartbeat       TimeoutKind = "heartbeat"         // an attempt fell silent, or its worker died
)

// TimeoutError is the error of an activity that timed out. errors.Is(err, context.DeadlineExceeded) holds for it, and
// Unwrap gives the error of the last attempt that failed in another way, if one did.
type TimeoutError struct {
	Kind     TimeoutKind
	Activity string
	Limit    time.Duration
	Last     error
}

func (e *TimeoutError) Error() string {
	name := e.Activity[strings.LastIndex(e.Activity, "/")+1:] // the path of its package is for machines
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

// Is makes a TimeoutError a context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout and Temporary follow net.Error.
func (e *TimeoutError) Timeout() bool { return true }

// PanicError is the error of an activity that panicked.
type PanicError struct {
	Value string // what it panicked with, printed
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
