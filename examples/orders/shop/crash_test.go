package shop

import (
	"crypto/rand"
	"maps"
	"net/http"
	"path"
	"strings"
	"sync"
	"testing"

	"github.com/pawlhq/pawl/pawltest"
)

// ledger plays all suppliers and is as strict as they are: one effect per idempotency key. The warehouse rejects the first request
// under each key.
type ledger struct {
	companies
	mu      sync.Mutex
	effects map[string]string // idempotency key to action
	turned  map[string]bool
}

func (l *ledger) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key, action := r.Header.Get("Idempotency-Key"), path.Base(r.URL.Path)
	if action == "reserve" && !l.turned[key] {
		l.turned[key] = true
		return answer(http.StatusTooManyRequests, `{"error":"too many requests"}`), nil
	}
	resp, err := l.companies.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusOK {
		l.effects[key] = action
	}
	return resp, err
}

// count returns how often each action was performed.
func (l *ledger) count() any {
	l.mu.Lock()
	defer l.mu.Unlock()
	times := map[string]int{}
	for action := range maps.Values(l.effects) {
		times[action]++
	}
	return times
}

// Wherever a worker dies, an order ends the same way, and no supplier does anything twice.
func TestOrdersSurviveCrashes(t *testing.T) {
	random = func() string { return strings.Repeat("7", 26) }
	original := http.DefaultClient
	t.Cleanup(func() { random, http.DefaultClient = rand.Text, original })
	for _, item := range []string{"book", "piano"} {
		t.Run(item, func(t *testing.T) {
			pawltest.CrashEverywhere(t, func(e *pawltest.Env) {
				all := &ledger{effects: map[string]string{}, turned: map[string]bool{}}
				http.DefaultClient = &http.Client{Transport: all}
				e.Effects(all.count)
				e.Work(PawlRegistration())
				run, err := StartFulfil(e.Context(), e.Client, "order-1", Order{ID: "order-1", Item: item})
				if err != nil {
					e.Fatal(err)
				}
				receipt, err := run.Result(e.Context())
				if err != nil || receipt.Refunded != (item == "piano") {
					e.Errorf("got %+v, %v", receipt, err)
				}
			})
		})
	}
}
