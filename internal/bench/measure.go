package bench

// What the engine does: steps per second with many runs in flight, and how long one small run takes.

import (
	"context"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// stepsPerRun is how many steps a run of a throughput measurement has.
const stepsPerRun = 10

// throughput keeps n runs of a workflow in flight and returns how many steps they make per second, once they all run.
func (r *rig) throughput(ctx context.Context, workflow string, n int, d time.Duration) (float64, error) {
	var rate float64
	over := make(chan struct{})
	lanes, ctx := errgroup.WithContext(ctx)
	for range n {
		lanes.Go(func() error { return r.repeat(ctx, workflow, over) })
	}
	lanes.Go(func() error {
		defer close(over)
		if !sleepFor(ctx, d/4) {
			return nil
		}
		before, begun := r.code.done.Load(), time.Now()
		if sleepFor(ctx, d) {
			rate = float64(r.code.done.Load()-before) / time.Since(begun).Seconds()
		}
		return nil
	})
	return rate, lanes.Wait()
}

// repeat runs a workflow again and again until it is over.
func (r *rig) repeat(ctx context.Context, workflow string, over <-chan struct{}) error {
	w := r.code.workflow(workflow)
	for {
		select {
		case <-over:
			return nil
		default:
		}
		if err := r.run(ctx, w, stepsPerRun); err != nil {
			return err
		}
	}
}

// sleepFor waits, and reports whether it could do so to the end.
func sleepFor(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}

// latency runs workflows of one activity, one after the other, for a while.
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

// times are how long something took, each time.
type times []time.Duration

// rate is how often per second it was done.
func (t times) rate() float64 {
	var sum time.Duration
	for _, d := range t {
		sum += d
	}
	return float64(len(t)) / sum.Seconds()
}

// quantile is the time that a share q of them did not exceed.
func (t times) quantile(q float64) time.Duration {
	sorted := slices.Sorted(slices.Values(t))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// memory has n runs wait in the worker's memory and returns how many bytes are free per run once the worker has gone.
func (r *rig) memory(ctx context.Context, n int) (float64, error) {
	if err := r.park(ctx, n); err != nil {
		return 0, err
	}
	with := inUse()
	if err := r.stop(); err != nil {
		return 0, err
	}
	return float64(max(with-inUse(), 0)) / float64(n), nil
}

// park starts n runs and returns once all of them wait for their timers.
func (r *rig) park(ctx context.Context, n int) error {
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

// inUse is the memory in use, in bytes: what lives on the heap, and the stacks of goroutines.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
