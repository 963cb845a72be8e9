package worker

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file is the commit protocol.

// turn moves a run on by what has arrived: load, apply, append, publish, settle.
func (a *actor) turn(letters []mail) {
	ctx := a.w.ctx
	for {
		err := a.try(ctx, letters)
		switch {
		case a.isRelieved():
			answerLocal(letters, false)
			a.forget()
			return
		case err == nil:
			a.unpark(ctx)
			answerLocal(letters, a.afterTurn(ctx))
			return
		case ctx.Err() != nil:
			answerLocal(letters, false)
			a.forget()
			return // unacknowledged: another worker has it soon
		case errors.Is(err, errElsewhere):
			answerLocal(letters, false)
			a.forget()
			a.handBack(elsewhereDelay)
			return
		case parks(err):
			answerLocal(letters, false)
			a.park(ctx, err)
			return
		case errors.Is(err, store.ErrUnavailable):
			a.w.log.Warn("store is unavailable; trying again", "workflow", a.id, "error", err)
			backoff.Sleep(ctx, time.Second)
		default:
			a.w.log.Debug("another worker was first; reading again", "workflow", a.id, "error", err)
		}
		a.forget()
		a.contested = true
	}
}

// isRelieved reports whether the run was taken from this actor while its code held the turn.
func (a *actor) isRelieved() bool {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.relieved
}

// parks reports whether an error is the run's: neither a lost compare, nor the store's being away.
func parks(err error) bool {
	var conflict *store.ConflictError
	return !errors.As(err, &conflict) && !errors.Is(err, store.ErrUnavailable)
}

// try is one attempt at a turn. After an error nothing of it counts: the run is forgotten and read again.
func (a *actor) try(ctx context.Context, letters []mail) (err error) {
	defer a.endTrial(ctx)
	defer func() {
		// Not the workflow's own code, whose panics its coroutine catches, but a config function or a bug of ours.
		if v := recover(); v != nil {
			err = fmt.Errorf("panic in the engine, outside of workflow code: %v\n%s", v, debug.Stack())
		}
	}()
	known := a.run != nil
	letters, err = a.ensureLoaded(ctx, letters)
	before := a.lastSeq()
	if err == nil {
		err = a.takeAll(ctx, letters)
	}
	if err == nil && known && a.lastSeq() == before && arrived(letters) {
		err = a.confirm(ctx)
	}
	if err != nil && parks(err) {
		return a.terminateUnrunnable(ctx, letters, err)
	}
	return err
}

// takeAll applies letters and what has come due, and commits.
func (a *actor) takeAll(ctx context.Context, letters []mail) error {
	p := &proposal{actor: a}
	for _, m := range letters {
		if err := p.take(ctx, m); err != nil {
			return err
		}
	}
	if err := p.takeDue(time.Now()); err != nil {
		return err
	}
	return p.commit(ctx)
}

// arrived reports whether something came from outside that is to be acknowledged.
func arrived(letters []mail) bool {
	return slices.ContainsFunc(letters, func(m mail) bool { return m.wake != nil })
}

// confirm makes sure that the run in memory is what the journal has. A turn that records nothing needs it: for a worker
// whose run has moved on elsewhere, what is news looks settled, or early.
func (a *actor) confirm(ctx context.Context) error {
	last, err := a.w.store.Last(ctx, a.id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if last.Seq != a.lastSeq() {
		return &store.ConflictError{ID: a.id, Prev: a.lastSeq(), Last: last.Seq}
	}
	return nil
}

// lastSeq is the newest record that this worker knows of.
func (a *actor) lastSeq() store.Seq {
	if a.run == nil {
		return 0
	}
	return a.last
}

// afterTurn arms the clock, and acknowledges what arrived unless something goes on that only this process knows of.
// It reports false if the run has no clock: what arrived must come again.
func (a *actor) afterTurn(ctx context.Context) bool {
	hold, err := a.armClock(ctx)
	if err != nil {
		a.forget()
		a.again(time.Second)
		return false
	}
	if !hold {
		a.acknowledge()
	}
	return true
}

// again has the run looked at after a while if no delivery leads back to it: it was moved on by local news.
func (a *actor) again(delay time.Duration) {
	if !a.holds() {
		time.AfterFunc(delay, func() { a.w.poke(a.queue, a.id) })
	}
}

// proposal is a record in the making: what arrived and the commands that followed from it.
type proposal struct {
	*actor
	events   []history.Event
	consumed []store.Seq
}

// take applies one letter, if it is still news.
func (p *proposal) take(ctx context.Context, m mail) error {
	switch {
	case m.stack != nil:
		p.answerStack(m.stack)
	case m.wake != nil && m.wake.Timer:
		p.clockFired()
	case m.wake != nil:
		return p.message(ctx, m.wake.Seq, m.wake.Start, m.wake.Data)
	case m.read != nil:
		return p.message(ctx, m.read.Seq, m.read.Start, m.read.Data)
	case m.done != nil:
		delete(p.steps, m.done.Op)
		if p.isOpen(m.done.Op) {
			return p.step(ctx, m.done)
		}
	case m.failed != nil:
		return p.fail(ctx, m.failed)
	case m.local != nil:
		// A run that has moved on elsewhere may have scheduled the activity without this worker's knowing.
		if m.local.taken = p.runID == m.local.runID && p.isOpen(m.local.done.Op); m.local.taken {
			return p.activityDone(ctx, m.local.done)
		}
	}
	return nil
}

// message applies a message of the inbox once.
func (p *proposal) message(ctx context.Context, seq store.Seq, start bool, data []byte) error {
	if p.known(seq) {
		return nil
	}
	if start {
		return p.start(ctx, seq, data)
	}
	p.consumed = append(p.consumed, seq)
	msg, err := history.UnmarshalMessage(data)
	if err != nil {
		return fmt.Errorf("message %d in the inbox of workflow %q: %w", seq, p.id, err)
	}
	if p.x == nil || msg.RunID != "" && msg.RunID != p.runID {
		return nil // for a run that has ended
	}
	switch {
	case msg.Completed != nil:
		return p.activityDone(ctx, msg.Completed)
	case msg.Cancel != nil:
		if !p.x.Cancelled() {
			return p.step(ctx, &history.CancelRequested{Reason: msg.Cancel.Reason})
		}
	case msg.Terminate != nil:
		return p.step(ctx, &history.RunTerminated{Reason: msg.Terminate.Reason})
	case msg.Wake != nil:
		return p.nudged(ctx)
	}
	return nil
}

// nudged publishes again what the run waits for, where it is missing.
func (p *proposal) nudged(ctx context.Context) error {
	if err := p.confirm(ctx); err != nil {
		return err
	}
	waiting, err := p.w.store.Pending(ctx, p.queue, p.id)
	if err != nil {
		return err
	}
	known, err := p.registered(ctx)
	if err != nil {
		return err
	}
	return p.repair(ctx, waiting, known)
}

// known reports whether a message was taken in before, by this proposal or by an earlier record.
func (p *proposal) known(seq store.Seq) bool {
	for _, s := range p.consumed {
		if s == seq {
			return true
		}
	}
	return p.run != nil && p.run.consumed[seq]
}

// start begins a run, unless the id is taken.
func (p *proposal) start(ctx context.Context, seq store.Seq, data []byte) error {
	req, err := history.UnmarshalStartRequest(data)
	if err != nil {
		return fmt.Errorf("start of workflow %q: %w", p.id, err)
	}
	begun := p.started != nil && p.started.RequestID == req.RequestID
	if !begun {
		if err := p.giveWay(ctx, req); err != nil {
			return err
		}
	}
	p.consumed = append(p.consumed, seq)
	switch {
	case begun: // it is this very run
	case p.x != nil:
		p.add(&history.StartRejected{RequestID: req.RequestID})
	case !p.closed.Closed() || req.Reuse.Allows(p.closed):
		return p.begin(ctx, req)
	}
	return nil
}

// giveWay stores the end of a run, of one that the start replaces too. That record must not take in the start: if
// this worker died before it has stored the next run, the start would be lost.
func (p *proposal) giveWay(ctx context.Context, req *history.StartRequest) error {
	if p.x == nil {
		return nil
	}
	if p.x.Closed() == nil {
		if req.Conflict != history.ConflictTerminate {
			return nil
		}
		if err := p.step(ctx, &history.RunTerminated{Reason: "replaced by a new start"}); err != nil {
			return err
		}
	}
	return p.commit(ctx)
}

// begin makes a new run and its first event. What the run before it took in may be delivered again to the new one.
func (p *proposal) begin(ctx context.Context, req *history.StartRequest) (err error) {
	before := p.run
	p.actor.run = newRun(req.RunID)
	p.last, p.started = before.last, startedEvent(req)
	p.unsettled = before.unsettled
	maps.Copy(p.run.consumed, before.unsettled)
	if err = p.w.describeCode(p.id, p.started); err != nil {
		return err
	}
	if p.x, err = p.w.execution(p.id, req.RunID, req.Type); err != nil {
		return err
	}
	err = p.step(ctx, p.started)
	p.startedAt = p.x.StartTime()
	return err
}

// startedEvent is the first event of a run, as far as the request tells.
func startedEvent(req *history.StartRequest) *history.RunStarted {
	return &history.RunStarted{
		Type: req.Type, Queue: req.Queue, RequestID: req.RequestID, Input: req.Input,
		Timeout: req.Timeout, Retention: req.Retention, SchedulerVersion: history.SchedulerVersion,
	}
}

// activityDone gives an activity its outcome, unless it has one.
func (p *proposal) activityDone(ctx context.Context, done *history.ActivityCompleted) error {
	if stop := p.cancels[done.Op]; stop != nil {
		stop()
		delete(p.cancels, done.Op)
	}
	if !p.isOpen(done.Op) {
		return nil
	}
	return p.step(ctx, &history.ActivityCompleted{Op: done.Op, Outcome: done.Outcome})
}

// fail gives an activity that nobody runs its outcome.
func (p *proposal) fail(ctx context.Context, f *activityFailed) error {
	return p.activityDone(ctx, &history.ActivityCompleted{Op: f.op, Outcome: history.Outcome{Failure: p.w.registry.errors.Encode(f.err), Worker: p.w.opt.ID}})
}

func (p *proposal) isOpen(op history.OpID) bool { return p.x != nil && p.x.IsOpen(op) }

// step applies an event to the run's code and collects the commands of the code.
func (p *proposal) step(ctx context.Context, body history.Body) error {
	if p.x == nil || p.x.Closed() != nil {
		return nil
	}
	opened, err := journal.Open(ctx, p.w.chain, []history.Event{{Body: body}})
	if err != nil {
		return err
	}
	in := history.Event{Time: p.now(), Body: opened[0].Body}
	var commands []history.Event
	err = p.watched(func() (err error) {
		commands, err = p.x.Step(in)
		return err
	})
	if err != nil {
		return err
	}
	p.events = append(p.events, history.Event{Time: in.Time, Body: body})
	p.events = append(p.events, commands...)
	return nil
}

// add takes down an event that the code does not see.
func (p *proposal) add(body history.Body) {
	p.events = append(p.events, history.Event{Time: p.now(), Body: body})
}

// now is the time of the next event: this worker's clock, but never before the run's last event.
func (p *proposal) now() time.Time {
	now := time.Now().UTC()
	if p.x != nil && p.x.Now().After(now) {
		return p.x.Now()
	}
	return now
}

// commit appends the proposal as one record and publishes what follows from it.
func (p *proposal) commit(ctx context.Context) error {
	if len(p.events) == 0 {
		return nil
	}
	events, err := journal.Seal(ctx, p.w.chain, journal.Owner(p.id, p.runID), p.events)
	if err != nil {
		return err
	}
	rec := &history.Record{
		Format: history.Format, ID: p.id, RunID: p.runID, Worker: p.w.opt.ID,
		FirstEvent: p.archive.events + 1, Events: events, Consumed: p.consumed, Prev: p.last,
	}
	if err := p.append(ctx, rec); err != nil {
		return err
	}
	for _, seq := range p.consumed {
		p.run.consumed[seq], p.unsettled[seq] = true, true
	}
	p.events, p.consumed = nil, nil
	return p.publish(ctx, events)
}

// append stores a record: the moment at which everything in it has happened. A record that closes the run carries
// all events, so that the store can drop the others.
func (a *actor) append(ctx context.Context, rec *history.Record) error {
	limit := a.w.store.MaxPayload() - headroom
	stored := store.Record{RunID: rec.RunID, CommitID: journal.NewID(), First: a.first}
	closing := history.StatusOf(rec.Events[len(rec.Events)-1].Body)
	if rec.FirstEvent == 1 || closing.Closed() { // what is between them the store may drop
		rec.ConsumedBefore = slices.Sorted(maps.Keys(a.unsettled))
	}
	a.archive.add(rec)
	if closing.Closed() {
		whole, err := a.archive.whole(ctx, a, rec)
		if err != nil {
			return err
		}
		rec = whole
		stored.Close = &store.Close{Retention: max(a.started.Retention, time.Second)}
	}
	var err error
	if stored.Data, err = journal.Pack(ctx, a.w.chain, rec, limit); err != nil {
		return err
	}
	seq, err := a.w.store.Append(ctx, a.id, a.last, stored)
	if err != nil {
		return err
	}
	a.last = seq
	if a.first == 0 || closing.Closed() {
		a.first = seq
	}
	return nil
}

// headroom is what a message's headers and the protocol around it may take of the largest payload, in bytes.
const headroom = 16 << 10

// publish carries out what follows from a record, and from the run being closed by it.
func (p *proposal) publish(ctx context.Context, events []history.Event) error {
	closing := events[len(events)-1].Body
	if history.StatusOf(closing).Closed() {
		p.closed = history.StatusOf(closing)
	}
	return p.consequences(ctx, events)
}
