// The ledger of one supplier: its effects, one per idempotency key.

package services

import "sync"

// Effects counts the effects by order, then by action.
type Effects map[string]map[string]int

// answer is a supplier's response.
type answer struct {
	status int
	body   reply
}

// ledger performs one effect per idempotency key and remembers the answers, as a payment provider does. It is safe for concurrent
// use.
type ledger struct {
	mu      sync.Mutex
	entries map[string]entry
	effects Effects
}

type entry struct {
	request string
	answer  answer
}

func newLedger() *ledger {
	return &ledger{entries: map[string]entry{}, effects: Effects{}}
}

// once returns the answer given before under this key. If there is none, it calls decide and, if the answer is a success, counts an
// effect for the order. A key that was used for a different request is refused.
func (l *ledger) once(key, request, order, action string, decide func() answer) answer {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.entries[key]; ok {
		if e.request != request {
			return conflict(key)
		}
		return e.answer
	}
	a := decide()
	l.entries[key] = entry{request, a}
	if a.status == statusDone {
		l.count(order, action)
	}
	return a
}

func (l *ledger) count(order, action string) {
	if l.effects[order] == nil {
		l.effects[order] = map[string]int{}
	}
	l.effects[order][action]++
}

// addTo adds the ledger's counts to sum.
func (l *ledger) addTo(sum Effects) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for order, actions := range l.effects {
		if sum[order] == nil {
			sum[order] = map[string]int{}
		}
		for action, n := range actions {
			sum[order][action] += n
		}
	}
}
