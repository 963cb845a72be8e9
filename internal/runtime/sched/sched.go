// Package sched runs the coroutines of one run, one at a time and in an order that depends only on the code and the
// events that it is given: goroutines, channels, select and the locks of package sync, made deterministic.
//
// A coroutine is a real goroutine that waits for its turn. So everything that Go allows works without rewriting control
// flow: a durable call in a callback of a library, in an iterator, in a deferred call, or while a panic unwinds. The
// engine's goroutine calls Run. The turn then goes from coroutine to coroutine, first in first out, and comes back to the
// engine when none is ready. The scheduler never unwinds user code by a panic: a coroutine that must end is ended by
// runtime.Goexit, which runs its deferred calls and cannot be recovered.
//
// Channels, mutexes and timers stay Go's native ones. The scheduler only keeps the coroutines that wait, by the address
// of what they wait for; operations that do not block cost nothing here.
//
// turns.go gives turns to coroutines, and path.go names them. The other files build one thing each on that: channels, select, locks, conditions
// and wait groups, error groups, and iterators.
package sched

// Scheduler holds the coroutines of one run. Its methods are called by the engine's goroutine while no coroutine has
// the turn, or by the coroutine that has it.
type Scheduler struct {
	*turns
	channels
	locks
	syncs
	groups
	pulls
}

// New returns a scheduler with no coroutines. The goroutines of its coroutines carry labels, which profiles show: pairs
// of a name and a value.
func New(labels ...string) *Scheduler {
	s := &Scheduler{turns: newTurns(labels...)}
	s.channels.t, s.locks.t, s.groups.t, s.pulls.t = s.turns, s.turns, s.turns, s.turns
	s.syncs.t, s.syncs.locks = s.turns, &s.locks
	return s
}

// UseRules sets the version of the rules by which the scheduler decides, before the first coroutine starts: that of the
// run's history. docs/scheduling.md says what each version changed.
func (s *Scheduler) UseRules(version uint32) { s.rules = version }

// Kill ends every coroutine, one after the other in order of creation. Their deferred calls run, but have no effect on
// the scheduler. It may be called more than once.
func (s *Scheduler) Kill() {
	s.kill()
	s.stopPulls()
	for !s.ready.Empty() {
		s.ready.PopFront()
	}
}
