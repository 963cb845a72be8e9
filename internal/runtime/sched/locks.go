// This file makes the locks of package sync deterministic. The native lock is the state, by its Try methods: so a zero
// value works, and code that does not know the scheduler sees it locked. The scheduler keeps who waits. A released lock
// goes to the coroutine that has waited longest. A misuse for which Go ends the process is a panic here: only one run is
// at fault.

package sched

import "sync"

// locks holds who waits for which lock.
type locks struct {
	t         *turns
	mutexes   map[*sync.Mutex]*queue
	rwmutexes map[*sync.RWMutex]*rwQueue
}

// Lock is m.Lock().
func (l *locks) Lock(m *sync.Mutex) {
	c := l.t.begin()
	if m.TryLock() {
		return
	}
	at(&l.mutexes, m).push(c)
	l.t.Park("sync.Mutex.Lock")
}

// TryLock is m.TryLock().
func (l *locks) TryLock(m *sync.Mutex) bool {
	l.t.begin()
	ok := m.TryLock()
	if !ok {
		l.t.spin()
	}
	return ok
}

// Unlock is m.Unlock().
func (l *locks) Unlock(m *sync.Mutex) {
	l.t.Enter()
	if m.TryLock() {
		m.Unlock()
		panic("sync: unlock of unlocked mutex")
	}
	q := l.mutexes[m]
	if q == nil {
		m.Unlock()
		return
	}
	l.t.Ready(q.PopFront()) // it stays locked, for the coroutine that waited
	if q.Empty() {
		delete(l.mutexes, m)
	}
}

// rwQueue holds the coroutines that wait for a RWMutex. As with the native one, a waiting writer blocks new readers, and
// a writer that is done admits all waiting readers.
type rwQueue struct {
	readers, writers queue
}

// LockRW is m.Lock().
func (l *locks) LockRW(m *sync.RWMutex) {
	c := l.t.begin()
	if !m.TryLock() {
		at(&l.rwmutexes, m).writers.push(c)
		l.t.Park("sync.RWMutex.Lock")
	}
}

// TryLockRW is m.TryLock().
func (l *locks) TryLockRW(m *sync.RWMutex) bool {
	l.t.begin()
	ok := m.TryLock()
	if !ok {
		l.t.spin()
	}
	return ok
}

// RLock is m.RLock().
func (l *locks) RLock(m *sync.RWMutex) {
	c := l.t.begin()
	if !l.writerWaits(m) && m.TryRLock() {
		return
	}
	at(&l.rwmutexes, m).readers.push(c)
	l.t.Park("sync.RWMutex.RLock")
}

// TryRLock is m.TryRLock().
func (l *locks) TryRLock(m *sync.RWMutex) bool {
	l.t.begin()
	ok := !l.writerWaits(m) && m.TryRLock()
	if !ok {
		l.t.spin()
	}
	return ok
}

func (l *locks) writerWaits(m *sync.RWMutex) bool {
	q := l.rwmutexes[m]
	return q != nil && !q.writers.Empty()
}

// UnlockRW is m.Unlock().
func (l *locks) UnlockRW(m *sync.RWMutex) {
	l.t.Enter()
	if m.TryRLock() {
		m.RUnlock()
		panic("sync: Unlock of unlocked RWMutex")
	}
	m.Unlock()
	q := l.rwmutexes[m]
	if q == nil {
		return
	}
	for !q.readers.Empty() {
		m.TryRLock()
		l.t.Ready(q.readers.PopFront())
	}
	l.admitWriter(m, q)
}

// RUnlock is m.RUnlock().
func (l *locks) RUnlock(m *sync.RWMutex) {
	l.t.Enter()
	if !m.TryRLock() {
		panic("sync: RUnlock of unlocked RWMutex")
	}
	m.RUnlock()
	if m.TryLock() {
		m.Unlock()
		panic("sync: RUnlock of unlocked RWMutex")
	}
	m.RUnlock()
	if q := l.rwmutexes[m]; q != nil {
		l.admitWriter(m, q)
	}
}

// admitWriter gives m to the writer that has waited longest, if it is free.
func (l *locks) admitWriter(m *sync.RWMutex, q *rwQueue) {
	if !q.writers.Empty() && m.TryLock() {
		l.t.Ready(q.writers.PopFront())
	}
	if q.readers.Empty() && q.writers.Empty() {
		delete(l.rwmutexes, m)
	}
}
