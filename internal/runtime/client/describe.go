// This file reads runs: how one is doing, what it waits for, and its history.

package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Description is the status of a run.
type Description struct {
	ID        string
	RunID     string
	Type      string
	Queue     string
	Status    history.Status
	Started   time.Time
	Closed    time.Time // zero while the run is open
	Events    uint64    // length of the history
	Failure   string    // why it failed
	Parked    string    // why it is parked
	Unserved  bool      // no worker takes runs from Queue; set if Status is waiting
	Reason    string    // of a termination
	Parent    string    // of a child: the workflow id of the run that has called it
	Pending   []Pending // what it waits for, oldest first
	Cancelled bool      // its cancellation was requested
	// Terminated says that the termination of a waiting or parked run was requested.
	Terminated bool
}

// Pending is an operation that has no outcome yet.
type Pending struct {
	Kind      string // activity, step, timer, child or request
	Name      string
	Op        string // the operation within the run
	Queue     string // of an activity or child: its task queue
	ID        string // of a child or request: the workflow id of the other run
	Pos       string // the author's line
	Scheduled time.Time
	Due       time.Time     // of a timer
	Period    time.Duration // of a ticker
	Attempt   int           // of an activity: the last attempt that started, as far as it is known
	LastError string        // of the attempt before
	NextRetry time.Time     // when the next attempt starts; zero if one runs or waits for a worker
	Heartbeat history.Payload
	Worker    string
}

// Describe returns the status of a run and what it waits for. An empty runID stands for the newest run. It fails with
// ErrNotFound if there is no such run.
func (c *Client) Describe(ctx context.Context, id, runID string) (*Description, error) {
	run, waiting, err := c.find(ctx, id, runID)
	var corrupt *journal.CorruptError
	switch {
	case waiting != nil:
		return c.describeWaiting(ctx, waiting)
	case errors.Is(err, store.ErrNotFound), errors.As(err, &corrupt):
		return c.describeEntry(ctx, id, runID, err)
	case err != nil:
		return nil, err
	}
	d := c.describe(ctx, infoOf(run))
	if d.Status == history.StatusContinued && !isSingle(runID) { // the next generation is about to begin
		d.Status, d.Closed = history.StatusRunning, time.Time{}
	}
	if started := run.Started(); started != nil && started.Parent != nil {
		d.Parent = started.Parent.ID
	}
	if d.Closed.IsZero() {
		if err := c.addNews(ctx, d); err != nil {
			return nil, err
		}
		d.Pending, d.Cancelled = pending(run.Events())
		err = c.addTaskStates(ctx, d)
	}
	return d, err
}

// open opens the texts and the failure of a summary, and leaves the result as it is. If this client lacks a transform, it
// fails with a *payloads.DecodeError.
func (c *Client) open(ctx context.Context, info *history.RunSummary) error {
	return history.EditPayloads(info, func(p *history.Payload) error { return c.chain.Open(ctx, p) })
}

// Reveal opens the texts and the failure of a summary, for people. What this client cannot open is described.
func (c *Client) Reveal(ctx context.Context, info *history.RunSummary) {
	if c.open(ctx, info) != nil {
		info.Parked, info.Reason = cmp.Or(info.Parked, info.SealedParked.String()), cmp.Or(info.Reason, info.SealedReason.String())
	}
}

func (c *Client) describe(ctx context.Context, info *history.RunSummary) *Description {
	c.Reveal(ctx, info)
	d := &Description{
		ID: info.ID, RunID: info.RunID, Type: info.Type, Queue: info.Queue, Status: info.Status, Started: info.Started,
		Closed: info.Closed, Events: info.Events, Parked: info.Parked, Reason: info.Reason,
	}
	if info.Failure != nil {
		d.Failure = info.Failure.Text()
	}
	return d
}

// describeWaiting describes a run that has no record. Its code may have been tried, and have blocked or parked it.
func (c *Client) describeWaiting(ctx context.Context, info *history.RunSummary) (*Description, error) {
	d := c.describe(ctx, info)
	if err := c.addNews(ctx, d); err != nil {
		return nil, err
	}
	d.Unserved = d.Status == history.StatusWaiting && !c.served(ctx, d.Queue)
	return d, c.addRequests(ctx, d)
}

// addRequests adds what was requested of a run that no worker has begun.
func (c *Client) addRequests(ctx context.Context, d *Description) error {
	sent, err := c.store.Pending(ctx, d.Queue, d.ID)
	for _, p := range sent {
		msg, err := incoming.Message(p)
		if p.Start || err != nil || msg.RunID != d.RunID {
			continue
		}
		d.Cancelled = d.Cancelled || msg.Cancel != nil
		d.Terminated = d.Terminated || msg.Terminate != nil
	}
	return err
}

// describeEntry describes a run whose journal cannot be read, by its summary alone.
func (c *Client) describeEntry(ctx context.Context, id, runID string, cause error) (*Description, error) {
	info, err := c.entry(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		if errors.Is(cause, store.ErrNotFound) {
			return nil, fmt.Errorf("workflow %q: %w", id, ErrNotFound)
		}
		return nil, cause
	}
	if err != nil {
		return nil, err
	}
	if !standsFor(runID, info.RunID) {
		return nil, fmt.Errorf("run %s of workflow %q: %w", runID, id, ErrNotFound)
	}
	return c.describe(ctx, info), nil
}

// addNews adds what is only in the summary and not in the journal: that the run is parked.
func (c *Client) addNews(ctx context.Context, d *Description) error {
	info, err := c.entry(ctx, d.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil && isNews(info, d.RunID) && (info.Status == history.StatusParked || d.Status == history.StatusWaiting) {
		c.Reveal(ctx, info)
		d.Status, d.Parked = info.Status, info.Parked
	}
	return err
}

// isNews reports whether a summary is of an open run, or of the generation that is to follow it. The summary of a run whose code
// killed its workers before its first record has no run id.
func isNews(info *history.RunSummary, runID string) bool {
	return !info.Status.Closed() && (info.RunID == "" || history.FirstRunID(info.RunID) == history.FirstRunID(runID))
}

// entry returns the summary of the newest run of id that visibility has. One that cannot be decoded is treated as missing: a
// worker writes it again.
func (c *Client) entry(ctx context.Context, id string) (*history.RunSummary, error) {
	stored, err := c.store.GetEntry(ctx, id)
	if err != nil {
		return nil, err
	}
	info, err := history.UnmarshalRunSummary(stored.Data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", store.ErrNotFound, err)
	}
	return info, nil
}

// pending lists the operations that have no outcome yet, oldest first. cancelled reports whether the run's cancellation was
// requested.
func pending(events []history.Event) (list []Pending, cancelled bool) {
	open := map[string]*Pending{}
	var order []string
	for _, e := range events {
		d := e.Body.Details()
		cancelled = cancelled || d.Kind == history.KindCancelRequested
		op := d.Op.ID().String()
		switch p := open[op]; {
		case d.Starts:
			order = append(order, op)
			open[op] = &Pending{
				Kind: d.Subject, Name: d.Name, Op: op, Queue: d.Queue, ID: d.ID, Pos: d.Op.Pos, Scheduled: e.Time, Due: d.Due, Period: d.Period,
			}
		case d.Ends && p != nil && p.Period > 0: // a tick
			p.Due = p.Due.Add(p.Period)
		case d.Ends:
			delete(open, op)
		}
	}
	for _, op := range order {
		if p := open[op]; p != nil {
			list = append(list, *p)
		}
	}
	return list, cancelled
}

// addTaskStates adds the state of the activities that have no outcome yet.
func (c *Client) addTaskStates(ctx context.Context, d *Description) error {
	for i := range d.Pending {
		p := &d.Pending[i]
		if p.Kind != "activity" {
			continue
		}
		data, _, err := c.store.TaskState(ctx, store.Task{Queue: p.Queue, ID: d.ID, RunID: d.RunID, Op: p.Op})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		state, err := history.UnmarshalTaskState(data)
		if err != nil { // the next attempt writes it again
			continue
		}
		var sealed *payloads.DecodeError
		err = history.EditPayloads(state, func(p *history.Payload) error { return c.chain.Open(ctx, p) })
		if err != nil && !errors.As(err, &sealed) {
			return err
		}
		p.Attempt, p.NextRetry, p.Worker, p.Heartbeat = state.Attempt, state.NextRetry, state.Worker, state.Heartbeat
		if state.LastFailure != nil {
			p.LastError = state.LastFailure.Text()
		}
	}
	return nil
}

// History is the history of a run, with its payloads opened.
type History struct {
	ID     string
	RunID  string
	Events []history.Event
}

// History returns the history of a run. An empty runID stands for the newest run. Of a run that has continued as new, it returns that
// of the newest generation; the id of a single one ends in its number, such as .0 for the first. It fails with ErrNotFound if there is no
// such run. If this client cannot open the payloads, they are returned as stored.
func (c *Client) History(ctx context.Context, id, runID string) (*History, error) {
	run, err := c.read(ctx, id, runID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("workflow %q: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	events, err := journal.Open(ctx, c.chain, run.Events())
	var de *payloads.DecodeError
	if errors.As(err, &de) {
		events, err = run.Events(), nil
	}
	return &History{ID: run.ID, RunID: run.RunID, Events: events}, err
}
