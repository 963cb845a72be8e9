// This file holds the handle on a run, and waits for results.

package client

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Run is a handle on one run, with all generations of a run that continues as new. Without a run id, it refers to the newest run of a
// workflow id at the time of each call.
type Run struct {
	c        *Client
	workflow *abi.Workflow
	id       string
	runID    string
}

// Run returns a handle on the newest run of workflow id. It does not check that there is one.
func (c *Client) Run(w *abi.Workflow, id string) *Run { return &Run{c, w, id, ""} }

// ID is the workflow's id.
func (r *Run) ID() string { return r.id }

// RunID is the run's id; empty if the handle refers to the newest run.
func (r *Run) RunID() string { return r.runID }

// Cancel asks the run to cancel its context.
func (r *Run) Cancel(ctx context.Context, reason string) error {
	if r.c == nil {
		return r.stopInside(ctx, history.RequestScheduled{Cancel: &history.CancelRequest{Reason: reason}})
	}
	return r.c.Cancel(ctx, r.id, r.runID, reason)
}

// Terminate closes the run without involving its code.
func (r *Run) Terminate(ctx context.Context, reason string) error {
	if r.c == nil {
		return r.stopInside(ctx, history.RequestScheduled{Terminate: &history.TerminateRequest{Reason: reason}})
	}
	return r.c.Terminate(ctx, r.id, r.runID, reason)
}

// Describe returns the status of the run and what it waits for.
func (r *Run) Describe(ctx context.Context) (*Description, error) {
	if r.c == nil {
		return nil, fmt.Errorf("describe workflow %q: %w", r.id, ErrOutside)
	}
	return r.c.Describe(ctx, r.id, r.runID)
}

// History returns the history of the run.
func (r *Run) History(ctx context.Context) (*History, error) {
	if r.c == nil {
		return nil, fmt.Errorf("history of workflow %q: %w", r.id, ErrOutside)
	}
	return r.c.History(ctx, r.id, r.runID)
}

// Wait waits for the run to end and decodes its results into out. It fails with a *RunError if the run did not
// complete, with ErrNotFound if it is not known, and with ctx's error if ctx ends first; the run continues.
func (r *Run) Wait(ctx context.Context, out ...any) error {
	if r.c == nil {
		return r.waitInside(ctx, out)
	}
	info, err := r.c.ResultOrParked(ctx, r.id, r.runID, func(reason string) {
		firstLine, _, _ := strings.Cut(reason, "\n")
		r.c.log.Warn("the run that is waited for is parked; pawl run show prints the whole reason", "workflow", r.id, "reason", firstLine)
	})
	if err != nil {
		return err
	}
	if err := r.c.open(ctx, info); err != nil {
		return fmt.Errorf("error of workflow %q: %w", r.id, err)
	}
	closed := runError(info, failures.NewErrors(r.workflow.Errors...))
	if info.Result == nil {
		return closed
	}
	if err := r.c.chain.Open(ctx, info.Result); err != nil {
		return err
	}
	if closed != nil {
		payloads.DecodeBeside(*info.Result, out...)
		return closed
	}
	if err := payloads.Decode(*info.Result, out...); err != nil {
		return fmt.Errorf("result of workflow %q: %w", r.id, err)
	}
	return nil
}

// runError is the error of a closed run; nil if it completed.
func runError(info *history.RunSummary, known *failures.Errors) error {
	e := &RunError{ID: info.ID, RunID: info.RunID, Status: info.Status, Reason: info.Reason, Err: known.Decode(info.Failure)}
	switch info.Status {
	case history.StatusCompleted:
		return nil
	case history.StatusTimedOut:
		e.Err = context.DeadlineExceeded
	}
	return e
}

// Result waits for a run to end and returns how it did; its result and failure are as stored.
func (c *Client) Result(ctx context.Context, id, runID string) (*history.RunSummary, error) {
	return c.ResultOrParked(ctx, id, runID, func(string) {})
}

// ResultOrParked is Result, and calls onParked once if the run is found to be parked while it is waited for.
func (c *Client) ResultOrParked(ctx context.Context, id, runID string, onParked func(reason string)) (*history.RunSummary, error) {
	news := make(chan *history.RunSummary, 1)
	stop, err := c.store.Subscribe(journal.ClosedTopic(id), func(data []byte) []byte {
		if info, err := history.UnmarshalRunSummary(data); err == nil {
			select {
			case news <- info:
			default:
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	defer stop()
	// The announcement may have come before the subscription, or be lost, so look from time to time, too.
	parked := ""
	for looks := 1; ; looks++ {
		wait := c.look.Pause(looks)
		info, err := c.ended(ctx, id, runID)
		if info != nil || err != nil {
			return info, err
		}
		if parked == "" && wait > time.Second {
			if parked = c.parked(ctx, id, runID); parked != "" {
				onParked(parked)
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			if parked != "" {
				return nil, fmt.Errorf("workflow %q has not ended yet, and is parked: %s: %w", id, parked, ctx.Err())
			}
			return nil, fmt.Errorf("workflow %q has not ended yet: %w", id, ctx.Err())
		case info := <-news:
			timer.Stop()
			if standsFor(runID, info.RunID) && (info.Status != history.StatusContinued || isSingle(runID)) {
				return c.complete(ctx, info)
			}
		case <-timer.C:
		}
	}
}

// parked returns why a run is parked, as visibility has it; "" if it is not, or that is not known.
func (c *Client) parked(ctx context.Context, id, runID string) string {
	entry, err := c.store.GetEntry(ctx, id)
	if err != nil {
		return ""
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil || info.Status != history.StatusParked || !standsFor(runID, info.RunID) {
		return ""
	}
	c.Reveal(ctx, info)
	return info.Parked
}

// ended returns how a run ended; nil if it is open. For an open run it reads one record, however long the history is.
func (c *Client) ended(ctx context.Context, id, runID string) (*history.RunSummary, error) {
	last, err := c.store.Last(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if err == nil && last.Close == nil && standsFor(runID, last.RunID) {
		return nil, nil
	}
	run, waiting, err := c.find(ctx, id, runID)
	switch {
	case waiting != nil:
		return nil, nil
	case errors.Is(err, store.ErrNotFound):
		return nil, fmt.Errorf("workflow %q: %w", id, ErrNotFound)
	case err != nil || run.Closed() == nil || continued(run) && !isSingle(runID):
		return nil, err
	}
	return infoOf(run), nil
}

// complete reads the result if the summary left it out because it is large.
func (c *Client) complete(ctx context.Context, info *history.RunSummary) (*history.RunSummary, error) {
	if info.Result != nil || info.Status != history.StatusCompleted && info.Status != history.StatusFailed && info.Status != history.StatusCancelled {
		return info, nil
	}
	run, err := journal.Read(ctx, c.store, c.chain, info.ID, info.RunID)
	if err != nil {
		return nil, fmt.Errorf("result of workflow %q: %w", info.ID, err)
	}
	return infoOf(run), nil
}

// infoOf returns the summary of a history.
func infoOf(run *journal.Run) *history.RunSummary {
	events := run.Events()
	first, last := events[0], events[len(events)-1]
	info := &history.RunSummary{
		ID: run.ID, RunID: run.RunID, Status: statusOf(run), Started: first.Time, Changed: last.Time, Events: uint64(len(events)),
	}
	if started := run.Started(); started != nil {
		info.Type, info.Queue, info.RequestID = started.Type, started.Queue, started.RequestID
	}
	info.Close(last)
	return info
}
