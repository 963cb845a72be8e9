// This file brings a run into memory: load reads its journal, replay runs its code up to the end of that.

package workflow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// load reads the journal of the newest run. If part of it cannot be decoded, load returns a *journal.CorruptError and
// the run as far as it can be decoded.
func load(ctx context.Context, w *workflow) (*run, error) {
	recorded, err := journal.Read(ctx, w.worker.Store, w.worker.Chain, w.id, "")
	if errors.Is(err, store.ErrNotFound) {
		return newRun(w, ""), nil
	}
	if recorded == nil {
		return nil, err
	}
	r := newRun(w, recorded.RunID)
	r.first, r.last, r.started, r.archive = recorded.First, recorded.Last, recorded.Started(), archived(recorded.Records)
	if r.exists() {
		r.startedAt = recorded.Records[0].Events[0].Time
	}
	if err != nil {
		return r, err
	}
	if !r.exists() {
		return r, &journal.CorruptError{ID: r.id, Seq: r.first, Err: errors.New("the first event is not the start of a run")}
	}
	for _, rec := range recorded.Records {
		for _, seq := range slices.Concat(rec.ConsumedBefore, rec.Consumed) {
			r.inbox.consumed[seq] = true
		}
	}
	if closed := recorded.Closed(); closed != nil {
		r.closed = history.StatusOf(closed)
		r.ended, _ = closed.(*history.RunContinued)
	}
	r.records = recorded.Records
	return r, nil
}

// replay runs the workflow's code up to the end of the history that was loaded. supervise runs each part of it.
func (r *run) replay(ctx context.Context, supervise supervisor) error {
	if err := r.newExecution(); err != nil {
		return err
	}
	records := r.records
	r.records, r.newest = nil, records[len(records)-1].Events
	for _, rec := range records {
		events, err := journal.Open(ctx, r.worker.Chain, rec.Events)
		if err != nil {
			return err
		}
		if err := supervise(r, func() error { return r.x.Replay(events) }); err != nil {
			return err
		}
	}
	for _, op := range r.x.Open() {
		if err := r.canRun(op.Body); err != nil {
			return err
		}
		if limits := kindOf(op.Body).limits; limits != nil {
			r.local.limits.add(op.ID, limits(r, op))
		}
	}
	return nil
}

// unknownTypeError says that a worker received a run whose workflow it does not have.
type unknownTypeError struct{ id, typ string }

func (e *unknownTypeError) Error() string {
	return fmt.Sprintf("no worker of this queue has workflow type %s: run one that registers it; run %q resumes by itself", e.typ, e.id)
}

// newExecution puts the workflow's code into the run.
func (r *run) newExecution() error {
	wf, _, ok := r.worker.Handlers.Workflow(r.started.Type)
	if !ok {
		return &unknownTypeError{r.id, r.started.Type}
	}
	r.x = abi.NewExecution(wf, r.worker.Handlers.Errors, r.id, r.runID)
	return nil
}

// describeCode adds what is known of the workflow's code to the first event of a run.
func (r *run) describeCode() error {
	e := r.started
	wf, generator, ok := r.worker.Handlers.Workflow(e.Type)
	if !ok {
		return &unknownTypeError{r.id, e.Type}
	}
	e.WorkflowVersion, e.GeneratorVersion = wf.Version, generator
	if e.Timeout == 0 {
		e.Timeout = wf.Timeout
	}
	if wf.Config == nil {
		return nil
	}
	config := wf.Config()
	for _, name := range slices.Sorted(maps.Keys(config)) {
		if slices.ContainsFunc(e.Config, func(s history.Setting) bool { return s.Name == name }) {
			continue // recorded by an earlier generation
		}
		value, err := payloads.Encode("", []any{config[name]})
		if err != nil {
			return fmt.Errorf("config field %s of workflow %s: %w", name, e.Type, err)
		}
		e.Config = append(e.Config, history.Setting{Name: name, Value: value})
	}
	return nil
}
