package sched

import (
	"reflect"
	"sync"
	"unsafe"
)

// This file is about locks. The native lock is the state, by its Try methods, so that a zero value works and code that
// does not know the scheduler sees it locked; the scheduler keeps who waits. A lock that is released goes to who has
// waited longest. What the Go runtime ends the process for is a panic here: it is one run that is at fault.

// Lock is m.Lock().
func (s *Scheduler) Lock(m *sync.Mutex) {
	c := s.Enter()
	if m.TryLock() {
		return
	}
	at(&s.locks, m).push(c)
	s.Park("sync.Mutex.Lock")
}

// TryLock is m.TryLock().
func (s *Scheduler) TryLock(m *sync.Mutex) bool {
	s.Enter()
	ok := m.TryLock()
	if !ok {
		s.spin()
	}
	return ok
}

// Unlock is m.Unlock().
func (s *Scheduler) Unlock(m *sync.Mutex) {
	s.Enter()
	if m.TryLock() {
		m.Unlock()
		panic("sync: unlock of unlocked mutex")
	}
	q := s.locks[m]
	if q == nil {
		m.Unlock()
		return
	}
	s.Ready(q.pop()) // it stays locked, for who has waited
	if q.empty() {
		delete(s.locks, m)
	}
}

// rwQueue holds the coroutines that wait for a RWMutex. As with the native one, a writer that waits keeps new readers
// out, and a writer that is done lets all readers in who have waited for it.
type rwQueue struct {
	readers, writers fifo[*Coroutine]
}

// LockRW is m.Lock().
func (s *Scheduler) LockRW(m *sync.RWMutex) {
	c := s.Enter()
	if !m.TryLock() {
		at(&s.rwlocks, m).writers.push(c)
		s.Park("sync.RWMutex.Lock")
	}
}

// TryLockRW is m.TryLock().
func (s *Scheduler) TryLockRW(m *sync.RWMutex) bool {
	s.Enter()
	ok := m.TryLock()
	if !ok {
		s.spin()
	}
	return ok
}

// RLock is m.RLock().
func (s *Scheduler) RLock(m *sync.RWMutex) {
	c := s.Enter()
	if !s.writerWaits(m) && m.TryRLock() {
		return
	}
	at(&s.rwlocks, m).readers.push(c)
	s.Park("sync.RWMutex.RLock")
}

// TryRLock is m.TryRLock().
func (s *Scheduler) TryRLock(m *sync.RWMutex) bool {
	s.Enter()
	ok := !s.writerWaits(m) && m.TryRLock()
	if !ok {
		s.spin()
	}
	return ok
}

func (s *Scheduler) writerWaits(m *sync.RWMutex) bool {
	q := s.rwlocks[m]
	return q != nil && !q.writers.empty()
}

// UnlockRW is m.Unlock().
func (s *Scheduler) UnlockRW(m *sync.RWMutex) {
	s.Enter()
	if m.TryRLock() {
		m.RUnlock()
		panic("sync: Unlock of unlocked RWMutex")
	}
	m.Unlock()
	q := s.rwlocks[m]
	if q == nil {
		return
	}
	for !q.readers.empty() {
		m.TryRLock()
		s.Ready(q.readers.pop())
	}
	s.admitWriter(m, q)
}

// RUnlock is m.RUnlock().
func (s *Scheduler) RUnlock(m *sync.RWMutex) {
	s.Enter()
	if !m.TryRLock() {
		panic("sync: RUnlock of unlocked RWMutex")
	}
	m.RUnlock()
	if m.TryLock() {
		m.Unlock()
		panic("sync: RUnlock of unlocked RWMutex")
	}
	m.RUnlock()
	if q := s.rwlocks[m]; q != nil {
		s.admitWriter(m, q)
	}
}

// admitWriter gives m to the writer that has waited longest, if it is free.
func (s *Scheduler) admitWriter(m *sync.RWMutex, q *rwQueue) {
	if !q.writers.empty() && m.TryLock() {
		s.Ready(q.writers.pop())
	}
	if q.readers.empty() && q.writers.empty() {
		delete(s.rwlocks, m)
	}
}

// LockLocker is l.Lock(), whatever l is.
func (s *Scheduler) LockLocker(l sync.Locker) {
	switch m, reads := lockOf(l); m := m.(type) {
	case *sync.Mutex:
		s.Lock(m)
	case *sync.RWMutex:
		if reads {
			s.RLock(m)
		} else {
			s.LockRW(m)
		}
	default:
		l.Lock()
	}
}

// UnlockLocker is l.Unlock(), whatever l is.
func (s *Scheduler) UnlockLocker(l sync.Locker) {
	switch m, reads := lockOf(l); m := m.(type) {
	case *sync.Mutex:
		s.Unlock(m)
	case *sync.RWMutex:
		if reads {
			s.RUnlock(m)
		} else {
			s.UnlockRW(m)
		}
	default:
		l.Unlock()
	}
}

// readLocker is the type that RWMutex.RLocker gives: a *RWMutex with another name.
var readLocker = reflect.TypeOf(new(sync.RWMutex).RLocker())

// lockOf finds the lock of package sync behind a Locker: itself, or one that its struct embeds. It is nil if there is none.
func lockOf(l sync.Locker) (lock any, reads bool) {
	switch l := l.(type) {
	case *sync.Mutex, *sync.RWMutex:
		return l, false
	case nil:
		return nil, false
	}
	v := reflect.ValueOf(l)
	if v.Type() == readLocker {
		return (*sync.RWMutex)(v.UnsafePointer()), true
	}
	return embeddedLock(v), false
}

// embeddedLock looks through embedded fields for the lock whose methods are promoted, the shallowest first.
func embeddedLock(v reflect.Value) any {
	level := []reflect.Value{v}
	for len(level) > 0 {
		var below []reflect.Value
		for _, v := range level {
			for v.Kind() == reflect.Pointer && !v.IsNil() {
				v = v.Elem()
			}
			if v.Kind() != reflect.Struct || !v.CanAddr() {
				continue
			}
			switch p := unsafe.Pointer(v.UnsafeAddr()); v.Type() {
			case reflect.TypeFor[sync.Mutex]():
				return (*sync.Mutex)(p)
			case reflect.TypeFor[sync.RWMutex]():
				return (*sync.RWMutex)(p)
			}
			for i := range v.NumField() {
				if v.Type().Field(i).Anonymous {
					below = append(below, v.Field(i))
				}
			}
		}
		level = below
	}
	return nil
}
