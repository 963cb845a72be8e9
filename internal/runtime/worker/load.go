package worker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// This file brings a run into memory: journal, replay, and the repair of what a worker that died may have left undone.

func newRun(runID string) *run {
	return &run{runID: runID, consumed: map[store.Seq]bool{}, unsettled: map[store.Seq]bool{}, steps: map[history.OpID]*attempt{}, cancels: map[history.OpID]context.CancelFunc{}, begun: map[history.OpID]bool{}}
}

// ensureLoaded brings the run into memory if it is not there. It returns the letters to work on: those given, and on
// a load all that waits in the inbox, in its order.
func (a *actor) ensureLoaded(ctx context.Context, letters []mail) ([]mail, error) {
	if a.run != nil {
		return a.stillNews(ctx, letters)
	}
	if !a.contested && isFirstStart(letters) {
		// Most ids are new. Assume it; if the id was used before, the append will say so.
		a.run = newRun("")
		return letters, nil
	}
	waiting, err := a.w.store.Pending(ctx, a.queue, a.id)
	if err != nil {
		return letters, err
	}
	letters = merge(a.stillWaiting(letters, waiting), waiting)
	known, err := a.load(ctx, letters)
	if err != nil {
		return letters, err
	}
	for _, p := range waiting {
		if a.consumed[p.Seq] {
			a.unsettled[p.Seq] = true
		}
	}
	a.contested = false
	return letters, a.repair(ctx, waiting, known)
}

// stillNews leaves out what another worker may have taken in, for a run in memory that cannot know: a run before it did.
func (a *actor) stillNews(ctx context.Context, letters []mail) ([]mail, error) {
	doubtful := func(m mail) bool { return m.wake != nil && !m.wake.Timer && !m.wake.alone() && !a.consumed[m.wake.Seq] }
	if !slices.ContainsFunc(letters, doubtful) {
		return letters, nil
	}
	waiting, err := a.w.store.Pending(ctx, a.queue, a.id)
	if err != nil {
		return letters, err
	}
	return a.stillWaiting(letters, waiting), nil
}

// stillWaiting leaves out the deliveries whose messages are no longer in the inbox: another worker took them in, perhaps
// into a run that has ended since, and a start would be taken for one that comes after it. They are not acknowledged,
// because what was read may be older than the delivery.
func (a *actor) stillWaiting(letters []mail, waiting []store.Pending) []mail {
	inInbox := map[store.Seq]bool{}
	for _, p := range waiting {
		inInbox[p.Seq] = true
	}
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	var left []mail
	for _, m := range letters {
		if m.wake == nil || m.wake.Timer || inInbox[m.wake.Seq] {
			left = append(left, m)
			continue
		}
		m.wake.settle.Nak(store.AckWait)
		delete(a.bySeq, m.wake.key)
		delete(a.w.settling, m.wake)
	}
	return left
}

func isFirstStart(letters []mail) bool {
	return len(letters) == 1 && letters[0].wake != nil && letters[0].wake.Start && letters[0].wake.alone()
}

// merge puts the letters that were delivered and those that were read from the inbox into the order of the inbox.
// Local news keep their place at the end.
func merge(letters []mail, waiting []store.Pending) []mail {
	delivered := map[store.Seq]bool{}
	var inbox, local []mail
	for _, m := range letters {
		switch {
		case m.wake != nil && !m.wake.Timer:
			delivered[m.wake.Seq] = true
			inbox = append(inbox, m)
		case m.read == nil: // what an earlier attempt at this turn read is read again
			local = append(local, m)
		}
	}
	for i := range waiting {
		if !delivered[waiting[i].Seq] {
			inbox = append(inbox, mail{read: &waiting[i]})
		}
	}
	slices.SortFunc(inbox, func(a, b mail) int { return cmp.Compare(a.seq(), b.seq()) })
	return append(inbox, local...)
}

// message is the inbox message of a letter; nil if it is something else.
func (m mail) message() (data []byte, start bool) {
	switch {
	case m.wake != nil && !m.wake.Timer:
		return m.wake.Data, m.wake.Start
	case m.read != nil:
		return m.read.Data, m.read.Start
	}
	return nil, false
}

// seq is the place in the inbox of a letter that has a message.
func (m mail) seq() store.Seq {
	if m.wake != nil {
		return m.wake.Seq
	}
	return m.read.Seq
}

// load reads the newest run of the id and, if it is open, replays it.
func (a *actor) load(ctx context.Context, letters []mail) (known registration, err error) {
	if err := a.read(ctx); err != nil {
		return known, err
	}
	if known, err = a.registered(ctx); err != nil {
		return known, err
	}
	if err := a.examine(ctx, letters, known); err != nil || a.started == nil || a.closed.Closed() {
		return known, err
	}
	return known, a.replay(ctx)
}

// read reads the newest run of the id. Of a run that cannot be read it takes what can be.
func (a *actor) read(ctx context.Context) error {
	recorded, err := journal.Read(ctx, a.w.store, a.w.chain, a.id, "")
	if errors.Is(err, store.ErrNotFound) {
		a.run = newRun("")
		return nil
	}
	if recorded == nil {
		return err
	}
	a.run = newRun(recorded.RunID)
	a.first, a.last, a.started, a.archive = recorded.First, recorded.Last, recorded.Started(), archived(recorded.Records)
	if err != nil {
		return err
	}
	if a.started == nil {
		return &journal.CorruptError{ID: a.id, Seq: a.first, Err: errors.New("the history does not begin with the start of its run")}
	}
	a.startedAt = recorded.Records[0].Events[0].Time
	for _, rec := range recorded.Records {
		for _, seq := range slices.Concat(rec.ConsumedBefore, rec.Consumed) {
			a.consumed[seq] = true
		}
	}
	if closed := recorded.Closed(); closed != nil {
		a.closed = history.StatusOf(closed)
	}
	a.records = recorded.Records
	return nil
}

// replay runs the workflow's code up to the end of the history that was read.
func (a *actor) replay(ctx context.Context) error {
	x, err := a.w.execution(a.id, a.runID, a.started.Type)
	if err != nil {
		return err
	}
	a.x = x
	records := a.records
	a.records = nil
	for _, rec := range records {
		events, err := journal.Open(ctx, a.w.chain, rec.Events)
		if err != nil {
			return err
		}
		if err := a.watched(func() error { return x.Replay(events) }); err != nil {
			return err
		}
	}
	return nil
}

// UnknownTypeError says that a worker got a run whose workflow it does not have.
type UnknownTypeError struct{ ID, Type string }

func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("no worker of this queue has workflow type %s: run one that registers it; run %q resumes by itself", e.Type, e.ID)
}

// execution makes an execution for a workflow type.
func (w *Worker) execution(id, runID, typ string) (*replay.Execution, error) {
	wf, ok := w.registry.workflows[typ]
	if !ok {
		return nil, &UnknownTypeError{id, typ}
	}
	return abi.NewExecution(wf, w.registry.errors, id, runID), nil
}

// describeCode adds what the workflow's code says of itself to the first event of a run.
func (w *Worker) describeCode(id string, e *history.RunStarted) error {
	wf, ok := w.registry.workflows[e.Type]
	if !ok {
		return &UnknownTypeError{id, e.Type}
	}
	e.WorkflowVersion, e.GeneratorVersion = wf.Version, w.registry.generators[e.Type]
	if e.Timeout == 0 {
		e.Timeout = wf.Timeout
	}
	if wf.Config == nil {
		return nil
	}
	for name, field := range abi.MapAll(wf.Config()) {
		value, err := codec.Encode("", []any{field})
		if err != nil {
			return fmt.Errorf("config field %s of workflow %s: %w", name, e.Type, err)
		}
		e.Config = append(e.Config, history.Setting{Name: name, Value: value})
	}
	return nil
}

// repair publishes the consequences of the journal that are missing. Whoever appended the last record may have died
// before it published them; everything here is harmless if it did not.
func (a *actor) repair(ctx context.Context, waiting []store.Pending, known registration) error {
	if a.started == nil {
		return nil
	}
	if err := a.repairEntry(ctx, known); err != nil {
		return err
	}
	if a.x == nil {
		return nil
	}
	reported := outcomes(waiting)
	for _, op := range a.x.Open() {
		if reported[op.ID] {
			continue
		}
		if err := a.repairOp(ctx, op); err != nil {
			return err
		}
	}
	return nil
}

// repairOp sees to it that an operation without an outcome is on its way to one.
func (a *actor) repairOp(ctx context.Context, op replay.Open) error {
	switch body := op.Body.(type) {
	case *history.ActivityScheduled:
		task, err := a.task(ctx, op.Scheduled, body)
		if err != nil {
			return err
		}
		queued, err := a.w.store.TaskQueued(ctx, task)
		if err != nil {
			return err
		}
		if op.Cancelled {
			a.cancelActivity(op.ID, body)
			return nil
		}
		if !queued {
			return a.w.store.EnqueueTask(ctx, task)
		}
	case *history.StepScheduled:
		elsewhere, err := a.stepElsewhere(ctx, op.ID)
		if err != nil {
			return err
		}
		if elsewhere {
			return errElsewhere
		}
		a.startStep(body, op.Cancelled)
	}
	return nil
}

// outcomes lists the operations whose outcomes wait in the inbox.
func outcomes(waiting []store.Pending) map[history.OpID]bool {
	reported := map[history.OpID]bool{}
	for _, p := range waiting {
		if p.Start {
			continue
		}
		if msg, err := history.UnmarshalMessage(p.Data); err == nil && msg.Completed != nil {
			reported[msg.Completed.Op] = true
		}
	}
	return reported
}

// archive keeps the records of a short run, for the record that will close it.
type archive struct {
	events  uint64
	records []*history.Record
	partial bool // too long to keep: read them again when the run closes
}

// archiveMax bounds, in events, the runs whose records are kept in memory.
const archiveMax = 200

func archived(records []*history.Record) archive {
	var a archive
	for _, rec := range records {
		a.add(rec)
	}
	return a
}

func (a *archive) add(rec *history.Record) {
	a.events += uint64(len(rec.Events))
	if a.partial = a.partial || a.events > archiveMax; a.partial {
		a.records = nil
		return
	}
	a.records = append(a.records, rec)
}

// whole is the closing record with the events of all records before it.
func (a *archive) whole(ctx context.Context, act *actor, closing *history.Record) (*history.Record, error) {
	records := a.records
	if a.partial {
		before, err := journal.Read(ctx, act.w.store, act.w.chain, act.id, "")
		if err != nil {
			return nil, err
		}
		records = append(before.Records, closing)
	}
	all := *closing
	all.FirstEvent, all.Events = 1, nil
	for _, rec := range records {
		all.Events = append(all.Events, rec.Events...)
	}
	return &all, nil
}
