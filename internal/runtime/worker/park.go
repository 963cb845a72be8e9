package worker

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file deals with runs that cannot go on: a replay that diverges, a panic, a type nobody has, a payload or a
// record that cannot be read. Such a run is parked. Nothing is written to its journal; its wake-ups are kept and come
// again, so it goes on by itself as soon as a worker with better code takes it. No other run is concerned.

// parkRetry is how often a parked run is tried again.
var parkRetry = backoff.Doubling(time.Second, 30*time.Second)

// park puts the run aside and says why, once.
func (a *actor) park(ctx context.Context, err error) {
	reason := err.Error()
	news := reason != a.parkReason
	a.parkReason = reason
	if news {
		a.w.log.Error("run is parked; pawl run show has the whole reason", "workflow", a.id, "reason", firstLine(reason))
		if err := a.putParked(ctx, history.StatusParked); err != nil {
			a.w.log.Warn("parked run is not shown as such", "workflow", a.id, "error", err)
			a.parkReason = ""
		}
	}
	a.parked++
	delay := parkRetry.Pause(a.parked)
	a.forget()
	a.again(delay)
	a.handBack(delay)
}

// firstLine is as much of a text as a log has room for.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// unpark says that a parked run has gone on.
func (a *actor) unpark(ctx context.Context) {
	if a.parked == 0 {
		return
	}
	a.parked, a.parkReason = 0, ""
	if a.run == nil || a.x == nil {
		return
	}
	a.w.log.Info("parked run goes on", "workflow", a.id, "run", a.runID)
	if err := a.putParked(ctx, history.StatusRunning); err != nil {
		a.w.log.Warn("resumed run is still shown as parked", "workflow", a.id, "error", err)
	}
}

// putParked writes news that has no record: the entry's version lies between two records.
func (a *actor) putParked(ctx context.Context, status history.Status) error {
	if a.run == nil {
		a.run = newRun("")
	}
	info := a.info(status, nil, time.Now().UTC())
	info.Trials, info.TrialsAt = a.notes, a.last
	return a.w.store.PutEntry(ctx, store.Entry{ID: a.id, Version: a.last*2 + 1, Data: info.Marshal()})
}

// terminateUnrunnable closes a run that cannot go on, if among its letters is one that asks for it: its code is not
// needed for that. Otherwise it returns cause, for which the run is to be parked.
func (a *actor) terminateUnrunnable(ctx context.Context, letters []mail, cause error) error {
	if _, asked := termination(letters, ""); !asked {
		return cause
	}
	a.forget()
	if err := a.readOnly(ctx); err != nil {
		return err
	}
	p := &proposal{actor: a}
	for _, m := range letters {
		if data, start := m.message(); data != nil {
			p.consumed = append(p.consumed, m.seq())
			if start && (a.started == nil || a.closed.Closed()) {
				p.adopt(data)
			}
		}
	}
	reason, asked := termination(letters, a.runID)
	if !asked || a.started == nil || a.closed.Closed() {
		return cause
	}
	p.add(&history.RunTerminated{Reason: reason})
	return p.commit(ctx)
}

// termination looks for a request to terminate a run; any run if runID is empty.
func termination(letters []mail, runID string) (reason string, asked bool) {
	for _, m := range letters {
		data, start := m.message()
		if data == nil || start {
			continue
		}
		if msg, err := history.UnmarshalMessage(data); err == nil && msg.Terminate != nil &&
			(runID == "" || msg.RunID == "" || msg.RunID == runID) {
			return msg.Terminate.Reason, true
		}
	}
	return "", false
}

// readOnly loads as much of the journal as can be read, without running any code.
func (a *actor) readOnly(ctx context.Context) error {
	err := a.read(ctx)
	var corrupt *journal.CorruptError
	if errors.As(err, &corrupt) {
		return nil
	}
	return err
}

// adopt takes down the start of a run whose code is not there, so that it has a history to be closed in.
func (p *proposal) adopt(data []byte) {
	req, err := history.UnmarshalStartRequest(data)
	if err != nil {
		return
	}
	last := p.last
	p.actor.run = newRun(req.RunID)
	p.last, p.startedAt, p.started = last, p.now(), startedEvent(req)
	p.add(p.started)
}
