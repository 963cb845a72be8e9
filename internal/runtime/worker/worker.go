// Package worker ties the two sides of a worker together: package workflow runs its workflows, package activity its
// activities and steps.
package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/internal/runtime/journal"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/internal/runtime/worker/handlers"
	"github.com/pawlhq/pawl/internal/runtime/worker/process"
	"github.com/pawlhq/pawl/internal/runtime/worker/workflow"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Options says what a worker runs and how much of it.
type Options struct {
	Store         store.Store
	Registrations []abi.Registration
	// ID names the worker in histories. It must be unique among the living workers. Default: host, process and a random
	// word.
	ID string
	// Chain transforms payloads between the worker and the store. If its Objects is nil, Store is used.
	Chain *payloads.Chain
	// Activities is how many attempts run at a time, per task queue. Default 500.
	Activities int
	// Cache is how many runs are kept in memory between messages. Default 10,000.
	Cache int
	// Drain is how long attempts may take to end once the worker is told to stop. Default 10 s.
	Drain time.Duration
	// Turn is how long the code of a run may go on without waiting before the watchdog reports it. Default 5 s.
	Turn time.Duration
	// SweepEvery is how often the worker looks for runs that should have made progress and did not. Default 1 min.
	SweepEvery time.Duration
	Logger     *slog.Logger
}

// Worker is a worker that has not started, or runs.
type Worker struct {
	opt        Options
	process    *process.Process
	activities *activity.Runner
	runs       *workflow.Runs
}

// New returns a worker. It fails if the registrations do not fit together, or if their sources have changed since their code
// was generated.
func New(opt Options) (*Worker, error) {
	if err := errors.Join(checkScope(opt.Registrations), checkSources(opt.Registrations)); err != nil {
		return nil, err
	}
	known, err := handlers.New(opt.Registrations)
	if err != nil {
		return nil, err
	}
	opt = withDefaults(opt)
	p := process.New(process.Config{ID: opt.ID, Store: opt.Store, Chain: opt.Chain, Handlers: known, Log: opt.Logger})
	activities := activity.New(p)
	runs := workflow.New(workflow.Config{
		Process: p, Activities: activities, Cache: opt.Cache, Turn: opt.Turn, SweepEvery: opt.SweepEvery, Build: build,
	})
	return &Worker{opt, p, activities, runs}, nil
}

func withDefaults(opt Options) Options {
	if opt.ID == "" {
		host, _ := os.Hostname()
		opt.ID = fmt.Sprintf("%s-%d-%s", host, os.Getpid(), journal.NewID()[:8])
	}
	chain := payloads.Chain{}
	if opt.Chain != nil {
		chain = *opt.Chain
	}
	if chain.Objects == nil {
		chain.Objects = opt.Store
	}
	chain.LimitTo(opt.Store.MaxPayload())
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

// ErrKilled as the cause of the end of the context of Run makes the worker end like a killed process: immediately, and
// without handing back what it had. For tests of crashes.
var ErrKilled = errors.New("worker was killed")

// Run takes work until ctx ends, then waits for what is under way, and returns. It fails if the store cannot be reached
// at the start.
func (w *Worker) Run(ctx context.Context) error {
	receiving, stop := context.WithCancel(w.process.Context())
	defer stop()
	err := w.receive(receiving)
	if err == nil {
		logScope(w.opt.Logger, w.opt.ID, w.process.Handlers, w.opt.Registrations)
		go w.process.KeepAlive()
		go w.runs.SweepLoop(receiving)
		select {
		case <-ctx.Done():
		case <-w.process.Context().Done():
		}
	}
	stop()
	if errors.Is(context.Cause(ctx), ErrKilled) {
		w.process.Kill()
	}
	if w.process.Stop(w.opt.Drain) { // also after an error: one queue may have been received from when another failed
		w.runs.Unload()
	}
	return err
}

// receive starts to take the tasks of each queue that has activities here, and the messages of each that has workflows.
func (w *Worker) receive(ctx context.Context) error {
	for _, queue := range w.process.Handlers.ActivityQueues() {
		if err := w.activities.ReceiveTasks(ctx, queue, w.opt.Activities, w.runs); err != nil {
			return fmt.Errorf("receive activities of queue %q: %w", queue, err)
		}
	}
	for _, queue := range w.process.Handlers.WorkflowQueues() {
		err := errors.Join(w.activities.AnswerForSteps(queue), w.runs.AnswerForStacks(queue))
		if err == nil {
			err = w.runs.Receive(ctx, queue)
		}
		if err != nil {
			return fmt.Errorf("receive workflows of queue %q: %w", queue, err)
		}
	}
	return nil
}
