// Package natsstore keeps everything the engine stores in NATS JetStream.
//
// One message on one subject is the unit of everything. A workflow id has one journal subject, and an append to it
// compares the last sequence of exactly that subject, which is all the locking there is. What follows from an append
// (tasks, alarms, registry entries) goes to streams of its own, because a stream with consumers must not be purged, a
// stream with rollups or schedules must not be open to clients, and each stream of a cluster is a raft group by itself:
//
//	stream    subjects                                      retention
//	INBOX     i.<group>.<slot>.<queue>.<id>.(s|e)           until acknowledged
//	JOURNAL   h.<group>.<slot>.<id>                         open runs, and closed ones for their retention
//	          ha.<group>.<slot>.<id>.<run>                  closed runs whose id was used again
//	TIMERS    t.<group>.<slot>.<id>.<time>                  alarms: schedules that the server keeps
//	          f.<group>.<slot>.<queue>.<id>                 alarms that rang, until acknowledged
//	TASKS     a.<queue>.<group>.<slot>.<id>.<run>.<op>      until acknowledged
//	REGISTRY  x.<group>.<slot>.<id>                         the last entry
//	          b.<group>.<slot>.<id>.<run>.<op>              the last heartbeat, for a day
//	OBJECTS   o.<name>                                      large payloads: their heads
//	          oc.<name>.<upload>.<n>                        and their chunks
//
// each prefixed with pawl.<namespace>. Not stored are n.<topic> (the bus) and m.<queue> (who works on a queue).
//
// A lost connection is waited out: calls repeat what has no known outcome until it has one or their context ends.
package natsstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Options says which namespace of which NATS to use. Of URL, Conn and InProcess one is enough; with none of them it is
// nats.DefaultURL.
type Options struct {
	// Namespace separates the workflows of one NATS account: letters, digits, - and _. Empty means "default".
	Namespace string
	// URL lists the servers, separated by commas.
	URL string
	// CredsFile holds the user's credentials, if the server asks for them.
	CredsFile string
	// NATS are further options of the connection, such as TLS.
	NATS []nats.Option
	// Conn is a connection to use instead. It stays open when the store is closed.
	Conn *nats.Conn
	// InProcess is a server of this process to use instead.
	InProcess nats.InProcessConnProvider

	// Shards is how many streams of each kind there are; 0 means 1. It is fixed when the namespace is created.
	Shards int
	// Replicas is how many servers keep each message; 0 means 1. It counts when the streams are created.
	Replicas int
	// Memory keeps the streams in memory: for tests. It counts when the streams are created.
	Memory bool
	// Provisioned says that an operator made the streams and consumers: the store neither creates nor inspects them.
	Provisioned bool
	// Unsynced says that the server acknowledges a write before it is on disk. Writes are then cheap one by one, and
	// the store does not gather concurrent ones into batches, as it does to share the wait for a disk.
	Unsynced bool

	// Logger hears of what the store survives by itself, such as a lost connection. Nil means slog.Default.
	Logger *slog.Logger
}

// Store is a store.Store on NATS.
type Store struct {
	opt     Options
	name    names
	link    *link
	js      jetstream.JetStream
	shards  []*shard
	objects *stream
	seen    *entryCache
	log     *slog.Logger
}

var _ store.Store = (*Store)(nil)

// shard is one stream of each kind: the workflows of a part of the slots.
type shard struct {
	inbox, journal, timers, tasks, registry *stream
}

// Connect opens the store, and creates its streams if they are missing. It fails if NATS cannot be reached now, is too
// old or has no JetStream; a connection that is lost later is restored without end.
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

// prepareTimeout bounds how long Connect waits for a JetStream that starts or elects a leader.
const prepareTimeout = 30 * time.Second

func (o Options) complete() (Options, error) {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.Shards, o.Replicas = max(o.Shards, 1), max(o.Replicas, 1)
	if o.Shards > slotsPerGroup {
		return o, fmt.Errorf("%d shards: there may be %d at most", o.Shards, slotsPerGroup)
	}
	return o, checkNamespace(o.Namespace)
}

func open(nc *nats.Conn, opt Options) (*Store, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	s := &Store{
		opt:  opt,
		name: newNames(opt.Namespace),
		link: newLink(nc, opt.Conn == nil, opt.Logger),
		js:   js,
		seen: newEntryCache(),
		log:  opt.Logger,
	}
	for k := range opt.Shards {
		s.shards = append(s.shards, s.newShard(k))
	}
	s.objects = s.newStream(kindObjects, 0)
	return s, nil
}

func (s *Store) newShard(k int) *shard {
	return &shard{
		inbox:    s.newStream(kindInbox, k),
		journal:  s.newStream(kindJournal, k),
		timers:   s.newStream(kindTimers, k),
		tasks:    s.newStream(kindTasks, k),
		registry: s.newStream(kindRegistry, k),
	}
}

func (s *Store) newStream(kind string, k int) *stream {
	return newStream(s.link, s.name.stream(kind, k), !s.opt.Unsynced)
}

// prepare makes sure that the server can do what the store asks of it and that the streams are there.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.checkVersion(); err != nil {
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

// headerRoom is what the store's own headers may add to a message.
const headerRoom = 8 << 10

// MaxPayload implements store.Store.
func (s *Store) MaxPayload() int { return int(s.link.nc.MaxPayload()) - headerRoom }

func (s *Store) checkSize(data []byte) error {
	if limit := s.MaxPayload(); len(data) > limit {
		return fmt.Errorf("%w: %d bytes, the server takes %d", store.ErrTooLarge, len(data), limit)
	}
	return nil
}

// Close ends every Receive and lets waiting calls fail with store.ErrClosed.
func (s *Store) Close() error {
	s.link.shut()
	return nil
}

// dial connects, or takes over the connection it was given.
func (o Options) dial() (*nats.Conn, error) {
	if o.Conn != nil {
		return o.Conn, nil
	}
	url := cmp.Or(o.URL, nats.DefaultURL)
	nc, err := nats.Connect(url, o.connOptions()...)
	switch {
	case err == nil:
		return nc, nil
	case o.InProcess != nil:
		return nil, fmt.Errorf("cannot connect to the NATS server of this process: %w", err)
	}
	return nil, dialError(url, err)
}

func (o Options) connOptions() []nats.Option {
	opts := []nats.Option{
		nats.Name("pawl " + o.Namespace),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait, reconnectWait),
		// Nothing is buffered for a server that is away: callers wait, and publish when it is back.
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(o.asyncError),
	}
	if o.CredsFile != "" {
		opts = append(opts, nats.UserCredentials(o.CredsFile))
	}
	if o.InProcess != nil {
		opts = append(opts, nats.InProcessServer(o.InProcess))
	}
	return append(opts, o.NATS...)
}

func (o Options) asyncError(_ *nats.Conn, _ *nats.Subscription, err error) {
	o.Logger.Warn("NATS reports a problem", "namespace", o.Namespace, "error", err)
}

func dialError(url string, err error) error {
	var next string
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		next = "check the user, token or credentials file"
	default:
		next = "start a server there (`pawl dev` runs one), or name another with NATS_URL"
	}
	return fmt.Errorf("cannot connect to NATS at %s: %w: %s", url, err, next)
}
