// Workers of a test, and the processes that run them.

package pawltest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"

	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// Worker is a worker of a test. It may be stopped, killed and started again. To the engine, it is then a new process. Its
// methods may be called from many goroutines.
type Worker struct {
	registrations []pawl.Registration
	all           *workers
	spawn         func(name string, registrations []pawl.Registration) *process
	joined, left  func() // called before the worker starts, and after it has ended

	mu        sync.Mutex
	started   bool
	processes []*process
}

// workers are all workers of an engine.
type workers struct {
	extra   int            // additional processes for each worker
	running sync.WaitGroup // processes, and what they still do after their end

	mu            sync.Mutex
	registrations []pawl.Registration
	list          []*Worker
	processes     int // started so far
}

// process is one process of a worker. In a test it is a few goroutines with a connection of their own.
type process struct {
	store *crashstore.Store
	end   context.CancelCauseFunc
	done  chan struct{} // closed when it has ended
}

// work starts a worker.
func (e *engine) work(registrations []pawl.Registration) *Worker {
	queues := queuesOf(registrations)
	k := &Worker{
		registrations: e.observed(registrations), all: &e.workers, spawn: e.spawn,
		joined: func() { e.queues.join(queues) },
		left: func() {
			e.queues.leave(queues)
			e.checkQueuesLater()
		},
	}
	e.workers.add(k, registrations)
	k.Start()
	return k
}

// observed returns registrations whose activities and steps are recorded.
func (e *engine) observed(registrations []pawl.Registration) []pawl.Registration {
	registrations = slices.Clone(registrations)
	for i := range registrations {
		r := &registrations[i]
		r.Activities = slices.Clone(r.Activities)
		for j := range r.Activities {
			r.Activities[j].Run = e.observedHandler(r.Activities[j].Run)
		}
	}
	return registrations
}

func (e *engine) observedHandler(run func(context.Context, abi.Values) ([]any, error)) func(context.Context, abi.Values) ([]any, error) {
	return func(ctx context.Context, in abi.Values) (out []any, err error) {
		info, started := activity.InfoFrom(ctx), time.Now()
		op := strings.TrimPrefix(info.IdempotencyKey, info.RunID+"/")
		call := recorder.Call{ID: info.ID, RunID: info.RunID, Op: op, Name: info.Activity}
		e.recorder.Called(call)
		defer func() {
			if n := e.recorder.Attempted(call, time.Since(started)); err != nil {
				e.attemptFailed(call, n, err)
			}
		}()
		return run(ctx, in)
	}
}

// spawn starts a process.
func (e *engine) spawn(name string, registrations []pawl.Registration) *process {
	st := e.backend.connect()
	if e.opt.wrapStore != nil {
		st = e.opt.wrapStore(st)
	}
	st = watchedStore{st, e}
	ctx, end := context.WithCancelCause(background)
	p := &process{
		store: crashstore.New(st, name, e.plan, e.recorder, &e.workers.running),
		end:   end,
		done:  make(chan struct{}),
	}
	client, _ := pawl.NewClient(p.store, tuning.Tuning{LookEvery: never}, append(slices.Clone(e.opt.client), pawl.WithWorkerID(name))...)
	e.workers.running.Go(func() {
		defer close(p.done)
		if err := client.Work(ctx, registrations...); err != nil && p.store.Alive() {
			e.stop(fmt.Sprintf("%s has ended: %v", name, err))
		}
		p.store.Kill()
	})
	return p
}

// Start starts the worker if it is not running.
func (k *Worker) Start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.started {
		return
	}
	k.started, k.processes = true, nil
	k.joined()
	for range 1 + k.all.extra {
		k.processes = append(k.processes, k.startProcess())
	}
}

// Stop stops the worker gracefully and waits until it has stopped. Running activities may complete.
func (k *Worker) Stop() { k.finish(context.Canceled) }

// Kill ends the worker as kill -9 does: nothing that it does from now on reaches the engine. The contexts of its activities
// are cancelled, because a goroutine cannot be killed.
func (k *Worker) Kill() { k.finish(worker.ErrKilled) }

func (k *Worker) finish(cause error) {
	k.mu.Lock()
	started, processes := k.started, k.processes
	k.started, k.processes = false, nil
	k.mu.Unlock()
	if started {
		defer k.left()
	}
	for _, p := range processes {
		if cause == worker.ErrKilled {
			p.store.Kill()
		}
		p.end(cause)
	}
	for _, p := range processes {
		<-p.done
	}
}

// startProcess starts a process, and replaces it if it crashes. k.mu is held.
func (k *Worker) startProcess() *process {
	p := k.spawn(k.all.nextName(), k.registrations)
	k.all.running.Go(func() {
		select {
		case <-p.store.Crashed():
			p.end(worker.ErrKilled)
			k.replace(p)
		case <-p.done:
		}
	})
	return p
}

// replace starts a process in place of one that crashed.
func (k *Worker) replace(crashed *process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := slices.Index(k.processes, crashed); i >= 0 {
		k.processes[i] = k.startProcess()
	}
}

func (w *workers) add(k *Worker, registrations []pawl.Registration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.list = append(w.list, k)
	w.registrations = append(w.registrations, registrations...)
}

// nextName returns the name of the next process.
func (w *workers) nextName() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.processes++
	return fmt.Sprintf("worker-%d", w.processes)
}

// stop stops all workers.
func (w *workers) stop() { w.each((*Worker).Stop) }

// kill kills all workers.
func (w *workers) kill() { w.each((*Worker).Kill) }

func (w *workers) each(do func(*Worker)) {
	w.mu.Lock()
	list := slices.Clone(w.list)
	w.mu.Unlock()
	for _, k := range list {
		do(k)
	}
}
