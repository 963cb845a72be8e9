// This file knows the activities and steps that run in this process, and answers other workers that ask about them.

package activity

import (
	"context"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// running is the set of activities and steps that run in this process.
type running struct {
	mu      sync.Mutex
	cancels map[string]context.CancelCauseFunc // by idempotency key
}

// add makes an activity or step known until remove is called.
func (r *running) add(key string, cancel context.CancelCauseFunc) (remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancels[key] = cancel
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.cancels, key)
	}
}

// answer answers a question about an activity or step that runs here, and cancels it if the question says so. About any
// other one it returns nil, which sends no answer.
func (r *running) answer(data []byte) []byte {
	ref, err := history.UnmarshalTaskRef(data)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	cancel := r.cancels[idempotencyKey(ref.RunID, ref.Op)]
	r.mu.Unlock()
	if cancel == nil {
		return nil
	}
	if ref.Cancel {
		cancel(context.Canceled)
	}
	return []byte("running")
}

func idempotencyKey(runID string, op history.OpID) string { return runID + "/" + op.String() }
