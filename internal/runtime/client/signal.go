// This file sends signals to runs.

package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// SignalOption changes how a signal is sent.
type SignalOption func(*history.SignalRequest) error

// DedupID identifies a signal: a run takes in one signal with an id.
func DedupID(id string) SignalOption {
	return func(m *history.SignalRequest) error {
		m.ID = id
		return checkText("dedup id", id, maxID)
	}
}

// Signal sends a signal to the run. When it returns without an error, the signal is stored, and the run was open.
func (r *Run) Signal(ctx context.Context, name string, value any, opts ...SignalOption) error {
	m, err := newSignal(r.workflow, name, value, opts)
	switch {
	case err != nil:
	case r.c == nil:
		_, err = r.sendInside(ctx, m)
		return err
	default:
		err = r.c.signal(ctx, r.id, r.runID, m)
	}
	if err != nil {
		return fmt.Errorf("cannot send signal %s to workflow %q: %w", name, r.id, err)
	}
	return nil
}

// SignalWithStart sends a signal with the start. If the start returns an open run instead of beginning one, that run gets the
// signal.
func SignalWithStart(w *abi.Workflow, name string, value any, opts ...SignalOption) StartOption {
	return func(req *history.StartRequest) error {
		m, err := newSignal(w, name, value, opts)
		if err != nil {
			return fmt.Errorf("signal %s: %w", name, err)
		}
		req.Signals = append(req.Signals, *m)
		return nil
	}
}

// newSignal makes a signal of a workflow.
func newSignal(w *abi.Workflow, name string, value any, opts []SignalOption) (*history.SignalRequest, error) {
	m := &history.SignalRequest{Name: name}
	for _, opt := range opts {
		if opt != nil {
			if err := opt(m); err != nil {
				return nil, err
			}
		}
	}
	if err := checkName(w, name, false); err != nil {
		return nil, err
	}
	encoded, err := payloads.Encode(w.Codec, []any{value})
	m.Value = encoded
	return m, err
}

// checkName reports a signal or update that a workflow does not have.
func checkName(w *abi.Workflow, name string, update bool) error {
	for _, c := range w.Channels {
		if c.Name == name && c.Update == update {
			return nil
		}
	}
	return fmt.Errorf("workflow %s has no channel of that name", w.Name)
}

// signal sends a signal to an open run. An empty runID stands for the newest run.
func (c *Client) signal(ctx context.Context, id, runID string, m *history.SignalRequest) error {
	msg := &history.Message{Signal: m}
	queue, err := c.openRun(ctx, id, runID, msg)
	if err != nil {
		return err
	}
	if err := c.chain.Seal(ctx, journal.ObjectPrefix(id, msg.RunID), &m.Value); err != nil {
		return err
	}
	return c.store.Send(ctx, store.Message{Queue: queue, ID: id, DedupID: signalKey(msg.RunID, m.ID), Data: msg.Marshal()})
}

// signalKey identifies a message with a signal in the store, for as long as the store compares messages.
func signalKey(runID, dedupID string) string {
	if dedupID == "" {
		return journal.NewID()
	}
	return "signal/" + runID + "/" + history.RequestKey(dedupID)
}

// openRun is addressee, without reading the history of the run if that can be avoided.
func (c *Client) openRun(ctx context.Context, id, runID string, msg *history.Message) (queue string, err error) {
	last, err := c.store.Last(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if err == nil && last.Close == nil && standsFor(runID, last.RunID) {
		if entry, err := c.store.GetEntry(ctx, id); err == nil {
			if info, err := history.UnmarshalRunSummary(entry.Data); err == nil && info.RunID == last.RunID {
				msg.RunID = last.RunID
				return info.Queue, nil
			}
		}
	}
	return c.addressee(ctx, id, runID, msg)
}
