// This file takes signals and updates into a run. Those that follow each other are handed to the code together: it runs once
// for all of them, and sees all of them.

package workflow

import (
	"context"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// isSignal reports whether a message of the inbox, or nil, is a signal or an update.
func isSignal(in *store.Pending) bool {
	if in == nil || in.Start || in.Outcome {
		return false
	}
	msg, err := incoming.Message(*in)
	return err == nil && msg.Signal != nil
}

// takeSignal keeps a signal or update until the next message, unless the run has received it before.
func (t *turn) takeSignal(ctx context.Context, in *store.Pending, m *history.SignalRequest) error {
	if m.ID != "" && (t.run.x.HasSignal(m.ID) || t.signal != nil && t.signal.ID == m.ID) {
		return nil
	}
	switch err := t.checkSignal(ctx, m); {
	case err != nil && !parks(err):
		return err
	case err != nil && m.Update:
		t.run.refuseUpdate(ctx, m.ID, err)
		return nil
	case err != nil:
		t.setAside(in, err)
		return nil
	}
	if err := t.handSignal(ctx, true); err != nil {
		return err
	}
	t.signal = m
	return nil
}

// handSignal applies the signal that was kept. more says that another one follows it.
func (t *turn) handSignal(ctx context.Context, more bool) error {
	signal := t.signal
	if signal == nil {
		return nil
	}
	t.signal = nil
	return t.apply(ctx, signal.Received(more))
}

// checkSignal reports what is wrong with a signal that has not come from a stub: it must not park the run.
func (t *turn) checkSignal(ctx context.Context, m *history.SignalRequest) error {
	wf, _, ok := t.run.worker.Handlers.Workflow(t.run.started.Type)
	if !ok {
		return &unknownTypeError{t.run.id, t.run.started.Type}
	}
	for _, channel := range wf.Channels {
		if channel.Name != m.Name || channel.Update != m.Update {
			continue
		}
		opened, err := journal.Open(ctx, t.run.worker.Chain, []history.Event{{Body: m.Received(false)}})
		if err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
		value, _ := history.ReceivedBy(opened[0].Body)
		return channel.Check(value.Value)
	}
	return fmt.Errorf("workflow %s has no channel %s for it", wf.Name, m.Name)
}

// soundSignals returns the signals of a start that can be handed to the code.
func (t *turn) soundSignals(ctx context.Context, in *store.Pending, sent []history.SignalRequest) (sound []history.SignalRequest, err error) {
	for _, m := range sent {
		switch err := t.checkSignal(ctx, &m); {
		case err == nil:
			sound = append(sound, m)
		case !parks(err):
			return nil, err
		case m.Update:
			t.run.refuseUpdate(ctx, m.ID, err)
		default:
			t.setAside(in, err)
		}
	}
	return sound, nil
}

// missed logs a signal that a client has sent shortly before its run closed. Whoever sent an update learns that the run has closed.
func (t *turn) missed(m *history.Message) {
	if m.Signal != nil && !m.Signal.Update {
		t.run.worker.Log.Warn("dropped a signal that arrived when its run had closed", "workflow", t.run.id, "run", m.RunID, "signal", m.Signal.Name)
	}
}
