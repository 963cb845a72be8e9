// This file finds runs that no worker has begun. All there is of such a run is its start, in the inbox of its task queue.

package client

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// waiting returns the run that a start of workflow id will begin, or nil if there is none. newest is the run before it, or nil.
// An empty runID stands for any run.
func (c *Client) waiting(ctx context.Context, id, runID string, newest *journal.Run) (found *history.RunSummary, err error) {
	if newest != nil && !statusOf(newest).Closed() {
		return nil, nil // the start will be decided when that run has closed
	}
	var starts []*history.StartRequest
	var sent []time.Time
	err = c.store.PendingStarts(ctx, id, func(p store.PendingStart) bool {
		if req, err := incoming.Start(p.ID, p.Data); err == nil && (runID == "" || req.RunID == runID) {
			starts, sent = append(starts, req), append(sent, p.Time)
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	for i, req := range starts {
		if newest != nil && !req.Reuse.Allows(statusOf(newest)) {
			continue
		}
		if begun, err := c.hasBegun(ctx, req); begun || err != nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		return waitingSummary(req, sent[i]), nil
	}
	return nil, nil
}

// hasBegun reports whether the journal has the run of a start, which stays in the inbox for a while.
func (c *Client) hasBegun(ctx context.Context, req *history.StartRequest) (bool, error) {
	_, err := c.store.LoadRun(ctx, req.ID, req.RunID)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// terminationRequested reports whether the termination of a run was requested that no worker has begun.
func (c *Client) terminationRequested(ctx context.Context, req *history.StartRequest) (bool, error) {
	sent, err := c.store.Pending(ctx, req.Queue, req.ID)
	return slices.ContainsFunc(sent, func(p store.Pending) bool {
		msg, err := incoming.Message(p)
		return !p.Start && err == nil && msg.Terminate != nil && msg.RunID == req.RunID
	}), err
}

// find reads a run, or returns the summary of one that waits for its first worker. An empty runID stands for the newest run. It
// fails with store.ErrNotFound, or with a *journal.CorruptError and the run as far as it can be read.
func (c *Client) find(ctx context.Context, id, runID string) (run *journal.Run, waiting *history.RunSummary, err error) {
	run, err = c.read(ctx, id, runID)
	missing := errors.Is(err, store.ErrNotFound)
	if err != nil && !missing || err == nil && runID != "" {
		return run, nil, err
	}
	waiting, failed := c.waiting(ctx, id, runID, run)
	if waiting != nil || failed != nil {
		return nil, waiting, failed
	}
	if missing { // a worker may have begun it in the meantime
		run, err = c.read(ctx, id, runID)
	}
	return run, nil, err
}

func waitingSummary(req *history.StartRequest, sent time.Time) *history.RunSummary {
	return &history.RunSummary{
		ID: req.ID, RunID: req.RunID, RequestID: req.RequestID, Type: req.Type, Queue: req.Queue,
		Status: history.StatusWaiting, Started: sent, Changed: sent,
	}
}

// served reports whether a worker takes runs from a queue.
func (c *Client) served(ctx context.Context, queue string) bool {
	ctx, cancel := context.WithTimeout(ctx, servedPatience)
	defer cancel()
	_, err := c.store.Request(ctx, journal.WorkersTopic(queue), nil)
	return err == nil
}

// servedPatience is how long the workers of a queue have to answer that they are there.
const servedPatience = 500 * time.Millisecond
