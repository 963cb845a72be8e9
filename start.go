// The options of a start.

package pawl

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
)

// StartOption is an option of a generated Start function.
type StartOption = client.StartOption

// RunTimeout sets how long the run may stay open. It is then closed with [StatusTimedOut]. It overrides the timeout of
// the workflow's directive. A start with a negative timeout is refused.
func RunTimeout(d time.Duration) StartOption { return client.RunTimeout(d) }

// RunRetention sets how long the run stays readable after it closed, at least one second. Default 72 h. More than 100 years
// count as 100 years.
func RunRetention(d time.Duration) StartOption { return client.RunRetention(d) }

// RunQueue sets the task queue of the run. Default: the task queue of the workflow.
func RunQueue(name string) StartOption { return client.RunQueue(name) }

// RequestID makes the start idempotent: another start with the same workflow id and request id starts nothing, and returns
// a handle to the same run, until the retention of that run ends.
func RequestID(id string) StartOption { return client.RequestID(id) }

// OnConflict sets what a start does if the workflow id has an open run. Default [ConflictFail].
func OnConflict(p ConflictPolicy) StartOption { return client.OnConflict(p) }

// OnReuse sets whether the id of a closed run may be used again. Default [ReuseAllow].
func OnReuse(p ReusePolicy) StartOption { return client.OnReuse(p) }

// ConflictPolicy is what a start does if its workflow id has an open run.
type ConflictPolicy = history.ConflictPolicy

// The conflict policies.
const (
	ConflictFail        ConflictPolicy = history.ConflictFail        // return an AlreadyStartedError
	ConflictUseExisting ConflictPolicy = history.ConflictUseExisting // start nothing, and return a handle to the open run
	ConflictTerminate   ConflictPolicy = history.ConflictTerminate   // terminate the open run, or the one that waits for a worker
)

// ReusePolicy is whether a workflow id may be used again after its run closed.
type ReusePolicy = history.ReusePolicy

// The reuse policies. A start that they forbid returns an AlreadyStartedError.
const (
	ReuseAllow    ReusePolicy = history.ReuseAllow    // always
	ReuseIfFailed ReusePolicy = history.ReuseIfFailed // unless the run completed
	ReuseReject   ReusePolicy = history.ReuseReject   // never
)
