// Suspension: the process may stand still for a while and go on, because of a signal, a debugger, or a machine that sleeps.

package natsstore

import (
	"context"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// suspendedAfter is how long the process must have stood still to count as suspended. A wake-up counts as exclusive for
// the other half of store.AckWait.
const suspendedAfter = store.AckWait / 2

// suspensions counts how often the process was suspended. What arrived before a suspension may have been delivered to another
// worker since. The zero value counts nothing until watch is called.
type suspensions struct {
	once sync.Once

	mu    sync.Mutex
	alive time.Time // when the process was last known to run
	count int
}

// watch notices suspensions until ctx ends.
func (s *suspensions) watch(ctx context.Context) {
	s.once.Do(func() {
		s.alive = time.Now()
		go func() {
			tick := time.NewTicker(suspendedAfter / 5)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					s.until(time.Now())
				case <-ctx.Done():
					return
				}
			}
		}()
	})
}

// until returns how many suspensions there were until now.
func (s *suspensions) until(now time.Time) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alive.IsZero() {
		return 0
	}
	if elapsed(s.alive, now) > suspendedAfter {
		s.count++
	}
	if now.After(s.alive) {
		s.alive = now
	}
	return s.count
}

// elapsed returns how much later b is than a. The monotonic clock stands still while the machine sleeps, the other one may be
// set.
func elapsed(a, b time.Time) time.Duration { return max(b.Sub(a), b.Round(0).Sub(a.Round(0))) }
