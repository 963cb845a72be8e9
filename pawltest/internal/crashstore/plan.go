// Crash plans: what happens to which worker at which crash point.

package crashstore

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// Plan decides what happens to a worker at a crash point. It is called from many goroutines.
type Plan func(worker, point string) Fault

// Fault is what happens to a worker: it crashes, or it freezes for a while, as a process does on an overloaded machine,
// without noticing. The zero value means nothing happens.
type Fault struct {
	Crash bool
	Pause time.Duration
}

// String describes the fault as the predicate of a sentence about the worker.
func (f Fault) String() string {
	if f.Crash {
		return "crashes"
	}
	return fmt.Sprintf("freezes for %v", f.Pause.Round(time.Millisecond))
}

// NoFaults is the plan in which nothing happens.
func NoFaults(worker, point string) Fault { return Fault{} }

// CrashAt returns a plan that crashes the first worker that reaches a point. What a point says about events does not count,
// because the order of simultaneous events varies: only what is done there, and how many times it was done before.
func CrashAt(point string) Plan {
	var once sync.Once
	point = withoutDetail(point)
	return func(_, reached string) (f Fault) {
		if withoutDetail(reached) == point {
			once.Do(func() { f.Crash = true })
		}
		return f
	}
}

// Limits of a random plan.
const (
	MaxFaults = 6
	MaxPause  = 20 * time.Second // four times store.AckWait
)

// Random returns a plan with a fault at about one point in twelve, and at most MaxFaults of them. What happens at a point
// depends only on the seed, the worker and the point.
func Random(seed uint64) Plan {
	var mu sync.Mutex
	faults := 0
	return func(worker, point string) Fault {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %s %s", seed, worker, point)
		random := rand.New(rand.NewPCG(seed, h.Sum64()))
		mu.Lock()
		defer mu.Unlock()
		if random.IntN(12) != 0 || faults >= MaxFaults {
			return Fault{}
		}
		faults++
		if random.IntN(2) == 0 {
			return Fault{Crash: true}
		}
		return Fault{Pause: time.Duration(random.Int64N(int64(MaxPause)))}
	}
}
