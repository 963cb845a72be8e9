// This file stops a run whose code ends the process, for example by infinite recursion, before it has ended every worker.
//
// A worker that dies leaves the deliveries of all its runs unanswered, and any of these runs may be the cause. So a run
// whose delivery has come back more than once is suspect. A worker runs one suspect at a time: it notes the trial in
// visibility before it runs any code of the run, and removes the note when the code is idle. A run that kills its worker
// leaves its note there. A note counts only for the journal record at which it was made: a run that has recorded
// anything since is no longer suspect.

package workflow

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	// suspectAfter is how often a message may be delivered before its run is suspect.
	suspectAfter = 2
	// trialsMax is how many trials in a row, by one build of the program, may end with the worker before the run is parked.
	trialsMax = 3
)

// fatalError says that the workers that ran a run's code died before it was idle.
type fatalError struct {
	id     string
	trials int // by this build, in a row
}

func (e *fatalError) Error() string {
	return fmt.Sprintf("workflow %q crashed %d workers in a row: each of them died, or was stopped, while it ran the code of this run and of no other suspect; "+
		"the code recurses without end, exits, blocks, or needs more memory than there is\n"+
		"  help: the last output of those processes tells which; fix the code and deploy it (the run then resumes), or terminate the run",
		e.id, e.trials)
}

// probation is what an actor knows of the trials of its run.
type probation struct {
	build  func() string // identifies the build of this program
	slot   chan struct{} // has room for the one suspect that this worker may try
	wait   func()        // is called before a wait for the slot
	trials []string      // builds that have noted a trial of the run at its last record
	trial  *trial        // under way, or nil
}

// trial is a turn of a suspect run.
type trial struct {
	before store.Entry // of visibility, without the note
	leave  func()      // lets the next suspect be tried; may be called repeatedly, from any goroutine
}

// examine decides whether the run's code may be run: immediately, as the only suspect and with a note, or not at all.
func (p *probation) examine(ctx context.Context, r *run, ms messages, known visible) error {
	p.trials = nil
	if !r.mayRun(ms) {
		return nil
	}
	var trials []string
	if known.summary != nil && known.summary.TrialsAt == r.last {
		trials = known.summary.Trials
	}
	switch {
	case len(trials) == 0 && !slices.ContainsFunc(ms, suspect):
		return nil
	case p.failed(trials) >= trialsMax:
		p.trials = trials
		return &fatalError{r.id, trialsMax}
	}
	return p.begin(ctx, r, known, trials)
}

// mayRun reports whether a turn with these messages may run code. A note about an id without a run would show one.
func (r *run) mayRun(ms messages) bool {
	return r.isOpenOrContinues() || slices.ContainsFunc(ms, func(m message) bool { return m.inbox() != nil && m.inbox().Start })
}

// suspect reports whether a message has been delivered so often that its run may be what workers die of.
func suspect(m message) bool { return m.delivery != nil && m.delivery.Delivered > suspectAfter }

// failed counts the trials that were made by this build of the program.
func (p *probation) failed(trials []string) (n int) {
	for _, build := range trials {
		if build == p.build() {
			n++
		}
	}
	return n
}

// begin waits until this worker tries no other suspect, and notes the trial in the entry of visibility. It leaves the
// rest of the entry as it is, because that may be of an earlier state and must still be repaired.
func (p *probation) begin(ctx context.Context, r *run, known visible, trials []string) error {
	p.wait()
	select {
	case p.slot <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	s := r.summary(history.StatusRunning, nil, time.Now().UTC())
	if known.summary != nil {
		*s = *known.summary
	}
	p.trials = append(slices.Clone(trials), p.build())
	s.Trials, s.TrialsAt = nil, 0
	before := known.entry
	before.Data = s.Marshal()
	p.trial = &trial{before: before, leave: sync.OnceFunc(func() { <-p.slot })}
	s.Trials, s.TrialsAt = p.trials, r.last
	noted := known.entry
	noted.Data = s.Marshal()
	return r.worker.Store.PutEntry(ctx, noted)
}

// end removes the note of a trial: however the turn ended, the worker is alive.
func (p *probation) end(ctx context.Context, w *workflow) {
	t := p.trial
	if t == nil {
		return
	}
	p.trial, p.trials = nil, nil
	defer t.leave()
	if err := w.worker.Store.PutEntry(ctx, t.before); err != nil && ctx.Err() == nil {
		w.worker.Log.Warn("cannot remove the note that a run may have killed its worker", "workflow", w.id, "error", err)
	}
}
