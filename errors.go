// The errors of activities and runs.

package pawl

import (
	"errors"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
)

// TimeoutError is the error of an activity that timed out. Its Kind says which of the four timeouts passed. It matches
// context.DeadlineExceeded.
type TimeoutError = failures.TimeoutError

// WorkerLostError is the error of an activity whose worker was lost during the last attempt that its policy allows: the
// process ended, or could not reach the server any more. It is not known whether that attempt had its effect. It does not
// match context.DeadlineExceeded, because no limit has passed. It wraps the error of the attempt before, if that failed.
type WorkerLostError = failures.WorkerLostError

// PanicError is the error of an activity that panicked.
type PanicError = failures.PanicError

// RunError is the error of a run that did not complete. It has the fields ID, RunID, Status, Reason (of a termination)
// and Err. It wraps Err, the error that the workflow returned, so that errors.Is and errors.As work as after a plain
// call.
type RunError = client.RunError

// AlreadyStartedError is the error of a start whose workflow id is taken. It has the fields ID, RunID and Status of the
// run that has the id.
type AlreadyStartedError = client.AlreadyStartedError

// ErrNotFound is the error for a workflow id without a run: it was never started, or its retention has passed.
var ErrNotFound = client.ErrNotFound

// IsNotFound reports whether err is or wraps [ErrNotFound].
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }
