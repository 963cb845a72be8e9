// Package embed runs a NATS server with JetStream inside this process, its data in one folder.
//
// It is for development, tests and deployments on a single machine. There is no second process, and no open port unless
// Options.Port is set. Every write is on disk before it is acknowledged. The data survives restarts and kills. Only one
// server at a time may use a folder.
//
// A program that imports this package and names no NATS server gets one on DefaultDir.
//
// The server also runs in a testing/synctest bubble, where its timers follow the bubble's clock: call RegisterClock
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

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats-server/v2/server/ats"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// RandomPort as Options.Port listens on a free port; see URL.
const RandomPort = server.RANDOM_PORT

// shutdownGrace is how long some goroutines of a server outlive its shutdown: they sleep briefly before they check whether it
// was shut down, and the server does not report when they have ended. A synctest bubble must not end before its goroutines.
const shutdownGrace = 20 * time.Millisecond

// startTimeout limits how long a server may take to recover its data and accept connections.
const startTimeout = time.Minute

// Options says how to run a server. With only Dir set, it is durable, and only this process can connect to it.
type Options struct {
	// Dir is the folder of the data. It is created if it is missing.
	Dir string
	// Memory keeps the data in memory instead, until Shutdown. It is for tests. Dir is not used.
	Memory bool
	// Host and Port are the address for other processes. If Port is 0, they cannot connect. An empty Host means 127.0.0.1.
	Host string
	Port int
	// SyncInterval is how often writes are synced to disk. A power failure loses the writes acknowledged since the last
	// sync. Zero means that every write is on disk before it is acknowledged. The shortest interval is a millisecond.
	SyncInterval time.Duration
	// MaxStore limits the size of the data in bytes. Zero means the default of the server, which is most of the free disk.
	MaxStore int64
	// MaxPayload limits the size of a message in bytes. Zero means the default of the server, which is 1 MiB. Pawl needs 64 KiB;
	// the server accepts 64 MiB at most.
	MaxPayload int32
	// Quiet makes the server do nothing from time to time, for tests in a synctest bubble.
	Quiet bool
	// ConfigFile is a configuration file of the NATS server, for example with users and their permissions. The other options
	// take precedence over it. If it has users, connections within this process must name one, too.
	ConfigFile string
	// NoJetStream runs a server without JetStream, for tests of clients.
	NoJetStream bool
	// Logger gets the server's log, with notices at level debug. Nil discards the log, but not the report that the storage
	// has failed.
	Logger *slog.Logger
}

// Server is a running NATS server. Its methods may be called from many goroutines.
type Server struct {
	opt  Options
	lock *flock.Flock // nil if the data is in memory
	once sync.Once

	stopped chan struct{}  // closed by Shutdown
	repairs sync.WaitGroup // waits for the goroutine that restarts the storage

	mu      sync.Mutex
	nats    *server.Server
	failure error // of the storage; nil while it works
}

// Start runs a server and returns once it accepts connections. It fails if another server uses Dir, or if an option cannot work.
func Start(opt Options) (*Server, error) {
	if err := opt.check(); err != nil {
		return nil, err
	}
	lock, err := prepareDir(&opt)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: opt, lock: lock, stopped: make(chan struct{})}
	log, err := s.boot()
	if err != nil {
		s.Shutdown()
		return nil, fmt.Errorf("start embedded NATS server on data folder %s: %w", opt.Dir, err)
	}
	if !opt.Memory { // a restart would lose everything
		s.repairs.Go(func() { s.restartStorage(log) })
	}
	return s, nil
}

// prepareDir creates and locks the data folder.
func prepareDir(opt *Options) (lock *flock.Flock, err error) {
	if opt.Memory {
		// The server requires a folder even if it does not write to it.
		opt.Dir, err = os.MkdirTemp("", "pawl-memory-")
		return nil, err
	}
	if opt.Dir == "" {
		return nil, errors.New("no data folder for the embedded NATS server: set Options.Dir, or Options.Memory in tests")
	}
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("create data folder of embedded NATS server: %w", err)
	}
	return lockDir(opt.Dir)
}

// boot runs a server, and returns its log once it accepts connections.
func (s *Server) boot() (*serverLog, error) {
	config, err := s.config()
	if err != nil {
		return nil, err
	}
	ns, err := server.NewServer(config)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.nats = ns
	s.mu.Unlock()
	log := newServerLog(s.opt.Logger)
	ns.SetLoggerV2(log, false, false, false)
	go ns.Start()
	if err := ready(ns, log); err != nil {
		return nil, err
	}
	if addr, ok := ns.Addr().(*net.TCPAddr); ok {
		s.opt.Port = addr.Port // clients reconnect to it after a restart
	}
	if s.opt.Quiet {
		quiet(ns)
	}
	return log, nil
}

// current returns the server that runs, nil if none was made.
func (s *Server) current() *server.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.nats
}

func (s *Server) config() (opt *server.Options, err error) {
	opt = &server.Options{}
	if s.opt.ConfigFile != "" {
		if opt, err = server.ProcessConfigFile(s.opt.ConfigFile); err != nil {
			return nil, err
		}
	}
	opt.DontListen = s.opt.Port == 0
	opt.Host = cmp.Or(s.opt.Host, "127.0.0.1")
	opt.Port = s.opt.Port
	opt.NoSigs = true
	opt.JetStream = !s.opt.NoJetStream
	opt.StoreDir = s.opt.Dir
	opt.JetStreamMaxStore = s.opt.MaxStore
	opt.MaxPayload = cmp.Or(s.opt.MaxPayload, opt.MaxPayload)
	opt.SyncAlways = s.syncs()
	opt.SyncInterval = s.opt.SyncInterval
	if opt.DontListen { // a connection in this process cannot break
		opt.PingInterval = rarely
	}
	return opt, nil
}

// syncs reports whether each write is on disk before it is acknowledged.
func (s *Server) syncs() bool { return !s.opt.Memory && s.opt.SyncInterval == 0 }

// ready waits until the server accepts connections, or logs a fatal error.
func ready(ns *server.Server, log *serverLog) error {
	ready := make(chan bool, 1)
	go func() { ready <- ns.ReadyForConnections(startTimeout) }()
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

// StoreOptions returns the options that connect a store to this server, for callers that change some of them.
func (s *Server) StoreOptions(namespace string) natsstore.Options {
	return natsstore.Options{
		Namespace: namespace,
		InProcess: s,
		Memory:    s.opt.Memory,
		Unsynced:  !s.syncs(),
		Logger:    s.opt.Logger,
	}
}

// InProcessConn returns a new connection to the server. It needs no port.
func (s *Server) InProcessConn() (net.Conn, error) { return s.current().InProcessConn() }

// URL returns the URL at which other processes can connect. It is empty if the server has no port.
func (s *Server) URL() string {
	if s.opt.Port == 0 {
		return ""
	}
	return s.current().ClientURL()
}

// Shutdown stops the server, waits until its data is on disk and unlocks the folder. Further calls do nothing.
func (s *Server) Shutdown() {
	s.once.Do(func() {
		close(s.stopped)
		s.repairs.Wait()
		if ns := s.current(); ns != nil {
			ns.Shutdown()
			ns.WaitForShutdown()
			time.Sleep(shutdownGrace)
		}
		if s.lock != nil {
			s.lock.Close()
		}
		if s.opt.Memory {
			os.RemoveAll(s.opt.Dir)
		}
	})
}

// RegisterClock starts the clock that all servers of this process share. A test that runs a server in a synctest bubble must
// call it outside the bubble first. Otherwise the goroutine of the clock belongs to the bubble.
func RegisterClock() { registerClock() }

var registerClock = sync.OnceFunc(ats.Register)
