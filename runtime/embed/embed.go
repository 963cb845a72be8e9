// Package embed runs a NATS server with JetStream inside this process, its data in one folder.
//
// It is the engine's home in development, in tests and on a single machine: no second process, no port unless asked
// for, and every write is on disk before it is acknowledged. The folder survives restarts and kills; one server at a
// time may use it.
//
// The server also runs inside a testing/synctest bubble, where its timers follow the bubble's clock: call RegisterClock
// outside the bubble, before the first server starts.
package embed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats-server/v2/server/ats"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// RandomPort as Options.Port listens on a free port; URL tells which.
const RandomPort = server.RANDOM_PORT

// farewell is how long some goroutines of a server outlive its shutdown: they sleep a little before they look whether
// they are still wanted. Nothing tells when they are gone. In production they do not matter, but a synctest bubble must
// not end before its goroutines.
const farewell = 20 * time.Millisecond

// startTimeout bounds how long a server may take to recover its data and accept connections.
const startTimeout = time.Minute

// Options says how to run a server. With no more than a Dir it is durable, and only this process can reach it.
type Options struct {
	// Dir holds the data. It is created if it is missing.
	Dir string
	// Memory keeps the data in memory instead, until Shutdown: for tests. Dir is not used.
	Memory bool
	// Host and Port say where other processes may connect: nowhere if Port is 0. An empty Host is 127.0.0.1.
	Host string
	Port int
	// SyncInterval, if not zero, is how often writes reach the disk; a power failure loses those acknowledged since.
	// Zero means that every write is on disk before it is acknowledged.
	SyncInterval time.Duration
	// MaxStore bounds the data in bytes; 0 leaves it to the server, which takes most of the free disk.
	MaxStore int64
	// NoJetStream runs a server that stores nothing: for tests of what a client makes of it.
	NoJetStream bool
	// Logger gets the server's log, notices as debug. Nil discards it.
	Logger *slog.Logger
}

// Server is a running NATS server. Its methods may be called from many goroutines.
type Server struct {
	opt  Options
	nats *server.Server
	lock *dirLock // nil if the data is in memory
	once sync.Once
}

// Start runs a server and returns once it accepts connections. It fails, naming the folder, if another server uses Dir.
func Start(opt Options) (*Server, error) {
	lock, err := claim(&opt)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, lock: lock}
	if err := s.boot(); err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("start embedded NATS server on data folder %s: %w", opt.Dir, err)
	}
	return s, nil
}

// claim makes the data folder ready for one server.
func claim(opt *Options) (lock *dirLock, err error) {
	if opt.Memory {
		// The server insists on a folder, even for what it never writes.
		opt.Dir, err = os.MkdirTemp("", "pawl-memory-")
		return nil, err
	}
	if opt.Dir == "" {
		return nil, errors.New("embedded NATS server has no data folder: set Options.Dir, or Options.Memory in tests")
	}
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder of embedded NATS server: %w", err)
	}
	return lockDir(opt.Dir)
}

func (s *Server) boot() (err error) {
	if s.nats, err = server.NewServer(s.config()); err != nil {
		return err
	}
	log := newServerLog(s.opt.Logger)
	s.nats.SetLoggerV2(log, false, false, false)
	go s.nats.Start()
	return s.ready(log)
}

func (s *Server) config() *server.Options {
	return &server.Options{
		DontListen:        s.opt.Port == 0,
		Host:              cmp.Or(s.opt.Host, "127.0.0.1"),
		Port:              s.opt.Port,
		NoSigs:            true,
		JetStream:         !s.opt.NoJetStream,
		StoreDir:          s.opt.Dir,
		JetStreamMaxStore: s.opt.MaxStore,
		SyncAlways:        s.syncs(),
		SyncInterval:      s.opt.SyncInterval,
	}
}

// syncs reports whether each write is on disk before it is acknowledged.
func (s *Server) syncs() bool { return !s.opt.Memory && s.opt.SyncInterval == 0 }

// ready waits until the server accepts connections or has told its log why it never will.
func (s *Server) ready(log *serverLog) error {
	ready := make(chan bool, 1)
	go func() { ready <- s.nats.ReadyForConnections(startTimeout) }()
	select {
	case reason := <-log.fatal:
		return errors.New(reason)
	case ok := <-ready:
		if !ok {
			return fmt.Errorf("not ready after %v", startTimeout)
		}
		return nil
	}
}

// Connect opens the store of a namespace on this server.
func (s *Server) Connect(ctx context.Context, namespace string) (*natsstore.Store, error) {
	return natsstore.Connect(ctx, s.StoreOptions(namespace))
}

// StoreOptions returns what connects a store to this server, for callers that want to change some of it.
func (s *Server) StoreOptions(namespace string) natsstore.Options {
	return natsstore.Options{
		Namespace: namespace,
		InProcess: s,
		Memory:    s.opt.Memory,
		Unsynced:  !s.syncs(),
		Logger:    s.opt.Logger,
	}
}

// InProcessConn returns a new connection to the server that needs no port.
func (s *Server) InProcessConn() (net.Conn, error) { return s.nats.InProcessConn() }

// URL is where other processes connect; empty if the server has no port.
func (s *Server) URL() string {
	if s.opt.Port == 0 {
		return ""
	}
	return s.nats.ClientURL()
}

// Shutdown stops the server, waits until its data is on disk and frees the folder. Further calls do nothing.
func (s *Server) Shutdown() {
	s.once.Do(func() {
		if s.nats != nil {
			s.nats.Shutdown()
			s.nats.WaitForShutdown()
			time.Sleep(farewell)
		}
		if s.lock != nil {
			s.lock.release()
		}
		if s.opt.Memory {
			os.RemoveAll(s.opt.Dir)
		}
	})
}

// RegisterClock starts the clock that all servers of this process share. A test that runs a server inside a synctest
// bubble calls it before it enters the bubble, so that the clock's goroutine does not hold the bubble's time back.
func RegisterClock() { registerClock() }

var registerClock = sync.OnceFunc(ats.Register)
