// Package client starts workflows, waits for their results, and inspects and controls runs.
//
// A client does not talk to workers, except for the stacks of goroutines: it reads journals and run summaries, and writes to
// inboxes. A start that was acknowledged takes effect, even if every process dies.
package client

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
)

// ErrNotFound is the error for a workflow id without a run: it was never started, or its retention has passed.
var ErrNotFound = errors.New("no such workflow")

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

// Client accesses the workflows of one namespace. Its methods may be called from many goroutines.
type Client struct {
	store store.Store
	chain *payloads.Chain
	newID func(of string) string
	look  backoff.Policy // the pauses between two looks for the end of a run
}

// New returns a client. chain may be nil. If it has no Objects, st is used for them.
func New(st store.Store, chain *payloads.Chain) *Client { return NewTuned(st, chain, tuning.Tuning{}) }

// NewTuned is like New, and changes what tests change.
func NewTuned(st store.Store, chain *payloads.Chain, t tuning.Tuning) *Client {
	c := payloads.Chain{}
	if chain != nil {
		c = *chain
	}
	if c.Objects == nil {
		c.Objects = st
	}
	c.LimitTo(st.MaxPayload())
	newID := t.NewID
	if newID == nil {
		newID = func(string) string { return journal.NewID() }
	}
	return &Client{st, &c, newID, backoff.Doubling(20*time.Millisecond, cmp.Or(t.LookEvery, 5*time.Second))}
}
