// Tests that cannot go on. Without an engine, a workflow that waits for what never comes would block its test until the limit
// of go test. Here the test fails at that moment, with the reason and the history of the run.

package pawltest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
	"github.com/pawlhq/pawl/internal/runtime/store"

	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// returnLimit is how long a test may go on after it was stopped, in virtual time.
const returnLimit = time.Hour

// maxAttempts is how many attempts at one activity or step may fail.
const maxAttempts = 1000

// ending is the early end of a test.
type ending struct {
	once    sync.Once
	stopped atomic.Bool
	cancel  context.CancelCauseFunc    // of the test's context
	panic   atomic.Pointer[time.Timer] // ends the process if the test does not return
}

// stop fails the test because it cannot go on. It ends the test's context, disconnects its client and kills its workers, so
// that the test returns from what it waits for. Only the first call has an effect.
func (e *engine) stop(reason string) {
	e.ending.once.Do(func() {
		e.ending.stopped.Store(true)
		e.t.Errorf("the test cannot go on: %s", reason)
		e.ending.cancel(errors.New(reason))
		e.own.Close()
		e.workers.running.Go(e.workers.kill)
		e.ending.panic.Store(time.AfterFunc(returnLimit, func() {
			panic(fmt.Sprintf("%s does not return although its context has ended and its client is disconnected.\nIt cannot go on: %s", e.t.Name(), reason))
		}))
	})
}

// returned is called when the test has returned.
func (n *ending) returned() {
	if timer := n.panic.Load(); timer != nil {
		timer.Stop()
	}
}

// stopRun is like stop, and shows the history of a run.
func (e *engine) stopRun(id, reason string) {
	var text strings.Builder
	text.WriteString(reason)
	if h, err := e.client.History(background, id, ""); err == nil {
		fmt.Fprintf(&text, "\nhistory of workflow %s:\n", id)
		err = show.History(&text, h)
		if err != nil {
			fmt.Fprintf(&text, "cannot show it: %v\n", err)
		}
	}
	e.stop(strings.TrimRight(text.String(), "\n"))
}

// watchedStore is the store of a worker. It stops the test when the worker parks a run, or reports that the run's code blocks,
// and reports the end of runs.
type watchedStore struct {
	store.Store
	engine *engine
}

// PutEntry implements store.Visibility.
func (s watchedStore) PutEntry(ctx context.Context, entry store.Entry) error {
	err := s.Store.PutEntry(ctx, entry)
	summary, bad := history.UnmarshalRunSummary(entry.Data)
	if bad == nil {
		s.engine.client.Reveal(ctx, summary)
	}
	switch {
	case bad != nil:
	case summary.Status.Closed():
		s.engine.endings.ended(summary)
	case summary.Parked != "" && !s.engine.opt.parkedRuns:
		s.engine.stopRun(entry.ID, fmt.Sprintf("workflow %s is %s: %s", entry.ID, summary.Status, summary.Parked))
	}
	return err
}

// EnqueueTask implements store.Tasks.
func (s watchedStore) EnqueueTask(ctx context.Context, t store.Task) error {
	err := s.Store.EnqueueTask(ctx, t)
	s.engine.enqueued(t.Queue)
	return err
}

// attemptFailed is called after each attempt at an activity or step that failed. It stops the test if there is no end of them.
func (e *engine) attemptFailed(c recorder.Call, attempts int, err error) {
	if attempts == maxAttempts {
		e.stopRun(c.ID, fmt.Sprintf("%s of workflow %s has failed %d times: give it an attempts= limit, return pawl.Final, or let the test's fake succeed. The last error: %v",
			c.Name, c.ID, attempts, err))
	}
}
