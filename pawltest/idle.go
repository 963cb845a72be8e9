// Waiting until the engine is idle: all runs have closed, and no messages, tasks or timers are left.

package pawltest

import (
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/client"

	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
)

// waitUntilIdle waits until all runs have closed and no work is left.
func (e *engine) waitUntilIdle(patience time.Duration) {
	e.t.Helper()
	deadline := time.Now().Add(patience)
	poll := backoff.Doubling(time.Millisecond, time.Second)
	for polls := 1; ; polls++ {
		work := e.remainingWork()
		if len(work) == 0 {
			return
		}
		if time.Now().After(deadline) {
			e.t.Errorf("work is left %v after the test has returned:\n  %s", patience, strings.Join(work, "\n  "))
			return
		}
		time.Sleep(poll.Pause(polls))
	}
}

// remainingWork describes what the engine still has to do.
func (e *engine) remainingWork() (work []string) {
	add := func(format string, args ...any) { work = append(work, fmt.Sprintf(format, args...)) }
	summaries, err := e.client.List(background, client.Filter{})
	if err != nil {
		add("cannot list workflows: %v", err)
	}
	queues := map[string]string{}
	for _, s := range summaries {
		queues[s.ID] = s.Queue
		if !s.Status.Closed() {
			add("workflow %s is %s%s", s.ID, s.Status, strings.TrimRight(": "+s.Parked, ": "))
		}
	}
	ids, _ := e.recorder.Runs()
	for _, id := range ids {
		if _, ok := queues[id]; !ok { // its worker crashed after the first record, which may be the last
			add("workflow %s has a journal but no visibility entry", id)
		}
	}
	for id, queue := range queues {
		if pending, err := e.own.Pending(background, queue, id); err != nil {
			add("cannot read the inbox of workflow %s: %v", id, err)
		} else if len(pending) > 0 {
			add("workflow %s has %d messages in its inbox", id, len(pending))
		}
	}
	for _, t := range e.recorder.Tasks() {
		if queued, err := e.own.TaskQueued(background, t); err != nil {
			add("cannot look up task %s: %v", crashstore.TaskName(t), err)
		} else if queued {
			add("task %s is queued", crashstore.TaskName(t))
		}
	}
	return append(work, e.recorder.OverdueTimers()...)
}
