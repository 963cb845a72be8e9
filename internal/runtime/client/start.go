// This file starts runs. A start is one message in the inbox of its workflow id.

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
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// StartOption changes how a workflow is started.
type StartOption func(*history.StartRequest) error

// RequestID makes a start idempotent: starting again with the same id and request id starts nothing and succeeds, as long as
// a record of the run is kept.
func RequestID(id string) StartOption {
	return func(r *history.StartRequest) error {
		r.RequestID = id
		return nil
	}
}

// RunTimeout closes the run as timed out when it is still open this long after its start.
func RunTimeout(d time.Duration) StartOption {
	return func(r *history.StartRequest) error {
		r.Timeout = d
		return nil
	}
}

// RunRetention is how long the closed run stays readable. Default DefaultRetention.
func RunRetention(d time.Duration) StartOption {
	return func(r *history.StartRequest) error {
		r.Retention = d
		return nil
	}
}

// OnReuse says whether the id of a closed run may be used again. Default ReuseAllow.
func OnReuse(p history.ReusePolicy) StartOption {
	return func(r *history.StartRequest) error {
		r.Reuse = p
		return nil
	}
}

// OnConflict says what to do if a run of that id is open. Default ConflictFail.
func OnConflict(p history.ConflictPolicy) StartOption {
	return func(r *history.StartRequest) error {
		r.Conflict = p
		return nil
	}
}

// RunQueue has the run worked on by the workers of another task queue than the workflow's own.
func RunQueue(queue string) StartOption {
	return func(r *history.StartRequest) error {
		r.Queue = queue
		return nil
	}
}

// DefaultRetention is how long closed runs stay readable.
const DefaultRetention = 72 * time.Hour

// Start begins a run of w. An empty id is replaced by a random one. When it returns without an error, the start is
// stored: the run will happen. It fails with an *AlreadyStartedError if the id is taken.
func (c *Client) Start(ctx context.Context, w *abi.Workflow, id string, in []any, opts ...StartOption) (*Run, error) {
	if c == nil {
		return startInside(ctx, w, id, in, opts)
	}
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
			if err := opt(req); err != nil {
				return "", fmt.Errorf("start workflow %s: %w", req.Type, err)
			}
		}
	}
	if req.ID == "" {
		req.ID = c.newID("")
	}
	req.Named = req.RequestID != ""
	if !req.Named {
		req.RequestID = c.newID(req.ID)
	}
	if err := checkStart(req); err != nil {
		return "", err
	}
	identifySignals(req)
	if req.RunID == "" {
		req.RunID = c.newRunID(req)
	}
	if err := c.sealStart(ctx, req); err != nil {
		return "", fmt.Errorf("start workflow %q: %w", req.ID, err)
	}
	if runID, err = c.startOnce(ctx, req); err != nil || runID == req.RunID {
		return runID, err
	}
	return runID, c.signalExisting(ctx, req, runID)
}

// startOnce sends a complete request, unless it has been served, and returns the id of the run that serves it.
func (c *Client) startOnce(ctx context.Context, req *history.StartRequest) (runID string, err error) {
	if runID, err := c.begun(ctx, req); runID != "" || err != nil {
		return runID, err
	}
	if runID, taken, err := c.taken(ctx, req); taken || err != nil {
		return runID, err
	}
	if req.Conflict == history.ConflictTerminate {
		if err := c.replaceWaiting(ctx, req); err != nil {
			return "", fmt.Errorf("start workflow %q: replace runs that wait: %w", req.ID, err)
		}
	}
	return c.send(ctx, req)
}

// sealStart seals the values of a request.
func (c *Client) sealStart(ctx context.Context, req *history.StartRequest) error {
	prefix := journal.ObjectPrefix(req.ID, req.RunID)
	for i := range req.Signals {
		if err := c.chain.Seal(ctx, prefix, &req.Signals[i].Value); err != nil {
			return err
		}
	}
	return c.chain.Seal(ctx, prefix, &req.Input)
}

// identifySignals gives the signals of a start ids, so that a start that is made again does not send them again.
func identifySignals(req *history.StartRequest) {
	for i := range req.Signals {
		if req.Signals[i].ID == "" {
			req.Signals[i].ID = fmt.Sprintf("start/%s/%d", history.RequestKey(req.RequestID), i)
		}
	}
}

// signalExisting sends the signals of a start to an open run that the start returns, unless an earlier start with the same
// request has begun that run.
func (c *Client) signalExisting(ctx context.Context, req *history.StartRequest, runID string) error {
	if len(req.Signals) == 0 {
		return nil
	}
	begun, err := c.begun(ctx, req)
	if begun != "" || err != nil {
		return err
	}
	for i := range req.Signals {
		if err := c.signal(ctx, req.ID, runID, &req.Signals[i]); err != nil {
			return fmt.Errorf("cannot send signal %s to workflow %q, which is open: %w", req.Signals[i].Name, req.ID, err)
		}
	}
	return nil
}

// begun returns the id of the run that an earlier start with the same request began, or "" if no record of one is kept.
func (c *Client) begun(ctx context.Context, req *history.StartRequest) (runID string, err error) {
	if !req.Named {
		return "", nil
	}
	runID, err = c.store.FindRun(ctx, req.ID, history.RequestKey(req.RequestID))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return runID, err
}

// taken reports whether the id has a run that answers the request: its own, one to use instead, or one that prevents the
// start.
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
	case started != nil && started.RequestID == req.RequestID: // begun in the meantime
		return run.RunID, true, nil
	case rejected(run, req.RequestID) && req.Conflict == history.ConflictUseExisting:
		return run.RunID, true, nil
	case rejected(run, req.RequestID):
		return "", true, &AlreadyStartedError{ID: req.ID, RunID: run.RunID, Status: status}
	case !status.Closed() && req.Conflict == history.ConflictUseExisting:
		return run.RunID, true, nil
	case !status.Closed() && req.Conflict == history.ConflictFail, status.Closed() && !req.Reuse.Allows(status):
		return "", true, &AlreadyStartedError{ID: req.ID, RunID: run.RunID, Status: status}
	}
	return "", false, nil
}

func statusOf(run *journal.Run) history.Status {
	if closed := run.Closed(); closed != nil && !continued(run) {
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

// send puts the request into the inbox. After that no other start of the id can come first, so the journal shows whether the
// run will start: only an open run can prevent it, or one that the same request has begun.
func (c *Client) send(ctx context.Context, req *history.StartRequest) (string, error) {
	msg := store.Message{Queue: req.Queue, ID: req.ID, DedupID: "start/" + req.RunID, Data: req.Marshal()}
	for attempts := 1; ; attempts++ {
		err := c.store.SendStart(ctx, msg)
		if err == nil {
			return c.started(ctx, req)
		}
		var pending *store.PendingStartError
		if !errors.As(err, &pending) {
			return "", fmt.Errorf("start workflow %q: it is not known whether it was sent: %w; start it again with the same request id", req.ID, err)
		}
		runID, behind, err := c.joinPending(ctx, req, pending)
		if runID != "" || err != nil {
			return runID, err
		}
		if behind {
			msg.Behind = pending.Seq
			continue
		}
		if err := retry.Wait(ctx, attempts); err != nil {
			return "", fmt.Errorf("workflow %q was not started, because the start of its previous run is still pending: %w", req.ID, err)
		}
	}
}

// joinPending handles another start of the same id that is in the inbox: no worker has taken it yet, or its run started
// recently and keeps it there in case its worker dies. It returns no run if the request may be sent again: behind that start,
// or once that start is gone.
func (c *Client) joinPending(ctx context.Context, req *history.StartRequest, pending *store.PendingStartError) (runID string, behind bool, err error) {
	other, err := incoming.Start(req.ID, pending.Data)
	if err != nil {
		return "", false, nil // not a start: a worker will remove it
	}
	if other.RequestID == req.RequestID {
		return other.RunID, false, nil
	}
	run, err := journal.Read(ctx, c.store, c.chain, req.ID, "")
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", false, err
	}
	status, inTheWay := history.StatusRunning, other.RunID
	if err == nil {
		status = statusOf(run)
		if inTheWay = run.RunID; status.Closed() && other.RunID != history.FirstRunID(run.RunID) && other.Reuse.Allows(status) {
			status, inTheWay, run = history.StatusRunning, other.RunID, nil // that start will begin a run
		}
	}
	if run == nil || err != nil { // no worker has begun it
		return c.joinWaiting(ctx, req, other)
	}
	switch {
	case status.Closed() && req.Reuse.Allows(status):
		return "", false, nil
	case !status.Closed() && req.Conflict == history.ConflictUseExisting:
		return inTheWay, false, nil
	case !status.Closed() && req.Conflict == history.ConflictTerminate:
		queue, err := c.queue(ctx, run, req.ID)
		if err == nil {
			err = c.replace(ctx, req, queue, run.RunID)
		}
		return "", false, err
	}
	return "", false, &AlreadyStartedError{ID: req.ID, RunID: inTheWay, Status: status}
}

// joinWaiting is joinPending for a start whose run waits for its first worker. If that run is to be terminated, the request
// need not wait for a worker that does it: whoever takes the start will find the request to terminate, and the next start
// behind it.
func (c *Client) joinWaiting(ctx context.Context, req, other *history.StartRequest) (runID string, behind bool, err error) {
	terminated, err := c.terminationRequested(ctx, other)
	switch {
	case err != nil:
		return "", false, err
	case terminated:
		return "", true, nil
	case req.Conflict == history.ConflictUseExisting:
		return other.RunID, false, nil
	case req.Conflict == history.ConflictTerminate:
		err := c.replace(ctx, req, other.Queue, other.RunID)
		return "", err == nil, err
	}
	return "", false, &AlreadyStartedError{ID: req.ID, RunID: other.RunID, Status: history.StatusWaiting}
}

// replace terminates a run that the new one replaces.
func (c *Client) replace(ctx context.Context, req *history.StartRequest, queue, runID string) error {
	msg := &history.Message{RunID: runID, Terminate: &history.TerminateRequest{Reason: "replaced by a new start"}}
	dedup := req.RequestID + "/replaces/" + runID
	return c.store.Send(ctx, store.Message{Queue: queue, ID: req.ID, DedupID: dedup, Data: msg.Marshal()})
}

// replaceWaiting terminates runs of the id that wait on other task queues, which may have no workers. On its own queue, the
// request meets their start.
func (c *Client) replaceWaiting(ctx context.Context, req *history.StartRequest) error {
	var found []*history.StartRequest
	err := c.store.PendingStarts(ctx, req.ID, func(p store.PendingStart) bool {
		if other, err := incoming.Start(p.ID, p.Data); err == nil && p.Queue != req.Queue && other.RequestID != req.RequestID {
			found = append(found, other)
		}
		return true
	})
	for _, other := range found {
		begun, failed := c.hasBegun(ctx, other)
		if err = errors.Join(err, failed); err == nil && !begun {
			err = c.replace(ctx, req, other.Queue, other.RunID)
		}
	}
	return err
}

// started waits, if an open run may prevent the start, until a worker has decided.
func (c *Client) started(ctx context.Context, req *history.StartRequest) (string, error) {
	if runID, err := c.begun(ctx, req); runID != "" || err != nil {
		return runID, err
	}
	for attempts := 1; ; attempts++ {
		last, err := c.store.Last(ctx, req.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && last.Close != nil && req.Reuse == history.ReuseAllow {
			return req.RunID, nil
		}
		if err != nil {
			return "", fmt.Errorf("the start of workflow %q was sent but is not confirmed: %w", req.ID, err)
		}
		if history.FirstRunID(last.RunID) == req.RunID {
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

// retry is how often a start checks again whether it is still blocked.
var retry = backoff.Doubling(10*time.Millisecond, time.Second)

// newRunID returns the id of the run that the request will begin. No other run has it, even if the request was made before
// and its run is forgotten by now.
func (c *Client) newRunID(req *history.StartRequest) string {
	unique := req.RequestID
	if req.Named {
		unique += "\x00" + c.newID(req.ID)
	}
	return uniqueRunID(req.ID, unique)
}

// uniqueRunID returns the id of the run of a workflow id that a unique request begins.
func uniqueRunID(id, unique string) string {
	sum := sha256.Sum256([]byte(id + "\x00" + unique))
	return hex.EncodeToString(sum[:16])
}
