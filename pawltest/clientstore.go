// The store of the test's client: it notes which runs are started, and reports which have ended.

package pawltest

import (
	"context"
	"errors"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// clientStore is the store of the test's client.
type clientStore struct {
	store.Store
	engine *engine
}

// SendStart implements store.Inbox.
func (s clientStore) SendStart(ctx context.Context, m store.Message) error {
	err := s.Store.SendStart(ctx, m)
	var pending *store.PendingStartError
	if err == nil || errors.As(err, &pending) {
		s.engine.startSent(m.Queue, m.ID)
	}
	return err
}

// Subscribe implements store.Bus.
func (s clientStore) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	unsubscribe, err := s.Store.Subscribe(topic, fn)
	if err != nil {
		return nil, err
	}
	forget := s.engine.endings.subscribe(topic, fn)
	return func() { forget(); unsubscribe() }, nil
}

// endings reports the end of runs to the test's client. A worker does so too, unless it crashes between the end of the run
// and its message. Outside of tests, clients look from time to time for messages that they may have missed. In virtual time
// that would be expensive.
type endings struct {
	mu     sync.Mutex
	topics map[string]map[*subscriber]bool
}

type subscriber struct{ fn func(data []byte) []byte }

func (n *endings) subscribe(topic string, fn func(data []byte) []byte) (forget func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.topics == nil {
		n.topics = map[string]map[*subscriber]bool{}
	}
	if n.topics[topic] == nil {
		n.topics[topic] = map[*subscriber]bool{}
	}
	s := &subscriber{fn}
	n.topics[topic][s] = true
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.topics[topic], s)
	}
}

// ended is called when a worker has shown the end of a run. A worker that takes over does that again.
func (n *endings) ended(summary *history.RunSummary) {
	end := *summary
	end.Result = nil // the client reads it from the journal
	n.mu.Lock()
	defer n.mu.Unlock()
	for s := range n.topics[journal.ClosedTopic(end.ID)] {
		s.fn(end.Marshal())
	}
}
