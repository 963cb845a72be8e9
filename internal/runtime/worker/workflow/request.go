// This file is the request operation: what workflow code asks of other runs. A worker performs it as a client does, and sends what comes
// of it to the inbox of the run. That may take as long as the other run lives, so no delivery is held until then. Instead, the run looks
// from time to time whether its worker still performs the request: if it has died, another one does.

package workflow

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
)

// requests are the requests that a worker performs. They go on while their runs are not in memory.
type requests struct {
	client *client.Client
	mu     sync.Mutex
	now    map[requestKey]context.CancelCauseFunc
}

type requestKey struct {
	runID string
	op    history.OpID
}

func newRequests(p *process.Process) *requests {
	return &requests{client: client.New(p.Store, p.Chain), now: map[requestKey]context.CancelCauseFunc{}}
}

var requestKind = kind{
	recorded: func(r *run, e history.Event) effect {
		body := e.Body.(*history.RequestScheduled)
		if op, ok := r.x.Find(body.Op.ID()); ok {
			r.local.limits.add(op.ID, r.lookAtRequest(op, firstLook))
			r.perform(op)
		}
		return nil
	},
	missing: func(_ context.Context, r *run, op replay.Open) (bool, error) {
		return !r.requests.has(requestKey{r.runID, op.ID}), nil
	},
	again: func(r *run, op replay.Open) effect {
		r.perform(op)
		return nil
	},
	limits:  func(r *run, op replay.Open) []due { return r.lookAtRequest(op, firstLook) },
	abandon: func(r *run, op replay.Open) { r.requests.cancel(requestKey{r.runID, op.ID}, errRunClosed) },
}

// Pauses between two looks whether a request is being performed. During the first one, what has led to the request is not yet
// acknowledged, and most requests are over by then.
const (
	firstLook = time.Second
	lastLook  = 10 * time.Minute
)

// lookAtRequest looks at a request after a pause, and again after longer ones.
func (r *run) lookAtRequest(op replay.Open, pause time.Duration) []due {
	return []due{{at: time.Now().Add(pause), check: func() {
		if op, open := r.x.Find(op.ID); open {
			r.perform(op)
			r.local.limits.add(op.ID, r.lookAtRequest(op, min(4*pause, lastLook)))
		}
	}}}
}

var errRunClosed = errors.New("the run has closed")

// perform performs a request, unless that is under way in this worker.
func (r *run) perform(op replay.Open) {
	body := op.Body.(*history.RequestScheduled)
	to := caller{id: r.id, runID: r.runID, queue: r.queue, op: op.ID}
	ctx, ok := r.requests.begin(r.worker.Context(), requestKey{r.runID, op.ID})
	if !ok {
		return
	}
	if op.Cancelled {
		r.requests.cancel(requestKey{r.runID, op.ID}, context.Canceled)
	}
	go func() {
		defer r.requests.end(requestKey{r.runID, op.ID})
		r.requests.perform(ctx, r.worker, to, body, op.Scheduled)
	}()
}

// caller is the run that a request belongs to.
type caller struct {
	id, runID, queue string
	op               history.OpID
}

// performRetry is how often a request is tried while the store does not answer.
var performRetry = backoff.Doubling(50*time.Millisecond, 5*time.Second)

// perform performs a request until it is known what has come of it, and sends that to the run.
func (q *requests) perform(ctx context.Context, p *process.Process, to caller, body *history.RequestScheduled, scheduled time.Time) {
	for tries := 1; p.Context().Err() == nil && !errors.Is(context.Cause(ctx), errRunClosed); tries++ {
		done, err := q.client.Perform(ctx, body, scheduled, p.Handlers.Errors)
		if err != nil && errors.Is(context.Cause(ctx), context.Canceled) && p.Context().Err() == nil {
			done, err = &history.RequestCompleted{Op: to.op, Outcome: history.Outcome{Failure: p.Handlers.Errors.Encode(context.Canceled)}}, nil
		}
		if err == nil {
			done.Outcome.Worker = p.ID
			err = sendDone(p.Context(), p, to, done)
		}
		if err == nil {
			return
		}
		p.Log.Warn("request of a workflow not performed; trying again", "workflow", to.id, "operation", to.op, "of", body.ID, "error", err)
		performRetry.Wait(p.Context(), tries)
	}
}

// sendDone sends what came of a request to its run.
func sendDone(ctx context.Context, p *process.Process, to caller, done *history.RequestCompleted) error {
	sealed, err := journal.Seal(ctx, p.Chain, journal.ObjectPrefix(to.id, to.runID), []history.Event{{Body: done}})
	var refused *payloads.SealError
	if errors.As(err, &refused) {
		failed := &history.RequestCompleted{Op: done.Op, RunID: done.RunID, Outcome: history.Outcome{Failure: p.Handlers.Errors.Encode(err)}}
		sealed, err = []history.Event{{Body: failed}}, nil
	}
	if err != nil {
		return err
	}
	msg := &history.Message{RunID: to.runID, Request: sealed[0].Body.(*history.RequestCompleted)}
	return p.Store.Send(ctx, store.Message{
		Queue: to.queue, ID: to.id, DedupID: to.runID + "/" + to.op.String() + "/request", Outcome: true, Data: msg.Marshal(),
	})
}

// begin returns the context of a request that nothing performs in this worker.
func (q *requests) begin(parent context.Context, key requestKey) (context.Context, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.now[key] != nil {
		return nil, false
	}
	ctx, cancel := context.WithCancelCause(parent)
	q.now[key] = cancel
	return ctx, true
}

// end forgets a request.
func (q *requests) end(key requestKey) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.now[key]; cancel != nil {
		cancel(nil)
		delete(q.now, key)
	}
}

// cancel ends the work on a request, if there is any.
func (q *requests) cancel(key requestKey, cause error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if cancel := q.now[key]; cancel != nil {
		cancel(cause)
	}
}

// has reports whether this worker performs a request.
func (q *requests) has(key requestKey) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.now[key] != nil
}
