// This file holds the errors about whole runs, which clients return, and the calls of children.

package failures

import (
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// ErrNotFound is the error for a workflow id without a run: it was never started, or its retention has passed.
var ErrNotFound = errors.New("no such workflow")

// ErrUnanswered says that a run closed without answering an update.
var ErrUnanswered = errors.New("the run closed without answering the update")

// AlreadyStartedError is the error of a start whose workflow id is taken: by an open run, or by a closed run after which the
// reuse policy does not allow another one.
type AlreadyStartedError struct {
	ID     string
	RunID  string
	Status history.Status
}

func (e *AlreadyStartedError) Error() string {
	option := "pawl.OnConflict(pawl.ConflictUseExisting), which returns a handle to that run"
	if e.Status.Closed() {
		option = "pawl.OnReuse(pawl.ReuseAllow), which starts another run"
	}
	return fmt.Sprintf("workflow %q already has a run (%s, %s): use another id, or the option %s", e.ID, e.RunID, e.Status, option)
}

// RunError is the error of a run that did not complete. It wraps the error that the workflow returned, so that errors.Is
// and errors.As work as after a plain call.
type RunError struct {
	ID     string
	RunID  string
	Status history.Status
	Reason string // of a termination
	Err    error  // what the workflow returned; context.DeadlineExceeded if it timed out; nil if it was terminated
}

func (e *RunError) Error() string {
	text := fmt.Sprintf("workflow %q %s", e.ID, e.Status)
	switch {
	case e.Status == history.StatusTimedOut:
		text += ": its workflow timeout has passed"
	case e.Err != nil:
		text += ": " + e.Err.Error()
	case e.Reason != "":
		text += ": " + e.Reason
	}
	return text
}
func (e *RunError) Unwrap() error { return e.Err }
