// This file knows the attempts that run in this process, and answers other workers that ask about them.

package activity

import (
	"context"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

// running is the set of attempts that run in this process.
type running struct {
	mu       sync.Mutex
	attempts map[string]*attempt // by idempotency key
}

// add makes an attempt known until remove is called. An earlier one with the same key is forgotten.
func (r *running) add(a *attempt) (remove func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.put(a)
}

// addOnly is like add, but reports false if an attempt with the same key is known already.
func (r *running) addOnly(a *attempt) (remove func(), ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.attempts[a.IdempotencyKey] != nil {
		return nil, false
	}
	return r.put(a), true
}

// put adds an attempt. r.mu is held.
func (r *running) put(a *attempt) (remove func()) {
	r.attempts[a.IdempotencyKey] = a
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.attempts[a.IdempotencyKey] == a {
			delete(r.attempts, a.IdempotencyKey)
		}
	}
}

// answer answers a question about an attempt that runs here, and cancels the attempt if the question says so. For any
// other attempt it returns nil, which sends no answer.
func (r *running) answer(data []byte) []byte {
	ref, err := history.UnmarshalTaskRef(data)
	if err != nil {
		return nil
	}
	r.mu.Lock()
	a := r.attempts[idempotencyKey(ref.RunID, ref.Op)]
	r.mu.Unlock()
	if a == nil {
		return nil
	}
	if ref.Cancel {
		a.cancel(context.Canceled)
	}
	return []byte("running")
}

func idempotencyKey(runID string, op history.OpID) string { return runID + "/" + op.String() }
