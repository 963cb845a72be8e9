// This file sends requests to open runs: to cancel or terminate them.

package client

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

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
