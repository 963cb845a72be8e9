// Package memstore keeps a namespace in memory: the contract of package store in its shortest form, and the store
// of tests that need no server.
//
// A Server is one data set and outlives its connections; a Store is one process's connection to it. Closing a Store
// is that process's death as a server sees it: what it had not acknowledged comes back after store.AckWait.
// Everything happens under one lock, and time is that of package time, so that a synctest bubble makes it virtual.
package memstore

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

const maxPayload = 1 << 20

// Server is one data set in memory. Its methods may be called from many goroutines.
type Server struct {
	mu       sync.Mutex
	seq      store.Seq
	journals map[string]*journal
	inbox    inbox
	tasks    tasks
	alarms   map[alarmKey]*alarm
	registry registry
	objects  map[string][]byte
	topics   map[string][]*subscription
}

// New returns an empty data set.
func New() *Server {
	return &Server{
		journals: map[string]*journal{},
		inbox:    newInbox(),
		tasks:    newTasks(),
		alarms:   map[alarmKey]*alarm{},
		registry: registry{},
		objects:  map[string][]byte{},
		topics:   map[string][]*subscription{},
	}
}

// nextSeq gives the next place in the log. Called with the lock held.
func (s *Server) nextSeq() store.Seq {
	s.seq++
	return s.seq
}

// Store is one connection to a Server.
type Store struct {
	*Server
	life  context.Context // ends when the connection is closed
	close context.CancelFunc
}

var _ store.Store = (*Store)(nil)

// Open connects to the data set, as one more process.
func (s *Server) Open() *Store {
	life, end := context.WithCancel(context.Background())
	return &Store{Server: s, life: life, close: end}
}

// MaxPayload is the largest message body in bytes that the store takes in one piece.
func (s *Store) MaxPayload() int { return maxPayload }

// Close ends the connection with its receivers and subscriptions. The data stays in the Server.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.close()
	return nil
}

// enter takes the lock for an operation with a message of data, or says why the operation cannot be.
func (s *Store) enter(ctx context.Context, data []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(data) > maxPayload {
		return fmt.Errorf("%w: %d bytes, the most is %d", store.ErrTooLarge, len(data), maxPayload)
	}
	s.mu.Lock()
	if s.closed() {
		s.mu.Unlock()
		return store.ErrClosed
	}
	return nil
}

func (s *Store) leave() { s.mu.Unlock() }

// lifeOf returns a context that ends with ctx, and soon after the connection.
func (s *Store) lifeOf(ctx context.Context) context.Context {
	ctx, end := context.WithCancel(ctx)
	unlink := context.AfterFunc(s.life, end)
	context.AfterFunc(ctx, func() { unlink() })
	return ctx
}

func (s *Store) closed() bool { return s.life.Err() != nil }

// copyOf keeps callers and store from sharing memory.
func copyOf(data []byte) []byte { return bytes.Clone(data) }
