// Measurements of the engine: throughput with many runs in flight, the latency of one small run, and memory.

package bench

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// stepsPerRun is the number of steps of each run in a throughput measurement.
const stepsPerRun = 10

// throughput keeps n runs of a workflow in flight, and returns the number of steps per second after a warm-up.
func (r *rig) throughput(ctx context.Context, workflow string, n int, d time.Duration) (float64, error) {
	var rate float64
	done := make(chan struct{})
	clients, ctx := errgroup.WithContext(ctx)
	for range n {
		clients.Go(func() error { return r.repeat(ctx, workflow, done) })
	}
	clients.Go(func() error {
		defer close(done)
		if !sleepFor(ctx, d/4) {
			return nil
		}
		before, begun := r.code.done.Load(), time.Now()
		if sleepFor(ctx, d) {
			rate = float64(r.code.done.Load()-before) / time.Since(begun).Seconds()
		}
		return nil
	})
	return rate, clients.Wait()
}

// repeat runs a workflow again and again until done is closed.
func (r *rig) repeat(ctx context.Context, workflow string, done <-chan struct{}) error {
	w := r.code.workflow(workflow)
	for {
		select {
		case <-done:
			return nil
		default:
		}
		if err := r.run(ctx, w, stepsPerRun); err != nil {
			return err
		}
	}
}

// sleepFor waits for d, and reports whether ctx did not end before.
func sleepFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// latency runs workflows of one activity one after the other for d, and returns how long each took.
func (r *rig) latency(ctx context.Context, d time.Duration) (times, error) {
	var took times
	w := r.code.workflow(callsActivities)
	for begun := time.Now(); time.Since(begun) < d; {
		started := time.Now()
		if err := r.run(ctx, w, 1); err != nil {
			return nil, err
		}
		took = append(took, time.Since(started))
	}
	return took, nil
}

// stepLatency runs one workflow of many steps at a time for d, and returns the times from the beginning of one step to that
// of the next: what a step costs a run that does nothing else.
func (r *rig) stepLatency(ctx context.Context, d time.Duration) (times, error) {
	var mu sync.Mutex
	var took times
	var last time.Time
	began := func() {
		now := time.Now()
		mu.Lock()
		defer mu.Unlock()
		if !last.IsZero() {
			took = append(took, now.Sub(last))
		}
		last = now
	}
	w := r.code.workflow(callsSteps)
	r.code.stepBegan.Store(&began)
	defer r.code.stepBegan.Store(nil)
	for begun := time.Now(); time.Since(begun) < d; {
		mu.Lock()
		last = time.Time{}
		mu.Unlock()
		if err := r.run(ctx, w, stepsPerIdleRun); err != nil {
			return nil, err
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return took, nil
}

// stepsPerIdleRun is the number of steps of each run in the measurement of a step's latency.
const stepsPerIdleRun = 100

// times are the durations of repeated operations.
type times []time.Duration

// rate returns the number of operations per second.
func (t times) rate() float64 {
	var sum time.Duration
	for _, d := range t {
		sum += d
	}
	return float64(len(t)) / sum.Seconds()
}

// quantile returns the duration that a fraction q of the operations did not exceed.
func (t times) quantile(q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// memory keeps n waiting runs in the worker, and returns the number of bytes per run that stopping the worker frees.
func (r *rig) memory(ctx context.Context, n int) (float64, error) {
	if err := r.startWaiting(ctx, n); err != nil {
		return 0, err
	}
	with := inUse()
	if err := r.stop(); err != nil {
		return 0, err
	}
	return float64(max(with-inUse(), 0)) / float64(n), nil
}

// startWaiting starts n runs and returns once all of them wait for their timers.
func (r *rig) startWaiting(ctx context.Context, n int) error {
	starts, ctx := errgroup.WithContext(ctx)
	starts.SetLimit(64)
	w := r.code.workflow(sleeps)
	for range n {
		starts.Go(func() error {
			run, err := r.client.Start(ctx, w, "", nil)
			for err == nil {
				d, describeErr := run.Describe(ctx)
				if describeErr == nil && len(d.Pending) == 1 {
					return nil
				}
				if !sleepFor(ctx, 10*time.Millisecond) {
					return ctx.Err()
				}
			}
			return err
		})
	}
	return starts.Wait()
}

// inUse returns the memory in use in bytes: live heap objects and stacks of goroutines.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // frees what finalizers and pools still kept
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
