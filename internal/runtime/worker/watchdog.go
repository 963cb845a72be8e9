package worker

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file is the watchdog. Code that does not give up its turn (an endless loop, a lock or a call that the compiler does
// not know) holds nobody up but its own run; it must be found all the same, with the line that it is at. No goroutine of
// Go can be ended from outside, so one that is blocked stays. If the run is to be terminated, another actor does that.

// watched runs the code of the run, and says so where people look if it takes longer than a turn may.
func (a *actor) watched(code func() error) error {
	v := &vigil{actor: a, entry: store.Entry{ID: a.id, Version: a.last*2 + 1}, done: make(chan struct{})}
	if a.started != nil {
		v.info = *a.info(history.StatusRunning, nil, time.Now().UTC())
	} else {
		v.info = history.RunSummary{ID: a.id, RunID: a.runID, Queue: a.queue, Status: history.StatusRunning}
	}
	v.info.Trials, v.info.TrialsAt, v.trial = a.notes, a.last, a.trial
	alarm := time.AfterFunc(a.w.opt.Turn, v.report)
	defer func() {
		if !alarm.Stop() {
			<-v.done
			a.w.unblocked(a)
			a.parked, a.parkReason = max(a.parked, 1), "" // the news that it goes on will follow
		}
	}()
	return code()
}

// vigil is one turn of a run, as the watchdog sees it.
type vigil struct {
	actor *actor
	trial *trial
	entry store.Entry
	info  history.RunSummary
	done  chan struct{}
}

// report says where the run is.
func (v *vigil) report() {
	defer close(v.done)
	w := v.actor.w
	if v.trial != nil {
		v.trial.leave() // code that blocks is not what workers die of at once
	}
	v.info.Parked = fmt.Sprintf("workflow code has not given up its turn for %s", w.opt.Turn)
	at := "unknown"
	if lines := running(v.info.RunID); len(lines) > 0 {
		at = lines[0]
		v.info.Parked += "\n  at " + strings.Join(lines, "\n  at ")
	}
	v.info.Parked += "\n  help: wait by a channel, a lock of package sync, time.Sleep or an activity; if it computes, do it in an activity"
	w.log.Error("workflow code blocks its run; pawl run stack shows where it is", "workflow", v.info.ID, "run", v.info.RunID, "for", w.opt.Turn, "at", at)
	v.entry.Data = v.info.Marshal()
	if err := w.store.PutEntry(w.ctx, v.entry); err != nil {
		w.log.Warn("blocked run is not shown as such", "workflow", v.info.ID, "error", err)
	}
	w.blocks(v.actor, &BlockedError{v.info.RunID, v.info.Parked})
}

// BlockedError says that the code of a run has not given up its turn.
type BlockedError struct{ RunID, Reason string }

func (e *BlockedError) Error() string { return e.Reason }

// blocks notes that an actor's goroutine is held by the code of its run, and looks for a request to terminate that run.
func (w *Worker) blocks(a *actor, why *BlockedError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.blocked = why
	for _, d := range a.bySeq {
		w.relieve(a, mail{wake: d})
	}
}

// unblocked notes that the code has come back.
func (w *Worker) unblocked(a *actor) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a.blocked = nil
}

// relieve puts another actor in the place of one that is blocked, if a letter asks for the run to be terminated. The new one
// knows that the code is not to be run, and closes the run without it. What the old one may still want to record, the
// compare of the append refuses. w.mu is held.
func (w *Worker) relieve(a *actor, m mail) {
	if a.blocked == nil || a.relieved || w.stopping {
		return
	}
	if _, asked := termination([]mail{m}, a.blocked.RunID); !asked {
		return
	}
	a.relieved = true
	next := &actor{w: w, id: a.id, queue: a.queue, bySeq: a.bySeq, refuses: a.blocked}
	w.actors[a.id] = next
	answerLocal(a.mail, false)
	a.mail, a.bySeq = nil, map[deliveryKey]*delivery{}
	for _, d := range next.bySeq {
		d.queued = true
		next.mail = append(next.mail, mail{wake: d})
	}
	w.set(next)
}

// end ends the coroutines of a run. Their defers are the author's code: if one does not return, its goroutine is lost.
func (w *Worker) end(x *replay.Execution) {
	alarm := time.AfterFunc(w.opt.Turn, func() {
		w.log.Error("a defer of workflow code does not return; its goroutine is left behind",
			"workflow", x.ID, "run", x.RunID, "at", strings.Join(running(x.RunID), ", "))
	})
	defer alarm.Stop()
	x.Kill()
}
