// This file knows the activities and steps that run in this process, and answers other workers that ask about them.

package activity

import (
	"context"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// running is the set of activities and steps that run in this process.
type running struct {
	mu    sync.Mutex
	known map[string]*cancellable // by idempotency key
}

// cancellable is an activity or step that runs.
type cancellable struct{ cancel context.CancelCauseFunc }

// add makes an activity or step known until remove is called. An earlier one with the same key is forgotten.
func (r *running) add(key string, cancel context.CancelCauseFunc) (remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.put(key, cancel)
}

// addOnly is like add, but reports false if one with the same key is known already.
func (r *running) addOnly(key string, cancel context.CancelCauseFunc) (remove func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[key] != nil {
		return nil, false
	}
	return r.put(key, cancel), true
}

// put adds an activity or step. r.mu is held.
func (r *running) put(key string, cancel context.CancelCauseFunc) (remove func()) {
	c := &cancellable{cancel}
	r.known[key] = c
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.known[key] == c {
			delete(r.known, key)
		}
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
	c := r.known[idempotencyKey(ref.RunID, ref.Op)]
	r.mu.Unlock()
	if c == nil {
		return nil
	}
	if ref.Cancel {
		c.cancel(context.Canceled)
	}
	return []byte("running")
}

func idempotencyKey(runID string, op history.OpID) string { return runID + "/" + op.String() }
