// Durable timers, each a timer of package time.

package memstore

import (
	"context"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// timers implements store.Timers.
type timers struct {
	*conn
	set *timerSet
}

// timerSet is the data of timers.
type timerSet struct {
	shared  *shared
	pending map[timerKey]*timer
	fired   func(queue, id string) // called with the lock held
}

// timerKey identifies a timer: a workflow has at most one at a time.
type timerKey struct {
	id  string
	due int64 // Unix time in nanoseconds
}

type timer struct {
	queue string
	due   time.Time
	wait  *time.Timer
}

func newTimerSet(s *shared, fired func(queue, id string)) *timerSet {
	return &timerSet{shared: s, pending: map[timerKey]*timer{}, fired: fired}
}

var _ store.Timers = timers{}

// ScheduleTimer implements store.Timers.
func (ts timers) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	if err := ts.lock(ctx, nil); err != nil {
		return err
	}
	defer ts.unlock()
	key := timerKey{id, at.UnixNano()}
	ts.set.cancel(key)
	t := &timer{queue: queue, due: at}
	t.wait = time.AfterFunc(time.Until(at), func() { ts.set.fire(key, t) })
	ts.set.pending[key] = t
	return nil
}

// CancelTimer implements store.Timers.
func (ts timers) CancelTimer(ctx context.Context, _, id string, at time.Time) error {
	if err := ts.lock(ctx, nil); err != nil {
		return err
	}
	defer ts.unlock()
	ts.set.cancel(timerKey{id, at.UnixNano()})
	return nil
}

// holds reports whether workflow id has a timer. The lock is held.
func (s *timerSet) holds(id string) bool {
	for key := range s.pending {
		if key.id == id {
			return true
		}
	}
	return false
}

func (s *timerSet) cancel(key timerKey) {
	if t := s.pending[key]; t != nil {
		t.wait.Stop()
		delete(s.pending, key)
	}
}

// fire reports a timer that is due, unless it was cancelled or replaced.
func (s *timerSet) fire(key timerKey, t *timer) {
	s.shared.mu.Lock()
	defer s.shared.mu.Unlock()
	if s.pending[key] != t {
		return
	}
	if early := time.Until(t.due); early > 0 { // the wall clock was set back
		t.wait.Reset(early)
		return
	}
	delete(s.pending, key)
	s.fired(t.queue, key.id)
}
