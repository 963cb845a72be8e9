// Package client starts workflows, waits for their results, and inspects and controls runs.
//
// A client does not talk to workers, except for the stacks of goroutines: it reads journals and run summaries, and writes to
// inboxes. A start that was acknowledged takes effect, even if every process dies.
package client

import (
	"cmp"
	"log/slog"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
)

// ErrNotFound is the error for a workflow id without a run: it was never started, or its retention has passed.
var ErrNotFound = failures.ErrNotFound

// AlreadyStartedError is the error of a start whose workflow id is taken.
type AlreadyStartedError = failures.AlreadyStartedError

// RunError is the error of a run that did not complete.
type RunError = failures.RunError

// Client accesses the workflows of one namespace. Its methods may be called from many goroutines.
type Client struct {
	store store.Store
	chain *payloads.Chain
	newID func(of string) string
	log   *slog.Logger
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
	look := backoff.Doubling(20*time.Millisecond, cmp.Or(t.LookEvery, 5*time.Second))
	return &Client{st, &c, newID, slog.Default(), look}
}

// SetLogger makes c log to another logger than the default one.
func SetLogger(c *Client, log *slog.Logger) { c.log = log }
