package pawltest

import (
	"context"
	"fmt"
	"sync"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/worker"
)

// Worker is a worker of the test. It may be stopped, killed and started again; each time it is a new process as far
// as the engine can tell. Its methods may be called from many goroutines.
type Worker struct {
	world         *world
	registrations []pawl.Registration

	mu      sync.Mutex
	running bool
	lives   []*life
}

// life is a worker between its start and its end.
type life struct {
	store *mortal
	end   context.CancelCauseFunc
	done  chan struct{}
}

func (w *world) work(registrations []pawl.Registration) *Worker {
	k := &Worker{world: w, registrations: w.observed(registrations)}
	w.mu.Lock()
	w.workers = append(w.workers, k)
	w.registrations = append(w.registrations, registrations...)
	w.mu.Unlock()
	k.Start()
	return k
}

// Start starts the worker, if it does not run.
func (k *Worker) Start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.running {
		return
	}
	k.running, k.lives = true, nil
	for range k.world.twins {
		k.lives = append(k.lives, k.begin())
	}
}

// Stop tells the worker to stop and waits until it has: activities that run may come to an end.
func (k *Worker) Stop() { k.finish(context.Canceled) }

// Kill ends the worker as kill -9 does: nothing that it was about to do reaches the engine any more. The contexts of
// its activities are cancelled, for a goroutine cannot be killed.
func (k *Worker) Kill() { k.finish(worker.ErrKilled) }

func (k *Worker) finish(cause error) {
	k.mu.Lock()
	lives := k.lives
	k.running, k.lives = false, nil
	k.mu.Unlock()
	for _, l := range lives {
		if cause == worker.ErrKilled {
			l.store.kill()
		}
		l.end(cause)
	}
	for _, l := range lives {
		<-l.done
	}
}

// begin begins a life, and sees to it that another one follows if it is cut short by a crash. k.mu is held.
func (k *Worker) begin() *life {
	w := k.world
	w.mu.Lock()
	w.lives++
	name := fmt.Sprintf("worker-%d", w.lives)
	w.mu.Unlock()

	ctx, end := context.WithCancelCause(background)
	l := &life{store: newMortal(w, name), end: end, done: make(chan struct{})}
	c := pawl.NewClient(l.store, append(w.opt.client[:len(w.opt.client):len(w.opt.client)], pawl.WithWorkerID(name))...)
	w.dying.Go(func() {
		defer close(l.done)
		if err := c.Work(ctx, k.registrations...); err != nil && l.store.alive() {
			w.t.Errorf("%s: %v", name, err)
		}
		l.store.kill()
	})
	w.dying.Go(func() {
		select {
		case <-l.store.crashed:
			end(worker.ErrKilled)
			k.replace(l)
		case <-l.done:
		}
	})
	return l
}

// replace begins another life in place of one that crashed.
func (k *Worker) replace(old *life) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i, l := range k.lives {
		if l == old {
			k.lives[i] = k.begin()
		}
	}
}
