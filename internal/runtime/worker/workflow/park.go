// This file parks runs that cannot go on: a replay that does not match, a panic, a workflow type that this worker does
// not have, a payload or a record that cannot be decoded. Nothing is written to the journal of such a run. Its messages
// are kept and delivered again, so it resumes as soon as a worker with better code receives it. Other runs continue.
//
// However many messages a parked run has, it is tried again at one time only. What arrives before that waits for it, except
// for a request to terminate the run.

package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/incoming"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// parking is whether a run is parked, and why.
type parking struct {
	times  int       // how many turns in a row have failed
	until  time.Time // when it is tried again
	reason string    // as visibility has it
	builds []string  // builds that cannot run the code, as visibility has them
	logged string    // the last reason that this actor has logged
}

// waits reports whether it is too early to try a parked run again.
func (p *parking) waits(ms messages) bool {
	if !time.Now().Before(p.until) {
		return false
	}
	return ms.termination("") == nil
}

// shows reports whether visibility has that the run is parked, and why, as found by this build.
func (p *parking) shows(reason string, builds []string) bool {
	return p.reason == reason && len(builds) == len(p.builds)
}

// parkRetry is how often a parked run is tried again.
var parkRetry = backoff.Doubling(time.Second, time.Minute)

// park drops the run from memory until it is tried again, and shows why. A reason is logged and shown once.
func (a *actor) park(ctx context.Context, err error) {
	p := &a.parking
	p.times++
	delay := parkRetry.Pause(p.times)
	p.until = time.Now().Add(delay)
	reason := history.Cut(err.Error(), parkedMax)
	if reason != p.logged {
		firstLine, _, _ := strings.Cut(reason, "\n")
		a.worker.Log.Error("run is parked; pawl run show prints the whole reason", "workflow", a.id, "reason", firstLine)
		p.logged = reason
	}
	if builds := a.failedBuilds(err); !p.shows(reason, builds) {
		p.reason, p.builds = reason, builds
		if err := a.showParking(ctx, history.StatusParked); err != nil {
			a.worker.Log.Warn("cannot show a run as parked", "workflow", a.id, "error", err)
			p.reason = ""
		}
	}
	a.forget()
	a.retry(ctx, delay)
}

// failedBuilds returns the builds of the program that cannot run the code of the run. A worker that does not have the code
// is not one: another program of the same build may have it.
func (a *actor) failedBuilds(cause error) []string {
	var unknownType *unknownTypeError
	var unknownStep *unknownStepError
	build := a.runs.Build()
	if errors.As(cause, &unknownType) || errors.As(cause, &unknownStep) || slices.Contains(a.parking.builds, build) {
		return a.parking.builds
	}
	return append(slices.Clone(a.parking.builds), build)
}

// saveOutcomes sends the outcomes of steps, which the run could not take in, to its inbox, as those of activities are sent.
// Otherwise the steps would run again each time the run is tried.
func (a *actor) saveOutcomes(ctx context.Context, ms messages) {
	for _, m := range ms {
		if m.outcome == nil {
			continue
		}
		done, ok := m.outcome.event.(*history.StepCompleted)
		if !ok {
			continue
		}
		msg := &history.Message{RunID: m.outcome.runID, Completed: &history.ActivityCompleted{Op: done.Op, Outcome: done.Outcome}}
		key := m.outcome.runID + "/" + done.Op.String() + "/done"
		err := a.worker.Store.Send(ctx, store.Message{Queue: a.queue, ID: a.id, DedupID: key, Outcome: true, Data: msg.Marshal()})
		if err != nil {
			a.worker.Log.Warn("outcome of a step not stored; the step will run again", "workflow", a.id, "operation", done.Op, "error", err)
		}
		if a.run != nil && a.run.runID == m.outcome.runID {
			a.run.forgetStep(done.Op)
		}
		a.forgetKept(stepRef{m.outcome.runID, done.Op})
	}
}

// unpark shows that a parked run has resumed.
func (a *actor) unpark(ctx context.Context) {
	if a.parking.times == 0 {
		return
	}
	a.parking = parking{}
	if a.run == nil || !a.run.loaded() {
		return
	}
	a.worker.Log.Info("parked run resumes", "workflow", a.id, "run", a.run.runID)
	if err := a.showParking(ctx, history.StatusRunning); err != nil {
		a.worker.Log.Warn("cannot show that a parked run has resumed", "workflow", a.id, "error", err)
	}
}

// adoptParking takes over from visibility that the run is parked: another worker, or an earlier process, parked it.
func (a *actor) adoptParking(known visible) {
	if s := known.parked(a.run); s != nil {
		opened := *s
		err := history.EditPayloads(&opened, func(p *history.Payload) error { return a.worker.Chain.Open(a.worker.Context(), p) })
		if err != nil {
			opened.Parked = "" // it will be shown again
		}
		p := &a.parking
		p.times, p.reason, p.builds = max(p.times, 1), opened.Parked, s.ParkedBy
	}
}

// showParking writes the entry for a state that has no record.
func (a *actor) showParking(ctx context.Context, status history.Status) error {
	if a.run == nil {
		a.run = newRun(a.workflow, "")
	}
	s := a.run.summary(status, nil, time.Now().UTC())
	if status == history.StatusParked {
		s.Parked, s.ParkedBy = a.parking.reason, a.parking.builds
	}
	s.Trials, s.TrialsAt = a.probation.trials, a.run.last
	return a.run.putUnrecorded(ctx, s)
}

// terminateUnrunnable closes a run that cannot go on, if one of the messages asks for it: that does not need the run's
// code. Otherwise it returns cause, for which the run will be parked.
func (a *actor) terminateUnrunnable(ctx context.Context, ms messages, cause error) error {
	if ms.termination("") == nil {
		return cause
	}
	a.forget()
	loaded, err := load(ctx, a.workflow)
	a.run = loaded
	var corrupt *journal.CorruptError
	if err != nil && !errors.As(err, &corrupt) {
		return err
	}
	t := &turn{run: a.run, messages: ms, supervise: a.supervise}
	defer func() { a.run = t.run }()
	var later messages // starts of runs that follow
	for _, m := range ms {
		in := m.inbox()
		if in == nil {
			continue
		}
		if req := t.otherStart(in); req != nil && t.run.isOpenOrContinues() {
			later = append(later, m)
			continue
		} else if req != nil {
			t.adopt(req, in)
		}
		t.consumed = append(t.consumed, in.Seq)
	}
	request := ms.termination(t.run.runID)
	if request != nil && t.run.ended != nil {
		if err := t.adoptNext(ctx); err != nil {
			return err
		}
	}
	if request == nil || !t.run.exists() || t.run.closed.Closed() {
		return cause
	}
	t.add(&history.RunTerminated{Reason: request.Reason, Sealed: request.Sealed})
	if err := t.commit(ctx); err != nil {
		return err
	}
	for _, m := range later {
		if err := t.take(ctx, m); err != nil {
			return err
		}
	}
	return t.commit(ctx)
}

// otherStart returns the start in a message, if it is not that of the run itself.
func (t *turn) otherStart(in *store.Pending) *history.StartRequest {
	if !in.Start {
		return nil
	}
	req, err := incoming.Start(t.run.id, in.Data)
	if err != nil || req.RunID == history.FirstRunID(t.run.runID) {
		return nil
	}
	return req
}
