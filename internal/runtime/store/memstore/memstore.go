// Package memstore keeps a namespace in memory. It is the shortest implementation of package store, for tests that
// need no server.
//
// A Server is one data set and outlives its connections. A Store is the connection of one process. Closing a Store has
// the effect of that process dying: what it had not acknowledged is delivered again after store.AckWait. One lock
// guards all data. Time is that of package time, so in a synctest bubble it is virtual.
//
// Each part of the store.Store interface is a type of its own in its own file. It has the connection and its part of
// the data, and knows none of the other parts.
package memstore

import (
	"context"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Server is one data set in memory. Its methods may be called from many goroutines.
type Server struct {
	shared     *shared
	journals   map[string]*journal
	pending    *pending
	tasks      *taskQueues
	timers     *timerSet
	visibility map[string]expiring[entry]
	objects    map[string][]byte
	topics     map[string][]*subscription
}

// New returns an empty data set.
func New() *Server {
	sh := &shared{}
	p := newPending(sh)
	return &Server{
		shared:     sh,
		journals:   map[string]*journal{},
		pending:    p,
		tasks:      newTaskQueues(sh),
		timers:     newTimerSet(sh, p.postTimer),
		visibility: map[string]expiring[entry]{},
		objects:    map[string][]byte{},
		topics:     map[string][]*subscription{},
	}
}

// Store is one connection to a Server.
type Store struct {
	*conn
	journals
	inbox
	tasks
	timers
	visibility
	objects
	bus
}

var _ store.Store = (*Store)(nil)

// Open connects to the data set, as another process would.
func (s *Server) Open() *Store {
	c := newConn(s.shared)
	return &Store{
		conn:       c,
		journals:   journals{c, s.journals},
		inbox:      inbox{c, s.pending},
		tasks:      tasks{c, s.tasks},
		timers:     timers{c, s.timers},
		visibility: visibility{c, s.visibility},
		objects:    objects{c, s.objects},
		bus:        bus{c, s.topics},
	}
}

// Expects implements store.Store.
func (s *Store) Expects(ctx context.Context, id string) (bool, error) {
	if err := s.lock(ctx, nil); err != nil {
		return false, err
	}
	defer s.unlock()
	return s.inbox.pending.holds(id) || s.timers.set.holds(id) || s.tasks.queues.holds(id), nil
}

// MaxPayload returns the size in bytes of the largest message body that the store accepts.
func (s *Store) MaxPayload() int { return maxPayload }

// Close ends the connection with its receivers and subscriptions. The data stays in the Server.
func (s *Store) Close() error {
	s.conn.close()
	return nil
}
