// This file performs the requests of workflow code, in a worker. A request may be performed more than once, and has its effect once.

package client

import (
	"context"
	"errors"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Perform performs a request and returns its outcome. The payloads of both are not sealed. It fails if the outcome is not known; the
// request must then be performed again. scheduled is when the workflow scheduled the request, and known are the errors that the worker
// has registered.
func (c *Client) Perform(ctx context.Context, req *history.RequestScheduled, scheduled time.Time, known *failures.Errors) (*history.RequestCompleted, error) {
	done := &history.RequestCompleted{Op: req.Op.ID()}
	err := c.perform(ctx, req, known, done)
	if errors.Is(err, ErrNotFound) {
		err = c.unlessDone(ctx, req, scheduled, err)
	}
	var ended *RunError
	var taken *AlreadyStartedError
	switch {
	case err == nil:
		return done, nil
	case ctx.Err() != nil:
		return nil, err
	case errors.As(err, &ended), errors.As(err, &taken), errors.Is(err, ErrNotFound), errors.Is(err, ErrUnanswered), errors.Is(err, store.ErrTooLarge):
		done.Outcome.Failure = known.Encode(err)
		return done, nil
	}
	return nil, err
}

// unlessDone returns nil if a request to a run that has closed may have been performed before: its worker died before that was
// recorded. Otherwise it returns err.
func (c *Client) unlessDone(ctx context.Context, req *history.RequestScheduled, scheduled time.Time, err error) error {
	if req.Start != nil || req.Wait || req.Signal != nil && req.Signal.Update {
		return err
	}
	run, readErr := c.read(ctx, req.ID, req.RunID)
	switch {
	case errors.Is(readErr, store.ErrNotFound):
		return err
	case readErr != nil:
		return readErr
	}
	events := run.Events()
	if req.Signal == nil {
		if closed := events[len(events)-1]; run.Closed() != nil && !closed.Time.Before(scheduled) {
			return nil
		}
		return err
	}
	received, readErr := c.received(ctx, run, req.Signal.ID)
	if received || readErr != nil {
		return readErr
	}
	return err
}

// received reports whether a run, or a generation before it, has received a signal with an id.
func (c *Client) received(ctx context.Context, run *journal.Run, id string) (bool, error) {
	for _, e := range run.Events() {
		if m, _ := history.ReceivedBy(e.Body); m != nil && m.ID == id {
			return true, nil
		}
	}
	before := run.Started().Continued
	if before == nil || before.Seen.Encoding == "" {
		return false, nil
	}
	ids, seen := before.Seen, history.SeenIDs{}
	if err := c.chain.Open(ctx, &ids); err != nil {
		return false, err
	}
	seen.Load(ids)
	return seen.Has(id), nil
}

func (c *Client) perform(ctx context.Context, req *history.RequestScheduled, known *failures.Errors, done *history.RequestCompleted) (err error) {
	switch {
	case req.Start != nil:
		done.RunID, err = c.StartRequest(ctx, &history.StartRequest{}, func(start *history.StartRequest) error {
			*start = *req.Start
			return nil
		})
		return err
	case req.Signal != nil && req.Signal.Update:
		return c.performUpdate(ctx, req, done)
	case req.Signal != nil:
		m := *req.Signal
		return c.signal(ctx, req.ID, req.RunID, &m)
	case req.Cancel != nil:
		return c.Cancel(ctx, req.ID, req.RunID, req.Cancel.Reason)
	case req.Terminate != nil:
		return c.Terminate(ctx, req.ID, req.RunID, req.Terminate.Reason)
	}
	info, err := c.Result(ctx, req.ID, req.RunID)
	if err == nil {
		err = c.open(ctx, info)
	}
	if err == nil && info.Result != nil {
		err = c.chain.Open(ctx, info.Result)
		done.Outcome.Result = *info.Result
	}
	if err != nil {
		return err
	}
	return runError(info, known)
}

// performUpdate sends an update and waits for its answer.
func (c *Client) performUpdate(ctx context.Context, req *history.RequestScheduled, done *history.RequestCompleted) error {
	m := *req.Signal
	r := &Run{c: c, id: req.ID, runID: req.RunID}
	_, w, err := r.deliverUpdate(ctx, &m)
	if err != nil {
		return err
	}
	defer w.stop()
	o, err := w.wait(ctx, true)
	if err != nil {
		return err
	}
	done.Outcome = *o
	return c.openOutcome(ctx, &done.Outcome)
}
