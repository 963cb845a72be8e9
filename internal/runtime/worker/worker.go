// Package worker runs workflows and activities: it takes wake-ups and tasks from the store, steps runs, appends what
// they decide, and carries out what follows from it.
//
// The commit protocol, in the order of turn.go: apply what arrived, append one record, publish its consequences, and
// only then acknowledge what arrived. Whoever dies in between leaves the wake-up unacknowledged; it comes to another
// worker, which loads the journal and publishes what is missing (load.go). Several workers may believe that they
// own a run; the compare in the append lets one of them win, and the other forgets what it had.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// Options says what a worker runs and how much of it.
type Options struct {
	Store         store.Store
	Registrations []abi.Registration
	// ID names the worker in histories; it must be unique among the living. Default: host, process and a random word.
	ID string
	// Chain stands between payloads and the store. Its Objects are those of Store if nil.
	Chain *codec.Chain
	// Activities bounds the attempts that run at once, per task queue. Default 500.
	Activities int
	// Cache bounds how many runs are kept in memory between wake-ups. Default 10,000.
	Cache int
	// Drain is how long attempts may take to end once the worker is told to stop. Default 10 s.
	Drain time.Duration
	// Turn is how long the code of a run may go on without waiting for anything before the watchdog reports it. Default 5 s.
	Turn time.Duration
	// SweepEvery is how often runs are looked for that should have moved on and did not. Default 1 min.
	SweepEvery time.Duration
	Logger     *slog.Logger
}

// Worker is a running worker.
type Worker struct {
	opt      Options
	store    store.Store
	chain    *codec.Chain
	log      *slog.Logger
	registry *registry
	ctx      context.Context // ends when the worker must stop at once
	cancel   context.CancelFunc
	busy     sync.WaitGroup // turns and attempts under way

	mu       sync.Mutex
	actors   map[string]*actor
	idle     idleList
	attempts map[string]*attempt // running attempts by idempotency key
	settling map[*delivery]struct{}
	stopping bool

	trials chan struct{} // has room for the one suspect that may be tried
}

// New checks that the registrations fit together and that their generated code fits their sources.
func New(opt Options) (*Worker, error) {
	if err := checkSources(opt.Registrations); err != nil {
		return nil, err
	}
	registry, err := newRegistry(opt.Registrations)
	if err != nil {
		return nil, err
	}
	opt = withDefaults(opt)
	w := &Worker{
		opt: opt, store: opt.Store, chain: opt.Chain, log: opt.Logger, registry: registry,
		actors: map[string]*actor{}, attempts: map[string]*attempt{}, settling: map[*delivery]struct{}{},
		trials: make(chan struct{}, 1),
	}
	w.ctx, w.cancel = context.WithCancel(context.Background())
	return w, nil
}

func withDefaults(opt Options) Options {
	if opt.ID == "" {
		host, _ := os.Hostname()
		opt.ID = fmt.Sprintf("%s-%d-%s", host, os.Getpid(), journal.NewID()[:8])
	}
	chain := codec.Chain{}
	if opt.Chain != nil {
		chain = *opt.Chain
	}
	if chain.Objects == nil {
		chain.Objects = opt.Store
	}
	opt.Chain = &chain
	setDefault(&opt.Activities, 500)
	setDefault(&opt.Cache, 10_000)
	setDefault(&opt.Drain, 10*time.Second)
	setDefault(&opt.Turn, 5*time.Second)
	setDefault(&opt.SweepEvery, time.Minute)
	if opt.Logger == nil {
		opt.Logger = slog.Default()
	}
	return opt
}

func setDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// checkSources fails if a file was edited after its code was generated.
func checkSources(registrations []abi.Registration) error {
	var stale []error
	for _, m := range registrations {
		for _, s := range m.Sources {
			if err := annotations.CompareFingerprints(s.File, []byte(s.Text), s.Sums); err != nil {
				stale = append(stale, err)
			}
		}
	}
	return errors.Join(stale...)
}

// Run takes work until ctx ends, then lets what is under way come to an end, and returns. It fails if the store
// cannot be reached at the start. If the cause of ctx's end is Killed, nothing is waited for.
func (w *Worker) Run(ctx context.Context) error {
	defer w.cancel()
	receiving, stop := context.WithCancel(w.ctx)
	defer stop()
	err := w.receive(receiving)
	if err == nil {
		go w.keepAlive()
		go w.sweepLoop(receiving)
		select {
		case <-ctx.Done():
		case <-w.ctx.Done():
		}
	}
	stop()
	if errors.Is(context.Cause(ctx), Killed) {
		w.die()
	}
	w.drain() // also after an error: one tap may have been open when another failed
	return err
}

// Killed, as the cause with which Run's context ends, has the worker end like a killed process: at once, and without
// handing back what it had. For tests of crashes.
var Killed = errors.New("worker was killed")

// die ends what is under way and lets go of every delivery unanswered.
func (w *Worker) die() {
	w.mu.Lock()
	w.stopping = true
	clear(w.settling)
	w.mu.Unlock()
	w.cancel()
}

// receive opens the taps: wake-ups of each queue that has workflows here, tasks of each that has activities.
func (w *Worker) receive(ctx context.Context) error {
	for _, queue := range w.registry.activityQueues() {
		if err := w.receiveTasks(ctx, queue); err != nil {
			return fmt.Errorf("worker for activities of queue %q: %w", queue, err)
		}
	}
	for _, queue := range w.registry.workflowQueues() {
		if err := errors.Join(w.listen(stepTopic(queue)), w.listenForStacks(queue)); err != nil {
			return fmt.Errorf("worker for workflows of queue %q: %w", queue, err)
		}
		opt := store.ReceiveOptions{Queue: queue, Worker: w.opt.ID, Handler: w.wake}
		if err := w.store.Receive(ctx, opt); err != nil {
			return fmt.Errorf("worker for workflows of queue %q: %w", queue, err)
		}
	}
	return nil
}

// drain waits for turns and attempts under way, for as long as they may take, and hands the rest to others.
func (w *Worker) drain() {
	w.mu.Lock()
	w.stopping = true
	w.mu.Unlock()
	done := make(chan struct{})
	go func() { w.busy.Wait(); close(done) }()
	if !within(w.opt.Drain, done) {
		w.log.Warn("worker stops with work under way; it will go on elsewhere", "worker", w.opt.ID, "drain", w.opt.Drain)
	}
	w.cancel()
	if !within(time.Second, done) {
		w.log.Error("worker leaves a run behind whose code does not give up its turn", "worker", w.opt.ID)
		return
	}
	w.handBack()
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

// begin reports whether new work may start, and counts it.
func (w *Worker) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopping {
		return false
	}
	w.busy.Add(1)
	return true
}

// handBack lets go of everything that is still unsettled and ends the runs in memory.
func (w *Worker) handBack() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for d := range w.settling {
		d.settle.Nak(0)
	}
	clear(w.settling)
	for _, a := range w.actors {
		a.forget()
	}
	clear(w.actors)
}

// keepAlive tells the store, well within AckWait, that unsettled deliveries are being worked on.
func (w *Worker) keepAlive() {
	tick := time.NewTicker(store.AckWait / 4)
	defer tick.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-tick.C:
			w.mu.Lock()
			for d := range w.settling {
				d.settle.InProgress()
			}
			w.mu.Unlock()
		}
	}
}
