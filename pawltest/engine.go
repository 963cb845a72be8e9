// The engine of a test: a store, a client, workers, and the recording of what the workers do.

package pawltest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/runtime/embed"

	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// engine is the engine of one test.
type engine struct {
	t        *testing.T
	opt      options
	ctx      context.Context // ends with the test
	backend  backend
	own      store.Store    // the connection of the clients
	users    *pawl.Client   // the client of the test
	client   *client.Client // what the test's client uses
	log      logBuffer
	recorder *recorder.Recorder
	plan     crashstore.Plan
	started  time.Time
	ending   ending
	closed   atomic.Bool
	effects  []func() any
	ids      idSource
	workers  workers
	queues   queues
	endings  endings
}

// never is a period that no test reaches: whatever the engine does from time to time, in case a message was lost, would cost
// CPU time in virtual time, and hide what a test should find.
const never = 20 * 365 * 24 * time.Hour

// withEngine calls fn with a new engine, in a bubble.
func withEngine(t *testing.T, opt options, plan crashstore.Plan, fn func(e *engine)) {
	t.Helper()
	embed.RegisterClock()
	if opt.disk {
		opt.dir = t.TempDir()
	}
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t, opt, plan)
		defer e.close()
		fn(e)
	})
}

func newEngine(t *testing.T, opt options, plan crashstore.Plan) *engine {
	t.Helper()
	e := &engine{t: t, opt: opt, plan: plan, started: time.Now(), recorder: recorder.New()}
	logger := slog.New(slog.NewTextHandler(&e.log, nil))
	e.opt.client = append([]pawl.Option{pawl.WithLogger(logger)}, opt.client...)
	e.backend = newBackend(t, opt, logger)
	e.own = e.backend.connect()
	e.users, e.client = pawl.NewClient(clientStore{e.own, e}, tuning.Tuning{NewID: e.ids.next, LookEvery: never}, e.opt.client...)
	e.ctx, e.ending.cancel = context.WithCancelCause(t.Context())
	return e
}

// close stops everything, and logs what happened if the test has failed.
func (e *engine) close() {
	e.ending.returned()
	e.closed.Store(true)
	e.workers.stop()
	e.workers.running.Wait()
	e.own.Close()
	e.backend.shutdown()
	if e.t.Failed() {
		if len(e.recorder.Faults()) > 0 {
			e.t.Logf("last actions of the workers:\n%s", e.recorder.Trail(100))
		}
		if log := e.log.tail(100); log != "" {
			e.t.Logf("last log messages of the engine:\n%s", log)
		}
	}
}

// elapsed returns how long the engine has existed, in virtual time.
func (e *engine) elapsed() time.Duration { return time.Since(e.started) }

// backend holds the data of an engine.
type backend struct {
	connect  func() store.Store // opens a connection, as another process would
	shutdown func()
}

func newBackend(t *testing.T, opt options, log *slog.Logger) backend {
	t.Helper()
	if opt.memory {
		data := memstore.New()
		return backend{func() store.Store { return data.Open() }, func() {}}
	}
	server, err := embed.Start(embed.Options{Dir: opt.dir, Memory: !opt.disk, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	connect := func() store.Store {
		to := server.StoreOptions("")
		to.Logger, to.AnnounceEvery, to.OneGroup = log, never, opt.oneGroup
		st, err := natsstore.Connect(background, to)
		if err != nil {
			t.Errorf("connect to the test's NATS server: %v", err)
			return closedStore()
		}
		return st
	}
	return backend{connect, server.Shutdown}
}

// closedStore returns a store for a connection that could not be opened.
func closedStore() store.Store {
	st := memstore.New().Open()
	st.Close()
	return st
}

// idSource generates ids from a count. They are the same in every execution of a test, so that its runs have the same ids
// and draw the same random numbers.
type idSource struct {
	mu     sync.Mutex
	counts map[string]int
}

// next returns an id for a start of a workflow id, or a workflow id if of is empty.
func (s *idSource) next(of string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	s.counts[of]++
	if of == "" {
		return fmt.Sprintf("workflow-%d", s.counts[of])
	}
	return fmt.Sprintf("start %d of %s", s.counts[of], of)
}

// logBuffer keeps the log of the engine. It is printed if the test fails.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// tail returns the last n lines.
func (b *logBuffer) tail(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := strings.SplitAfter(strings.TrimSuffix(b.text.String(), "\n"), "\n")
	if omitted := len(lines) - n; omitted > 0 {
		return fmt.Sprintf("(%d lines omitted)\n", omitted) + strings.Join(lines[omitted:], "")
	}
	return strings.Join(lines, "")
}
