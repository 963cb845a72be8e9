// This file takes signals into a run. Signals that follow each other are handed to the code together: it runs once for all
// of them, and sees all of them.

package workflow

import (
	"context"
	"errors"
	"fmt"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// takeSignal keeps a signal until the next message, unless the run has received it before.
func (t *turn) takeSignal(ctx context.Context, in *store.Pending, m *history.SignalRequest) error {
	if m.ID != "" && (t.run.x.HasSignal(m.ID) || t.signal != nil && t.signal.ID == m.ID) {
		return nil
	}
	switch err := t.checkSignal(ctx, m); {
	case err != nil && !parks(err):
		return err
	case err != nil:
		t.setAside(in, err)
		return nil
	}
	if err := t.handSignal(ctx, true); err != nil {
		return err
	}
	t.signal = m.Received()
	return nil
}

// handSignal applies the signal that was kept. more says that another one follows it.
func (t *turn) handSignal(ctx context.Context, more bool) error {
	signal := t.signal
	if signal == nil {
		return nil
	}
	t.signal, signal.More = nil, more
	return t.apply(ctx, signal)
}

// checkSignal reports what is wrong with a signal that has not come from a stub: it must not park the run.
func (t *turn) checkSignal(ctx context.Context, m *history.SignalRequest) error {
	wf, _, ok := t.run.worker.Handlers.Workflow(t.run.started.Type)
	if !ok {
		return &unknownTypeError{t.run.id, t.run.started.Type}
	}
	for _, signal := range wf.Signals {
		if signal.Name == m.Name {
			opened, err := journal.Open(ctx, t.run.worker.Chain, []history.Event{{Body: m.Received()}})
			if err != nil {
				return fmt.Errorf("signal %s: %w", m.Name, err)
			}
			if err := signal.Check(opened[0].Body.(*history.SignalReceived).Value); err != nil {
				return fmt.Errorf("value of signal %s: %w", m.Name, err)
			}
			return nil
		}
	}
	return errors.New("workflow " + wf.Name + " has no signal " + m.Name)
}

// soundSignals returns the signals of a start that can be handed to the code.
func (t *turn) soundSignals(ctx context.Context, in *store.Pending, sent []history.SignalRequest) (sound []history.SignalRequest, err error) {
	for _, m := range sent {
		switch err := t.checkSignal(ctx, &m); {
		case err == nil:
			sound = append(sound, m)
		case !parks(err):
			return nil, err
		default:
			t.setAside(in, err)
		}
	}
	return sound, nil
}

// missed logs a signal that a client has sent shortly before its run closed.
func (t *turn) missed(m *history.Message) {
	if m.Signal != nil {
		t.run.worker.Log.Warn("dropped a signal that arrived when its run had closed", "workflow", t.run.id, "run", m.RunID, "signal", m.Signal.Name)
	}
}
