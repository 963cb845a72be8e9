// The faults, and when they are injected.

package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

// fault is a kind of fault. inject returns when the fault is over and its victim works again.
type fault struct {
	name   string
	inject func(w *world, victim int, length time.Duration) error
	// min and max bound the length of the fault.
	min, max time.Duration
	server   bool // whether the victim is the server; otherwise it is a worker
	severs   bool // whether the victim dies or is cut off
}

var faults = []fault{
	{"kill-worker", killWorker, 0, 4 * time.Second, false, true},
	{"term-worker", termWorker, 0, 4 * time.Second, false, true},
	{"stop-worker", stopWorker, 2 * time.Second, 25 * time.Second, false, false},
	{"cut-worker", proxied(proxyState{refuse: true}), time.Second, 15 * time.Second, false, true},
	{"stall-worker", proxied(proxyState{stall: true}), 2 * time.Second, 20 * time.Second, false, true},
	{"delay-worker", proxied(proxyState{delay: 200 * time.Millisecond}), time.Second, 15 * time.Second, false, false},
	{"kill-server", killServer, 100 * time.Millisecond, 6 * time.Second, true, true},
	{"stop-server", stopServer, 2 * time.Second, 12 * time.Second, true, false},
}

func faultNames() []string {
	var names []string
	for _, f := range faults {
		names = append(names, f.name)
	}
	return names
}

// inject injects faults for a while, at random times. Faults overlap, but never on one victim. It returns when all faults are over.
func (w *world) inject(ctx context.Context, kinds []fault, duration, every time.Duration, r *rand.Rand) error {
	end := time.After(duration)
	victims := make([]sync.Mutex, len(w.workers)+1) // the last one is the server
	var running sync.WaitGroup
	var mu sync.Mutex
	var errs []error
	defer running.Wait()
	for len(kinds) > 0 {
		pause := time.Duration(float64(every) * (0.3 + 1.4*r.Float64()))
		f, victim := kinds[r.IntN(len(kinds))], r.IntN(len(w.workers))
		length := f.min + time.Duration(r.Int64N(int64(f.max-f.min)))
		if f.server {
			victim = len(w.workers)
		}
		select {
		case <-time.After(pause):
		case <-end:
			running.Wait()
			return errors.Join(errs...)
		case <-ctx.Done():
			return ctx.Err()
		}
		if !victims[victim].TryLock() {
			continue
		}
		running.Go(func() {
			defer victims[victim].Unlock()
			w.log.printf("%s %d for %.1f s", f.name, victim, length.Seconds())
			if err := f.inject(w, victim, length); err != nil {
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			}
		})
	}
	select {
	case <-end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func killWorker(w *world, victim int, length time.Duration) error {
	return restart(w.workers[victim], syscall.SIGKILL, length)
}

func termWorker(w *world, victim int, length time.Duration) error {
	return restart(w.workers[victim], syscall.SIGTERM, length)
}

func killServer(w *world, _ int, length time.Duration) error {
	return restart(w.server, syscall.SIGKILL, length)
}

// restart ends a process by a signal and starts it again after a while. Connecting may fail while the server is down.
func restart(p *process, sig syscall.Signal, after time.Duration) error {
	p.end(sig)
	time.Sleep(after)
	var err error
	for range 20 {
		if err = p.start(); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

func stopWorker(w *world, victim int, length time.Duration) error {
	return pause(w.workers[victim], length)
}

func stopServer(w *world, _ int, length time.Duration) error { return pause(w.server, length) }

// pause stops a process for a while.
func pause(p *process, length time.Duration) error {
	p.signal(syscall.SIGSTOP)
	time.Sleep(length)
	p.signal(syscall.SIGCONT)
	return nil
}

// proxied returns a fault that puts the proxy of a worker into a state.
func proxied(s proxyState) func(*world, int, time.Duration) error {
	return func(w *world, victim int, length time.Duration) error {
		w.proxies[victim].set(s)
		time.Sleep(length)
		w.proxies[victim].set(proxyState{})
		return nil
	}
}
