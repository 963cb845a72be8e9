package pawltest

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// world is one engine with everything in it: a store, a client, workers, and the witness of what they do.
type world struct {
	t       *testing.T
	opt     options
	env     *Env
	open    func() store.Store // another process's connection
	shut    func()             // ends the store
	own     store.Store        // the client's connection
	log     logBuffer
	witness witness
	fate    fate
	hung    atomic.Bool // the client was cut off
	twins   int         // how many workers there are for each that the test starts
	born    time.Time
	effects []func() any

	mu            sync.Mutex
	registrations []pawl.Registration
	workers       []*Worker
	lives         int            // of workers, so far
	started       map[string]int // by workflow id; those without one are counted under ""
	dying         sync.WaitGroup // lives that have not come to an end
}

func newWorld(t *testing.T, opt options, fate fate) *world {
	t.Helper()
	w := &world{t: t, opt: opt, fate: fate, twins: 1, born: time.Now(), witness: newWitness(), started: map[string]int{}}
	w.opt.client = append([]pawl.Option{pawl.WithLogger(slog.New(slog.NewTextHandler(&w.log, nil)))}, opt.client...)
	if opt.memory {
		data := memstore.New()
		w.open, w.shut = func() store.Store { return data.Open() }, func() {}
	} else {
		w.serve()
	}
	w.own = w.open()
	w.env = &Env{T: t, Client: pawl.NewClient(w.own, w.opt.client...), world: w}
	w.env.Client.NameRequests(w.newID)
	return w
}

// newID names what a test starts by what it is and its number, so that each run of the test has the same runs, which draw
// the same random numbers.
func (w *world) newID(of string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.started[of]++
	if of == "" {
		return fmt.Sprintf("workflow-%d", w.started[of])
	}
	return fmt.Sprintf("start %d of %s", w.started[of], of)
}

// serve starts the NATS server of the world.
func (w *world) serve() {
	w.t.Helper()
	server, err := embed.Start(embed.Options{Dir: w.opt.dir, Memory: !w.opt.disk})
	if err != nil {
		w.t.Fatal(err)
	}
	w.shut = server.Shutdown
	w.open = func() store.Store {
		opt := server.StoreOptions("")
		opt.Logger = slog.New(slog.NewTextHandler(&w.log, nil))
		st, err := natsstore.Connect(background, opt)
		if err != nil {
			w.t.Errorf("connect to the test's NATS server: %v", err)
			return closedStore()
		}
		return st
	}
}

// closedStore stands for a connection that could not be made.
func closedStore() store.Store {
	st := memstore.New().Open()
	st.Close()
	return st
}

// close ends the world, and shows what was logged in it if the test has failed.
func (w *world) close() {
	w.stopWorkers()
	w.dying.Wait()
	w.own.Close()
	w.shut()
	if w.t.Failed() {
		if len(w.witness.blowList()) > 0 {
			w.t.Logf("what the workers did last:\n%s", w.witness.lately(100))
		}
		w.t.Logf("what the engine logged last:\n%s", w.log.tail(100))
	}
}

func (w *world) stopWorkers() {
	w.mu.Lock()
	workers := slices.Clone(w.workers)
	w.mu.Unlock()
	for _, worker := range workers {
		worker.Stop()
	}
}

// elapsed is how long the world has existed, in its own time.
func (w *world) elapsed() time.Duration { return time.Since(w.born) }

// logBuffer keeps what the engine logs, for the case that the test fails.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// tail is the last n lines.
func (b *logBuffer) tail(n int) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines := strings.SplitAfter(strings.TrimSuffix(b.text.String(), "\n"), "\n")
	if left := len(lines) - n; left > 0 {
		return fmt.Sprintf("(%d lines before)\n", left) + strings.Join(lines[left:], "")
	}
	return strings.Join(lines, "")
}
