// This file keeps the state of a task between attempts: heartbeat details, the last failure, when the next attempt is.

package activity

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// progress is the state of a task that the next attempt, and people, read from the store.
type progress struct {
	ctx     context.Context
	store   store.Tasks
	task    store.Task
	storing chan struct{} // holds an element while the state is being stored

	mu     sync.Mutex // guards what follows while an attempt runs
	state  history.TaskState
	stored time.Time // when a heartbeat was stored
	ended  bool      // the attempt has ended
}

func newProgress(ctx context.Context, st store.Tasks, task store.Task) *progress {
	p := &progress{ctx: ctx, store: st, task: task, storing: make(chan struct{}, 1)}
	p.state.Attempt = 1
	return p
}

// load reads what an earlier attempt stored, and counts the new attempt. It reports whether the worker of the attempt
// before died, or may have.
func (p *progress) load(delivered int) (orphaned bool, err error) {
	if delivered <= 1 { // a first attempt
		return false, nil
	}
	data, err := p.store.LastHeartbeat(p.ctx, p.task)
	if errors.Is(err, store.ErrNotFound) {
		p.state.Attempt = delivered
		return true, nil
	}
	if err != nil {
		return false, err
	}
	state, err := history.UnmarshalTaskState(data)
	if err != nil {
		return false, err
	}
	p.state = *state
	// Deliveries count attempts, including those whose worker died, but not those of a task that was queued again.
	p.state.Attempt = max(state.Attempt+1, delivered)
	return delivered > state.Attempt+1, nil
}

// begin notes that the attempt starts in the given worker.
func (p *progress) begin(worker string) {
	p.state.Started, p.state.NextRetry, p.state.Worker = time.Now(), time.Time{}, worker
}

// beatEvery is the shortest interval at which heartbeats are stored.
const beatEvery = 500 * time.Millisecond

// heartbeat stores the details of a heartbeat, at most once per beatEvery. Details that come in between are stored with
// the failure of the attempt. The mutex, which the end of an attempt needs, is not held while the store works.
func (p *progress) heartbeat(details history.Payload) error {
	if !p.due(details) {
		return nil
	}
	return p.save()
}

func (p *progress) due(details history.Payload) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.state.Heartbeat = details
	if time.Since(p.stored) < beatEvery {
		return false
	}
	p.stored = time.Now()
	return true
}

// end ignores later heartbeats: a function that was left running may still send some.
func (p *progress) end() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
}

// failed stores why the attempt failed and when the next one is.
func (p *progress) failed(failure *history.Failure, next time.Time) error {
	p.mu.Lock() // a function that was left running may still be storing a heartbeat
	p.state.LastFailure, p.state.NextRetry = failure, next
	p.mu.Unlock()
	return p.save()
}

// save stores the state. Calls wait for each other, so that the newest state is stored last.
func (p *progress) save() error {
	select {
	case p.storing <- struct{}{}:
		defer func() { <-p.storing }()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	p.mu.Lock()
	data := p.state.Marshal()
	p.mu.Unlock()
	return p.store.RecordHeartbeat(p.ctx, p.task, data)
}
