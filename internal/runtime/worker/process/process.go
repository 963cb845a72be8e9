// Package process holds what the workflow side and the activity side of one worker share: the store, the handlers and
// the log, and how work begins and ends.
package process

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/handlers"
)

// Process is one worker process. Its methods may be called from any goroutine.
type Process struct {
	Config
	ctx    context.Context
	cancel context.CancelFunc
	busy   sync.WaitGroup // what Begin has counted

	toRenew chan struct{} // has an element if deliveries were added to renewed

	mu       sync.Mutex
	stopping bool // no work may begin
	stopped  bool // no work is under way
	renewed  map[*Delivery]struct{}
}

// Config is what a process is made of.
type Config struct {
	ID       string // unique among the living workers
	Store    store.Store
	Chain    *payloads.Chain // between payloads and the store
	Handlers *handlers.Handlers
	Log      *slog.Logger
}

// New returns a process that may take work.
func New(config Config) *Process {
	p := &Process{Config: config, toRenew: make(chan struct{}, 1), renewed: map[*Delivery]struct{}{}}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Context ends when the process must stop everything immediately.
func (p *Process) Context() context.Context { return p.ctx }

// Begin counts a piece of work that ends with End. It reports false if the process is stopping: then the work must not
// start.
func (p *Process) Begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopping {
		return false
	}
	p.busy.Add(1)
	return true
}

// End ends what Begin began.
func (p *Process) End() { p.busy.Done() }

// Go runs fn on a goroutine of its own, counted as work, unless the process is stopping.
func (p *Process) Go(fn func()) {
	if p.Begin() {
		go func() { defer p.End(); fn() }()
	}
}

// Stopping reports whether the process takes no new work.
func (p *Process) Stopping() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopping
}

// Subscribe calls fn for each message on a topic of the bus, as long as the process lives.
func (p *Process) Subscribe(topic string, fn func(data []byte) []byte) error {
	stop, err := p.Store.Subscribe(topic, fn)
	if err == nil {
		context.AfterFunc(p.ctx, stop)
	}
	return err
}

// Kill ends the process like a crash: immediately, and with every delivery left unsettled. For tests of crashes.
func (p *Process) Kill() {
	p.mu.Lock()
	p.stopping = true
	clear(p.renewed)
	p.mu.Unlock()
	p.cancel()
}

// leaveTime is how long work may take to end once the context has ended.
const leaveTime = time.Second

// Stop takes no more work, waits up to drain for what is under way, and ends the context. It reports false if some
// work has not ended even then; otherwise it hands all unsettled deliveries back to the store.
func (p *Process) Stop(drain time.Duration) bool {
	p.mu.Lock()
	p.stopping = true
	p.mu.Unlock()
	done := make(chan struct{})
	go func() { p.busy.Wait(); close(done) }()
	if !within(drain, done) {
		p.Log.Warn("worker stops before its work has ended; other workers continue it", "worker", p.ID, "drain", drain)
	}
	p.cancel()
	if !within(leaveTime, done) {
		p.Log.Error("worker stops although the code of a workflow still blocks one of its goroutines", "worker", p.ID)
		return false
	}
	p.handBack()
	return true
}

func within(d time.Duration, done <-chan struct{}) bool {
	timeout := time.NewTimer(d)
	defer timeout.Stop()
	select {
	case <-done:
		return true
	case <-timeout.C:
		return false
	}
}
