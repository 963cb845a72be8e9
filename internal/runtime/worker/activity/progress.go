// This file keeps the state of a task in the store: which attempts have begun, and what the next one needs of them.

package activity

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// progress is the state of a task. The next attempt and people read it from the store.
//
// An attempt is recorded before it begins, on condition that no other worker has recorded one since. So its number is known
// whatever happens to the worker, and no limit of attempts is exceeded. Only the first attempt at an activity without a limit
// is not recorded, because that would cost every activity a write.
type progress struct {
	ctx     context.Context
	store   store.Tasks
	chain   *payloads.Chain
	task    store.Task
	storing chan struct{} // holds an element while the state is being stored

	mu       sync.Mutex // guards what follows while an attempt runs
	state    history.TaskState
	revision store.Seq // of the stored state; 0 if none is stored
	stored   time.Time // when a heartbeat was stored
	ended    bool      // the attempt has ended, or another one has begun
}

func newProgress(ctx context.Context, st store.Tasks, chain *payloads.Chain, task store.Task) *progress {
	return &progress{ctx: ctx, store: st, chain: chain, task: task, storing: make(chan struct{}, 1)}
}

// load reads what is stored. A state that cannot be decoded counts as none.
func (p *progress) load() error {
	data, revision, err := p.store.TaskState(p.ctx, p.task)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	p.revision = revision
	state, err := history.UnmarshalTaskState(data)
	if err != nil {
		return nil
	}
	err = history.EditPayloads(state, func(payload *history.Payload) error { return p.chain.Open(p.ctx, payload) })
	if err == nil {
		p.state = *state
	}
	return err
}

// lost reports whether the last attempt has begun and not failed: its worker has died, or still runs it.
func (p *progress) lost() bool { return p.state.Attempt > p.state.Failed }

// begin counts an attempt, and records it if record is set. It fails with store.ErrStateChanged if another worker has
// recorded one.
func (p *progress) begin(worker string, record bool) error {
	p.state.Attempt++
	p.state.Started, p.state.NextRetry, p.state.Worker = time.Now(), time.Time{}, worker
	if !record {
		return nil
	}
	return p.save(openRetention)
}

// beatEvery is the shortest interval at which heartbeats are stored.
const beatEvery = 500 * time.Millisecond

// heartbeat stores the details of a heartbeat, at most once per beatEvery. Details that come in between are stored with
// the failure of the attempt. The mutex, which the end of an attempt needs, is not held while the store works.
func (p *progress) heartbeat(details history.Payload) error {
	if !p.due(details) {
		return nil
	}
	err := p.save(openRetention)
	if errors.Is(err, store.ErrStateChanged) {
		p.end()
	}
	return err
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

// failed stores why the attempt failed and when the next one is. It fails with store.ErrStateChanged if another worker has
// begun that already.
func (p *progress) failed(failure *history.Failure, next time.Time) error {
	p.mu.Lock() // a function that was left running may still be storing a heartbeat
	p.state.Failed, p.state.LastFailure, p.state.NextRetry = p.state.Attempt, failure, next
	p.mu.Unlock()
	return p.save(openRetention)
}

// noHandler stores why a worker has not begun an attempt, for people.
func (p *progress) noHandler(worker string, why *history.Failure, next time.Time) error {
	p.state.LastFailure, p.state.NextRetry, p.state.Worker = why, next, worker
	return p.save(openRetention)
}

// How long the state of a task is kept.
const (
	// openRetention is for an activity without an outcome. It only has to end if the task is dropped.
	openRetention = 365 * 24 * time.Hour
	// closedRetention is for an activity with an outcome, because a worker that was suspended may enqueue its task again.
	// A task that is older than that is compared with the journal instead.
	closedRetention = 10 * time.Minute
)

// close lets the stored state expire: the activity has an outcome.
func (p *progress) close() error {
	p.mu.Lock()
	recorded := p.revision != 0
	p.mu.Unlock()
	if !recorded {
		return nil
	}
	return p.save(closedRetention)
}

// save stores the state. Calls wait for each other, so that the newest state is stored last.
func (p *progress) save(keep time.Duration) error {
	select {
	case p.storing <- struct{}{}:
		defer func() { <-p.storing }()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	p.mu.Lock()
	state, revision := p.state, p.revision
	p.mu.Unlock()
	prefix := journal.ObjectPrefix(p.task.ID, p.task.RunID)
	err := history.EditPayloads(&state, func(payload *history.Payload) error { return p.chain.Seal(p.ctx, prefix, payload) })
	if err != nil {
		return err
	}
	revision, err = p.store.PutTaskState(p.ctx, p.task, revision, store.TaskState{Data: state.Marshal(), Keep: keep})
	if err == nil {
		p.mu.Lock()
		p.revision = revision
		p.mu.Unlock()
	}
	return err
}
