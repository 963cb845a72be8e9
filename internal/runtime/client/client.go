// Package client starts workflows, waits for their results, and inspects and controls runs.
//
// A client does not talk to workers, except for the stacks of goroutines: it reads journals and run summaries, and writes to
// inboxes. A start that was acknowledged takes effect, even if every process dies.
package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
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
	return fmt.Sprintf("workflow %q already has a run (%s, %s): use another id, or set a conflict or reuse policy", e.ID, e.RunID, e.Status)
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
}

// New returns a client. chain may be nil. If it has no Objects, st is used for them.
func New(st store.Store, chain *payloads.Chain) *Client {
	c := payloads.Chain{}
	if chain != nil {
		c = *chain
	}
	if c.Objects == nil {
		c.Objects = st
	}
	c.LimitTo(st.MaxPayload())
	return &Client{st, &c, func(string) string { return journal.NewID() }}
}

// SetIDs makes c use newID for ids that the caller of a start does not set: the workflow id, for which of is empty, and the
// id of the request to start workflow of. Run ids are derived from both. The ids must be unique. SetIDs is for tests whose
// random numbers must be the same each time, because they are seeded by run ids. It is called before any start.
func SetIDs(c *Client, newID func(of string) string) { c.newID = newID }

// StartOption changes how a workflow is started.
type StartOption func(*history.StartRequest)

// RequestID makes a start idempotent: starting again with the same id and request id starts nothing and succeeds.
func RequestID(id string) StartOption {
	return func(r *history.StartRequest) { r.RequestID = id }
}

// RunTimeout closes the run as timed out when it is still open this long after its start.
func RunTimeout(d time.Duration) StartOption {
	return func(r *history.StartRequest) { r.Timeout = d }
}

// RunRetention is how long the closed run stays readable. Default DefaultRetention.
func RunRetention(d time.Duration) StartOption {
	return func(r *history.StartRequest) { r.Retention = d }
}

// OnReuse says whether the id of a closed run may be used again. Default ReuseAllow.
func OnReuse(p history.ReusePolicy) StartOption {
	return func(r *history.StartRequest) { r.Reuse = p }
}

// OnConflict says what to do if a run of that id is open. Default ConflictFail.
func OnConflict(p history.ConflictPolicy) StartOption {
	return func(r *history.StartRequest) { r.Conflict = p }
}

// RunQueue has the run worked on by the workers of another task queue than the workflow's own.
func RunQueue(queue string) StartOption {
	return func(r *history.StartRequest) { r.Queue = queue }
}

// DefaultRetention is how long closed runs stay readable.
const DefaultRetention = 72 * time.Hour

// Start begins a run of w. An empty id is replaced by a random one. When it returns without an error, the start is
// stored: the run will happen. It fails with an *AlreadyStartedError if the id is taken.
func (c *Client) Start(ctx context.Context, w *abi.Workflow, id string, in []any, opts ...StartOption) (*Run, error) {
	input, err := payloads.Encode(w.Codec, in)
	if err != nil {
		return nil, fmt.Errorf("start workflow %s: %w", w.Name, err)
	}
	req := &history.StartRequest{Type: w.Name, Queue: w.Queue, ID: id, Input: input}
	runID, err := c.StartRequest(ctx, req, opts...)
	if err != nil {
		return nil, err
	}
	return &Run{c, w, req.ID, runID}, nil
}

// StartRequest is Start without a stub: it completes req, sends it and returns the id of the run.
func (c *Client) StartRequest(ctx context.Context, req *history.StartRequest, opts ...StartOption) (runID string, err error) {
	req.Retention = DefaultRetention
	for _, opt := range opts {
		if opt != nil {
			opt(req)
		}
	}
	if req.ID == "" {
		req.ID = c.newID("")
	}
	if req.RequestID == "" {
		req.RequestID = c.newID(req.ID)
	}
	if err := checkStart(req); err != nil {
		return "", err
	}
	req.RunID = runIDFor(req)
	if err := c.chain.Seal(ctx, journal.ObjectPrefix(req.ID, req.RunID), &req.Input); err != nil {
		return "", fmt.Errorf("start workflow %q: %w", req.ID, err)
	}
	if runID, taken, err := c.taken(ctx, req); taken || err != nil {
		return runID, err
	}
	return c.send(ctx, req)
}

// taken reports whether the id has a run that answers the request: the run of this same request, one to use instead, or
// one that prevents the start.
func (c *Client) taken(ctx context.Context, req *history.StartRequest) (runID string, taken bool, err error) {
	run, err := journal.Read(ctx, c.store, c.chain, req.ID, "")
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	status := statusOf(run)
	switch started := run.Started(); {
	case started != nil && started.RequestID == req.RequestID:
		return run.RunID, true, nil
	case rejected(run, req.RequestID) && req.Conflict == history.ConflictUseExisting:
		return run.RunID, true, nil
	case rejected(run, req.RequestID):
		return "", true, &AlreadyStartedError{req.ID, run.RunID, status}
	case !status.Closed() && req.Conflict == history.ConflictUseExisting:
		return run.RunID, true, nil
	case !status.Closed() && req.Conflict == history.ConflictFail, status.Closed() && !req.Reuse.Allows(status):
		return "", true, &AlreadyStartedError{req.ID, run.RunID, status}
	}
	return "", false, nil
}

func statusOf(run *journal.Run) history.Status {
	if closed := run.Closed(); closed != nil {
		return history.StatusOf(closed)
	}
	return history.StatusRunning
}

func rejected(run *journal.Run, requestID string) bool {
	for _, rec := range run.Records {
		for _, e := range rec.Events {
			if r, ok := e.Body.(*history.StartRejected); ok && r.RequestID == requestID {
				return true
			}
		}
	}
	return false
}

// send puts the request into the inbox. After that no other start of the id can come first, so one read of the journal
// shows whether the run will start: only an open run can prevent it.
func (c *Client) send(ctx context.Context, req *history.StartRequest) (string, error) {
	msg := store.Message{Queue: req.Queue, ID: req.ID, DedupID: req.ID + "/" + req.RequestID, Data: req.Marshal()}
	for attempts := 1; ; attempts++ {
		err := c.store.SendStart(ctx, msg)
		if err == nil {
			return c.started(ctx, req)
		}
		var pending *store.PendingStartError
		if !errors.As(err, &pending) {
			return "", fmt.Errorf("start workflow %q: it is not known whether it was sent: %w; start it again with the same request id", req.ID, err)
		}
		if runID, err := c.joinPending(ctx, req, pending); runID != "" || err != nil {
			return runID, err
		}
		if err := retry.Wait(ctx, attempts); err != nil {
			return "", fmt.Errorf("workflow %q was not started, because the start of its previous run is still pending: %w", req.ID, err)
		}
	}
}

// joinPending handles another start of the same id that is in the inbox: no worker has taken it yet, or its run started
// recently and keeps it there in case its worker dies. It returns no run if the request may be sent again once that start
// is gone.
func (c *Client) joinPending(ctx context.Context, req *history.StartRequest, pending *store.PendingStartError) (runID string, err error) {
	other, err := history.UnmarshalStartRequest(pending.Data)
	if err != nil {
		return "", err
	}
	if other.RequestID == req.RequestID {
		return other.RunID, nil
	}
	run, err := journal.Read(ctx, c.store, c.chain, req.ID, "")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	status, inTheWay := history.StatusRunning, other.RunID
	if err == nil {
		status = statusOf(run)
		if inTheWay = run.RunID; status.Closed() && other.RunID != run.RunID && other.Reuse.Allows(status) {
			status, inTheWay, run = history.StatusRunning, other.RunID, nil // that start will begin a run
		}
	}
	switch {
	case status.Closed() && req.Reuse.Allows(status):
		return "", nil
	case !status.Closed() && req.Conflict == history.ConflictUseExisting:
		return inTheWay, nil
	case !status.Closed() && req.Conflict == history.ConflictTerminate:
		return "", c.replace(ctx, req, run)
	}
	return "", &AlreadyStartedError{req.ID, inTheWay, status}
}

// replace terminates a run that the new one replaces. run is nil if no worker has begun it.
func (c *Client) replace(ctx context.Context, req *history.StartRequest, run *journal.Run) error {
	if run == nil {
		return nil
	}
	queue, err := c.queue(ctx, run, req.ID)
	if err != nil {
		return err
	}
	msg := &history.Message{RunID: run.RunID, Terminate: &history.TerminateRequest{Reason: "replaced by a new start"}}
	dedup := req.RequestID + "/replaces/" + run.RunID
	return c.store.Send(ctx, store.Message{Queue: queue, ID: req.ID, DedupID: dedup, Data: msg.Marshal()})
}

// started waits, if an open run may prevent the start, until a worker has decided.
func (c *Client) started(ctx context.Context, req *history.StartRequest) (string, error) {
	for attempts := 1; ; attempts++ {
		last, err := c.store.Last(ctx, req.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && last.Close != nil && req.Reuse == history.ReuseAllow {
			return req.RunID, nil
		}
		if err != nil {
			return "", fmt.Errorf("the start of workflow %q was sent but is not confirmed: %w", req.ID, err)
		}
		if last.RunID == req.RunID {
			return req.RunID, nil
		}
		if req.Conflict == history.ConflictTerminate {
			return req.RunID, nil
		}
		if runID, taken, err := c.taken(ctx, req); taken || err != nil {
			var already *AlreadyStartedError
			if !errors.As(err, &already) || already.Status.Closed() {
				return runID, err
			}
			if c.startGone(ctx, req) {
				return runID, err
			}
		}
		if err := retry.Wait(ctx, attempts); err != nil {
			return "", fmt.Errorf("the start of workflow %q was sent but no worker has taken it: %w", req.ID, err)
		}
	}
}

// startGone reports whether no start of the id is left in the inbox.
func (c *Client) startGone(ctx context.Context, req *history.StartRequest) bool {
	waiting, err := c.store.Pending(ctx, req.Queue, req.ID)
	if err != nil {
		return false
	}
	for _, p := range waiting {
		if p.Start {
			return false
		}
	}
	return true
}

// Cancel asks the open run of a workflow id to cancel its context. It fails with ErrNotFound if there is none.
func (c *Client) Cancel(ctx context.Context, id, runID, reason string) error {
	return c.tell(ctx, id, runID, "cancel", &history.Message{Cancel: &history.CancelRequest{Reason: reason}})
}

// Terminate closes the open run of a workflow id without involving its code. It fails with ErrNotFound if there is none.
func (c *Client) Terminate(ctx context.Context, id, runID, reason string) error {
	return c.tell(ctx, id, runID, "terminate", &history.Message{Terminate: &history.TerminateRequest{Reason: reason}})
}

// tell sends a message to an open run. An empty runID stands for the newest run.
func (c *Client) tell(ctx context.Context, id, runID, verb string, msg *history.Message) error {
	run, err := journal.Read(ctx, c.store, c.chain, id, runID)
	var corrupt *journal.CorruptError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return c.tellPending(ctx, id, verb, msg)
	case errors.As(err, &corrupt): // a message can be sent even if the history cannot be read
	case err != nil:
		return err
	case statusOf(run).Closed():
		return fmt.Errorf("cannot %s workflow %q: its run has %s: %w", verb, id, statusOf(run), ErrNotFound)
	}
	queue, err := c.queue(ctx, run, id)
	if err != nil {
		return err
	}
	msg.RunID = run.RunID
	if err := c.sealReason(ctx, id, msg); err != nil {
		return fmt.Errorf("cannot %s workflow %q: %w", verb, id, err)
	}
	return c.store.Send(ctx, store.Message{Queue: queue, ID: id, DedupID: journal.NewID(), Data: msg.Marshal()})
}

// tellPending sends a message to a run that was started but that no worker has taken yet.
func (c *Client) tellPending(ctx context.Context, id, verb string, msg *history.Message) error {
	entry, err := c.store.GetEntry(ctx, id)
	if err != nil {
		return fmt.Errorf("cannot %s workflow %q: %w", verb, id, ErrNotFound)
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		return err
	}
	if err := c.sealReason(ctx, id, msg); err != nil {
		return fmt.Errorf("cannot %s workflow %q: %w", verb, id, err)
	}
	return c.store.Send(ctx, store.Message{Queue: info.Queue, ID: id, DedupID: journal.NewID(), Data: msg.Marshal()})
}

// maxReason is the size in bytes of the longest reason for a cancellation or termination.
const maxReason = 8 << 10

// sealReason seals the reason of a request.
func (c *Client) sealReason(ctx context.Context, id string, msg *history.Message) error {
	seal := func(p *history.Payload) error {
		if len(p.Data) > maxReason {
			return fmt.Errorf("the reason has %d bytes, and the limit is %d", len(p.Data), maxReason)
		}
		return c.chain.Seal(ctx, journal.ObjectPrefix(id, msg.RunID), p)
	}
	if msg.Cancel != nil {
		return history.EditPayloads(msg.Cancel, seal)
	}
	return history.EditPayloads(msg.Terminate, seal)
}

func (c *Client) queue(ctx context.Context, run *journal.Run, id string) (string, error) {
	if started := run.Started(); started != nil {
		return started.Queue, nil
	}
	entry, err := c.store.GetEntry(ctx, id)
	if err != nil {
		return "", fmt.Errorf("workflow %q: task queue unknown: %w", id, err)
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		return "", err
	}
	return info.Queue, nil
}

// retry is how often a start checks again whether it is still blocked.
var retry = backoff.Doubling(10*time.Millisecond, time.Second)

// runIDFor derives the run's id from its request, so that a repeated request has the same run id.
func runIDFor(req *history.StartRequest) string {
	sum := sha256.Sum256([]byte(req.ID + "\x00" + req.RequestID))
	return hex.EncodeToString(sum[:16])
}
