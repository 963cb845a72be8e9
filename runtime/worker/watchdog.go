package worker

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/runtime/history"
	"github.com/pawlhq/pawl/runtime/store"
)

// This file is the watchdog. Code that does not give up its turn (an endless loop, a lock or a call that the compiler does
// not know) holds nobody up but its own run; it must be found all the same, with the line that it is at.

// watched runs the code of the run, and says so where people look if it takes longer than a turn may.
func (a *actor) watched(code func() error) error {
	v := &vigil{w: a.w, entry: store.Entry{ID: a.id, Version: a.last*2 + 1}, done: make(chan struct{})}
	if a.started != nil {
		v.info = *a.info(history.StatusRunning, nil, time.Now().UTC())
	} else {
		v.info = history.RunInfo{ID: a.id, RunID: a.runID, Queue: a.queue, Status: history.StatusRunning}
	}
	alarm := time.AfterFunc(a.w.opt.Turn, v.report)
	defer func() {
		if !alarm.Stop() {
			<-v.done
			a.parked, a.parkReason = max(a.parked, 1), "" // the news that it goes on will follow
		}
	}()
	return code()
}

// vigil is one turn of a run, as the watchdog sees it.
type vigil struct {
	w     *Worker
	entry store.Entry
	info  history.RunInfo
	done  chan struct{}
}

// report says where the run is.
func (v *vigil) report() {
	defer close(v.done)
	v.info.Parked = fmt.Sprintf("workflow code has not given up its turn for %s", v.w.opt.Turn)
	if lines := running(v.info.RunID); len(lines) > 0 {
		v.info.Parked += "\n  at " + strings.Join(lines, "\n  at ")
	}
	v.info.Parked += "\n  help: wait by a channel, a lock of package sync, time.Sleep or an activity; if it computes, do it in an activity"
	v.w.log.Error("workflow code blocks its run", "workflow", v.info.ID, "run", v.info.RunID, "reason", v.info.Parked)
	v.entry.Data = v.info.Marshal()
	if err := v.w.store.PutEntry(v.w.ctx, v.entry); err != nil {
		v.w.log.Warn("blocked run is not shown as such", "workflow", v.info.ID, "error", err)
	}
}
