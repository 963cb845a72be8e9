// Package natsstore is a store on NATS JetStream.
//
// # Streams
//
// Everything is a message on a subject. A workflow id has one journal subject. An append is conditional on the last
// sequence of that subject; there is no other locking. What follows from an append (tasks, timers, visibility entries) is
// stored in other streams, for three reasons: a stream with consumers must not be purged, clients must not be able to write
// to a stream that allows rollups or schedules, and in a cluster each stream is a raft group of its own.
//
//	stream      subjects                                      retention
//	INBOX       i.<group>.<slot>.<queue>.<id>.(s|c|o)         until acknowledged
//	JOURNAL     h.<group>.<slot>.<id>                         open runs, and closed ones for their retention
//	            ha.<group>.<slot>.<id>.<run>                  closed runs whose id was used again
//	TIMERS      t.<group>.<slot>.<id>.<time>                  scheduled timers
//	            f.<group>.<slot>.<queue>.<id>                 fired timers, until acknowledged
//	TASKS       a.<queue>.<group>.<slot>.<id>.<run>.<op>      until acknowledged
//	ATTEMPTS    b.<group>.<slot>.<id>.<run>.<op>              the state of the attempts at a task
//	VISIBILITY  x.<group>.<slot>.<id>                         the newest entry
//	OBJECTS     o.<name>                                      heads of large payloads
//	            oc.<name>.<upload>.<n>                        and their chunks
//
// All subjects begin with pawl.<namespace>. Two more are not stored: n.<topic> (the bus) and m.<queue> (membership of
// workers).
//
// # Connection
//
// If the connection is lost, calls wait until it is restored, and are retried until their outcome is known or their context
// ends.
//
// # Why not the JetStream client of nats.go
//
// The store uses nats.go for the connection and for managing streams and consumers. It publishes, pulls, reads and stores
// objects with requests of its own:
//
//   - Publishing: concurrent writes share atomic batches, which nats.go does not offer.
//   - Pulling: a worker changes its priority while it pulls, which is fixed in nats.go once a pull has begun. Stopping a pull
//     must not lose what has arrived; nats.go drains for that.
//   - Reading: a page is one direct get with many answers, which nats.go does not offer. Reading through a consumer would
//     cost creating one for each history.
//   - Objects: the object store of nats.go creates a consumer for each read.
//
// The store must also work in testing/synctest bubbles, in which package pawltest runs servers and workers. Draining,
// Flush, NextMsg and requests with a timeout take their timers from a pool that all connections of the process share, and
// a timer must not be used by two bubbles. Requests with a context do not use that pool.
package natsstore

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Store is a store.Store on NATS.
type Store struct {
	opt     Options
	name    names
	link    *link
	js      jetstream.JetStream
	shards  []*shard
	objects *stream
	written *entryCache
	log     *slog.Logger

	suspended suspensions // of this process; unused with a server in this process
}

var _ store.Store = (*Store)(nil)

// shard has one stream of each kind. It holds the workflows of some of the slots.
type shard struct {
	inbox, journal, timers, tasks, attempts, visibility *stream
}

// Connect opens the store, and creates its streams if they are missing. It fails if the server cannot be reached, is too
// old or has no JetStream. If the connection is lost later, the store reconnects and never gives up.
func Connect(ctx context.Context, opt Options) (*Store, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	nc, err := opt.dial()
	if err != nil {
		return nil, err
	}
	s, err := open(nc, opt)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, prepareTimeout)
	defer cancel()
	if err := s.prepare(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// prepareTimeout limits how long Connect waits for a JetStream that is starting or electing a leader.
const prepareTimeout = 30 * time.Second

func open(nc *nats.Conn, opt Options) (*Store, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	s := &Store{
		opt:     opt,
		name:    newNames(opt.Namespace),
		link:    newLink(nc, opt.Conn == nil, opt.denials, opt.Logger),
		js:      js,
		written: newEntryCache(),
		log:     opt.Logger,
	}
	for k := range opt.Shards {
		s.shards = append(s.shards, s.newShard(k))
	}
	s.objects = s.newStream(kindObjects, 0)
	return s, nil
}

func (s *Store) newShard(k int) *shard {
	return &shard{
		inbox:      s.newStream(kindInbox, k),
		journal:    s.newStream(kindJournal, k),
		timers:     s.newStream(kindTimers, k),
		tasks:      s.newStream(kindTasks, k),
		attempts:   s.newStream(kindAttempts, k),
		visibility: s.newStream(kindVisibility, k),
	}
}

func (s *Store) newStream(kind string, k int) *stream {
	return newStream(s.link, s.name.stream(kind, k), !s.opt.Unsynced)
}

// prepare checks the server and creates the streams.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkVersion(); err != nil {
		return err
	}
	if err := s.checkMaxPayload(); err != nil {
		return err
	}
	if s.opt.Provisioned {
		return nil
	}
	if err := s.checkJetStream(ctx); err != nil {
		return err
	}
	return s.createStreams(ctx)
}

// shard returns the streams that hold workflow id.
func (s *Store) shard(id string) *shard {
	return s.shards[slotOf(id).index%len(s.shards)]
}

// headerRoom is the maximum size in bytes of the headers that the store adds to a message.
const headerRoom = 8 << 10

// MaxPayload implements store.Store.
func (s *Store) MaxPayload() int { return int(s.link.nc.MaxPayload()) - headerRoom }

func (s *Store) checkSize(data []byte) error {
	if limit := s.MaxPayload(); len(data) > limit {
		return fmt.Errorf("%w: %d bytes, the server accepts %d", store.ErrTooLarge, len(data), limit)
	}
	return nil
}

// Close ends every Receive. Calls that wait fail with store.ErrClosed.
func (s *Store) Close() error {
	s.link.close()
	return nil
}
