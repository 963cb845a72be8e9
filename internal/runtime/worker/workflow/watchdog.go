// This file is the watchdog. Code that does not return, because of an endless loop, or a lock or call that the scheduler
// does not know, blocks only its own run. The watchdog finds it and shows the line where it is. Go cannot end a
// goroutine from outside, so the goroutine stays blocked. If the run is to be terminated, another actor takes it over.

package workflow

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// supervise runs code of a run. If that takes longer than Config.Turn, it logs the run as blocked and shows it as such.
func (a *actor) supervise(r *run, code func() error) error {
	s := &supervised{actor: a, run: r, trial: a.probation.trial, done: make(chan struct{})}
	s.summary = r.summary(history.StatusRunning, nil, time.Now().UTC())
	s.summary.Trials, s.summary.TrialsAt = a.probation.trials, r.last
	timer := time.AfterFunc(a.runs.Turn, s.report)
	defer func() {
		if !timer.Stop() {
			<-s.done
			a.runs.setBlocked(a, nil)
			a.parking = parking{times: max(a.parking.times, 1)} // so that the run will be shown as running again
		}
	}()
	return code()
}

// supervised is code of a run that the watchdog watches.
type supervised struct {
	actor   *actor
	run     *run
	trial   *trial
	summary *history.RunSummary
	done    chan struct{}
}

// report shows where the run is blocked.
func (s *supervised) report() {
	defer close(s.done)
	a, limit := s.actor, s.actor.runs.Turn
	if s.trial != nil {
		s.trial.leave() // code that blocks does not kill its worker
	}
	s.summary.Parked = fmt.Sprintf("workflow code has not given up its turn for %s", limit)
	at := "unknown"
	if lines := blockedAt(s.run.runID); len(lines) > 0 {
		at = lines[0]
		s.summary.Parked += "\n  at " + strings.Join(lines, "\n  at ")
	}
	s.summary.Parked += "\n  help: wait by a channel, a lock of package sync, time.Sleep or an activity; if the code computes, do it in an activity"
	a.worker.Log.Error("workflow code blocks its run; pawl run stack shows where it is", "workflow", a.id, "run", s.run.runID, "for", limit, "at", at)
	if err := s.run.putUnrecorded(a.worker.Context(), s.summary); err != nil {
		a.worker.Log.Warn("cannot show a run as blocked", "workflow", a.id, "error", err)
	}
	a.runs.setBlocked(a, &blockedError{s.run.runID, s.summary.Parked})
}

// blockedError says that the code of a run has not given up its turn.
type blockedError struct{ runID, reason string }

func (e *blockedError) Error() string { return e.reason }

// setBlocked notes why an actor's goroutine is held by the code of its run, or, if why is nil, that it is not any more. A
// blocked run can be terminated.
func (rs *Runs) setBlocked(a *actor, why *blockedError) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	a.mailbox.blocked = why
	if why != nil {
		rs.leave(a)
	}
	for _, d := range a.mailbox.unsettled {
		rs.takeOver(a, message{delivery: d})
	}
}

// takeOver puts another actor in the place of one that is blocked, if m asks to terminate the run. The new one has a
// reason not to run the code, and closes the run without it. Whatever the old one still wants to append conflicts with
// that. rs.mu is held.
func (rs *Runs) takeOver(a *actor, m message) {
	box := &a.mailbox
	if box.blocked == nil || box.takenOver || rs.Stopping() {
		return
	}
	if (messages{m}).termination(box.blocked.runID) == nil {
		return
	}
	box.takenOver = true
	next := newActor(rs, a.queue, a.id)
	next.refusal = box.blocked
	rs.actors[a.id] = next
	box.messages.refuse()
	box.messages, next.mailbox.unsettled, box.unsettled = nil, box.unsettled, map[deliveryKey]*delivery{}
	for _, d := range next.mailbox.unsettled {
		d.queued = true
		next.mailbox.messages = append(next.mailbox.messages, message{delivery: d})
	}
	rs.schedule(next, classMessage)
}

// isTakenOver reports whether another actor has taken the place of a while its code held the turn.
func (rs *Runs) isTakenOver(a *actor) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return a.mailbox.takenOver
}

// kill ends the coroutines of a run, without waiting for their deferred calls. If one of those does not return, its
// goroutine is lost, and logged.
func (rs *Runs) kill(x *replay.Execution) {
	go func() {
		timer := time.AfterFunc(rs.Turn, func() {
			rs.Log.Error("a deferred call of workflow code does not return; its goroutine is abandoned",
				"workflow", x.ID, "run", x.RunID, "at", strings.Join(blockedAt(x.RunID), ", "))
		})
		defer timer.Stop()
		x.Kill()
	}()
}
