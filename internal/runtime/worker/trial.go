package worker

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file stops a run whose code ends the process, by recursion without end say, before it has ended every worker.
//
// Nobody sees a worker die but by what it leaves unanswered, and that is the wake-ups of all the runs that it was at. So
// those that have come back more than once are tried one at a time: the run's trial is noted in the registry before its
// code begins, and the note goes when the code has come to rest. The run that is at fault leaves its note there. A note
// holds for the record it was made at: who has recorded something since has got on.

const (
	// suspectAfter is how often a wake-up may be delivered before its run is tried alone.
	suspectAfter = 2
	// trialsMax is how many trials in a row, by one program, may end with the worker before the run is parked.
	trialsMax = 3
)

// FatalError says that the workers which ran a run's code did not live to see it come to rest.
type FatalError struct {
	ID     string
	Trials int // by this program, in a row
}

func (e *FatalError) Error() string {
	return fmt.Sprintf("workers do not survive workflow %q: %d in a row died, or were stopped, in the middle of its turn, with no other suspect beside it; "+
		"its code recurses without end, exits, blocks, or needs more memory than there is\n"+
		"  help: the last output of those processes tells which; mend the code, and the run goes on by itself on a worker of another build, or terminate it",
		e.ID, e.Trials)
}

// trial is a turn of a run that is suspected of ending its worker.
type trial struct {
	before store.Entry // of the registry, without the note
	leave  func()      // lets the next suspect in; may be called many times, from any goroutine
}

// examine decides whether the code of the run that was read may be run: at once, alone and on record, or not at all.
func (a *actor) examine(ctx context.Context, letters []mail, known registration) error {
	a.notes = nil
	if a.refuses != nil {
		return a.refuses
	}
	var trials []string
	if known.info != nil && known.info.TrialsAt == a.last {
		trials = known.info.Trials
	}
	switch {
	case len(trials) == 0 && !slices.ContainsFunc(letters, suspect):
		return nil
	case fatal(trials):
		a.notes = trials
		return &FatalError{a.id, trialsMax}
	}
	return a.beginTrial(ctx, known, trials)
}

// suspect reports whether a letter has come back so often that its run may be what workers die of.
func suspect(m mail) bool { return m.wake != nil && m.wake.Delivered > suspectAfter }

// fatal reports whether workers with this program have died of a run often enough.
func fatal(trials []string) bool {
	mine := 0
	for _, by := range trials {
		if by == program() {
			mine++
		}
	}
	return mine >= trialsMax
}

// beginTrial waits until no other suspect is tried in this worker, and notes the trial in the entry, which stays what it is
// otherwise: it may tell of an earlier state, and must give way to what repairs it.
func (a *actor) beginTrial(ctx context.Context, known registration, trials []string) error {
	select {
	case a.w.trials <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	info := a.info(history.StatusRunning, nil, time.Now().UTC())
	if known.info != nil {
		*info = *known.info
	}
	a.notes = append(slices.Clone(trials), program())
	info.Trials, info.TrialsAt = nil, 0
	before := known.entry
	before.Data = info.Marshal()
	a.trial = &trial{before: before, leave: sync.OnceFunc(func() { <-a.w.trials })}
	info.Trials, info.TrialsAt = a.notes, a.last
	noted := known.entry
	noted.Data = info.Marshal()
	return a.w.store.PutEntry(ctx, noted)
}

// endTrial takes the note back: whatever came of the turn, the worker is alive.
func (a *actor) endTrial(ctx context.Context) {
	t := a.trial
	if t == nil {
		return
	}
	a.trial, a.notes = nil, nil
	defer t.leave()
	if err := a.w.store.PutEntry(ctx, t.before); err != nil && ctx.Err() == nil {
		a.w.log.Warn("run is still noted as one that its worker may have died of", "workflow", a.id, "error", err)
	}
}

// program tells builds of this program apart: the hash of its executable.
var program = sync.OnceValue(func() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	file, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "unknown"
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
})
