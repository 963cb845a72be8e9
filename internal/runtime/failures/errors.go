// This file holds the errors that the engine itself returns to workflows and clients.

package failures

import (
	"context"
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
	Heartbeat       TimeoutKind = "heartbeat"         // an attempt sent no heartbeat in time
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
	text := fmt.Sprintf("activity %s timed out: %s limit of %v passed", shortName(e.Activity), e.Kind, e.Limit)
	if e.Limit == 0 { // recorded before there was a WorkerLostError
		text = fmt.Sprintf("activity %s timed out: its worker was lost (%s)", shortName(e.Activity), e.Kind)
	}
	return text + lastError(e.Last)
}

// shortName is the name of an activity without the path of its package.
func shortName(activity string) string { return activity[strings.LastIndex(activity, "/")+1:] }

func lastError(err error) string {
	if err == nil {
		return ""
	}
	return "; last error: " + Message(err)
}

// Unwrap returns Last.
func (e *TimeoutError) Unwrap() error { return e.Last }

// Is reports whether target is context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout reports true, as the timeouts of package net do.
func (e *TimeoutError) Timeout() bool { return true }

// WorkerLostError is the error of an activity whose worker was lost during the last attempt that its policy allows: the
// process ended, or could not reach the server any more. The effect of that attempt may or may not have happened. It wraps
// Last, the error of the attempt before, if that failed. It is no timeout: no limit of the activity has passed.
type WorkerLostError struct {
	Activity string
	Attempt  int // the attempt that was lost
	Last     error
}

func (e *WorkerLostError) Error() string {
	return fmt.Sprintf("worker of activity %s was lost during attempt %d, the last one allowed", shortName(e.Activity), e.Attempt) + lastError(e.Last)
}

// Unwrap returns Last.
func (e *WorkerLostError) Unwrap() error { return e.Last }

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
