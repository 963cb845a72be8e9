// Queues without a worker: what waits there would wait until the test ends.

package pawltest

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/handlers"
)

// noWorkerLimit is how long a run or an activity may wait for a worker of its queue, in virtual time.
const noWorkerLimit = 24 * time.Hour

// queues knows which task queues have a worker.
type queues struct {
	mu      sync.Mutex
	workers map[string]int       // by queue
	left    map[string]time.Time // when a queue lost its last worker
	starts  []start              // of the test, on queues that had no worker
}

// start is the start of a run.
type start struct {
	queue, id string
	at        time.Time
}

// queuesOf returns the queues that a worker of registrations serves. Registrations that contradict each other have none: the
// worker reports them.
func queuesOf(registrations []pawl.Registration) []string {
	known, err := handlers.New(registrations)
	if err != nil {
		return nil
	}
	all := append(known.WorkflowQueues(), known.ActivityQueues()...)
	slices.Sort(all)
	return slices.Compact(all)
}

// join notes that a worker serves queues.
func (q *queues) join(names []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.workers == nil {
		q.workers, q.left = map[string]int{}, map[string]time.Time{}
	}
	for _, name := range names {
		q.workers[name]++
	}
}

// leave notes that a worker has stopped to serve queues.
func (q *queues) leave(names []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, name := range names {
		q.workers[name]--
		q.left[name] = time.Now()
	}
}

// served reports whether a queue has a worker.
func (q *queues) served(name string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.workers[name] > 0
}

// abandoned reports whether what has waited on a queue since the given time has waited too long for a worker.
func (q *queues) abandoned(name string, since time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if left := q.left[name]; left.After(since) {
		since = left
	}
	return q.workers[name] == 0 && time.Since(since) >= noWorkerLimit
}

// startSent is called when the test has started a run.
func (e *engine) startSent(queue, id string) {
	if e.queues.served(queue) {
		return
	}
	e.queues.mu.Lock()
	e.queues.starts = append(e.queues.starts, start{queue, id, time.Now()})
	e.queues.mu.Unlock()
	e.checkQueuesLater()
}

// enqueued is called when a worker has enqueued an activity.
func (e *engine) enqueued(queue string) {
	if !e.queues.served(queue) {
		e.checkQueuesLater()
	}
}

func (e *engine) checkQueuesLater() { time.AfterFunc(noWorkerLimit, e.checkQueues) }

// checkQueues stops the test if something has waited for a worker for too long.
func (e *engine) checkQueues() {
	if e.closed.Load() {
		return
	}
	for _, check := range []func() (id, what, queue string){e.abandonedStart, e.abandonedTask, e.abandonedRun} {
		if id, what, queue := check(); id != "" {
			e.stopRun(id, fmt.Sprintf("%s has waited for %v for a worker of queue %q, and the test runs none: pass the registration of its package to Env.Work, or start the worker again",
				what, noWorkerLimit, queue))
			return
		}
	}
}

func (e *engine) abandonedStart() (id, what, queue string) {
	e.queues.mu.Lock()
	starts := slices.Clone(e.queues.starts)
	e.queues.mu.Unlock()
	for _, s := range starts {
		if e.queues.abandoned(s.queue, s.at) && e.startPending(s) {
			return s.id, "the start of workflow " + s.id, s.queue
		}
	}
	return "", "", ""
}

func (e *engine) startPending(s start) bool {
	pending, err := e.own.Pending(background, s.queue, s.id)
	return err == nil && slices.ContainsFunc(pending, func(p store.Pending) bool { return p.Start })
}

// abandonedTask looks at activities. One with a limit fails by itself.
func (e *engine) abandonedTask() (id, what, queue string) {
	for _, t := range e.recorder.Tasks() {
		task, err := history.UnmarshalTask(t.Data)
		if err != nil || task.Policy.ScheduleToStart > 0 || task.Policy.ScheduleToClose > 0 || !e.queues.abandoned(t.Queue, task.Scheduled) {
			continue
		}
		if queued, err := e.own.TaskQueued(background, t); err == nil && queued {
			return t.ID, fmt.Sprintf("activity %s of workflow %s", task.Name, t.ID), t.Queue
		}
	}
	return "", "", ""
}

func (e *engine) abandonedRun() (id, what, queue string) {
	summaries, err := e.client.List(background, client.Filter{})
	if err != nil {
		return "", "", ""
	}
	for _, s := range summaries {
		if !s.Status.Closed() && e.queues.abandoned(s.Queue, s.Changed) {
			return s.ID, "workflow " + s.ID, s.Queue
		}
	}
	return "", "", ""
}
