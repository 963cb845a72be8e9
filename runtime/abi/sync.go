// This file replaces package sync in lowered code. The name of a function is that of the type and the method.

package abi

import (
	"context"
	"reflect"
	"slices"
	"sync"
)

// MutexLock is m.Lock().
func MutexLock(run *Run, m *sync.Mutex) { run.x.Scheduler().Lock(m) }

// MutexUnlock is m.Unlock().
func MutexUnlock(run *Run, m *sync.Mutex) { run.x.Scheduler().Unlock(m) }

// MutexTryLock is m.TryLock().
func MutexTryLock(run *Run, m *sync.Mutex) bool { return run.x.Scheduler().TryLock(m) }

// RWMutexLock is m.Lock().
func RWMutexLock(run *Run, m *sync.RWMutex) { run.x.Scheduler().LockRW(m) }

// RWMutexUnlock is m.Unlock().
func RWMutexUnlock(run *Run, m *sync.RWMutex) { run.x.Scheduler().UnlockRW(m) }

// RWMutexTryLock is m.TryLock().
func RWMutexTryLock(run *Run, m *sync.RWMutex) bool { return run.x.Scheduler().TryLockRW(m) }

// RWMutexRLock is m.RLock().
func RWMutexRLock(run *Run, m *sync.RWMutex) { run.x.Scheduler().RLock(m) }

// RWMutexRUnlock is m.RUnlock().
func RWMutexRUnlock(run *Run, m *sync.RWMutex) { run.x.Scheduler().RUnlock(m) }

// RWMutexTryRLock is m.TryRLock().
func RWMutexTryRLock(run *Run, m *sync.RWMutex) bool { return run.x.Scheduler().TryRLock(m) }

// LockerLock is l.Lock().
func LockerLock(run *Run, l sync.Locker) { run.x.Scheduler().LockLocker(l) }

// LockerUnlock is l.Unlock().
func LockerUnlock(run *Run, l sync.Locker) { run.x.Scheduler().UnlockLocker(l) }

// NotNil returns l. It panics as Go does where a method of a nil interface is deferred or taken as a value.
func NotNil(l sync.Locker) sync.Locker {
	_ = l.Lock
	return l
}

// WaitGroupAdd is wg.Add(n).
func WaitGroupAdd(run *Run, wg *sync.WaitGroup, n int) { run.x.Scheduler().Add(wg, n) }

// WaitGroupDone is wg.Done().
func WaitGroupDone(run *Run, wg *sync.WaitGroup) { run.x.Scheduler().Add(wg, -1) }

// WaitGroupGo is wg.Go(part).
func WaitGroupGo(run *Run, wg *sync.WaitGroup, part func()) { run.x.Scheduler().GoIn(wg, part) }

// WaitGroupWait is wg.Wait().
func WaitGroupWait(run *Run, wg *sync.WaitGroup) { run.x.Scheduler().Wait(wg) }

// CondWait is c.Wait().
func CondWait(run *Run, c *sync.Cond) { run.x.Scheduler().CondWait(c) }

// CondSignal is c.Signal().
func CondSignal(run *Run, c *sync.Cond) { run.x.Scheduler().CondSignal(c) }

// CondBroadcast is c.Broadcast().
func CondBroadcast(run *Run, c *sync.Cond) { run.x.Scheduler().CondBroadcast(c) }

// WaitUntil is pawl.WaitUntil.
func WaitUntil(run *Run, ctx context.Context, c *sync.Cond, ready func() bool) error {
	stop := ContextAfterFunc(run, ctx, func() {
		LockerLock(run, c.L)
		defer LockerUnlock(run, c.L)
		CondBroadcast(run, c)
	})
	defer stop()
	for !ready() {
		if err := ctx.Err(); err != nil {
			return err
		}
		CondWait(run, c)
	}
	return nil
}

// OnceDo is once.Do(fn).
func OnceDo(run *Run, once *sync.Once, fn func()) {
	run.x.Scheduler().Once(once, func() { once.Do(fn) })
}

// OnceFunc is sync.OnceFunc.
func OnceFunc(run *Run, fn func()) func() {
	once := sync.OnceFunc(fn)
	return func() { run.x.Scheduler().Once(&once, once) }
}

// OnceValue is sync.OnceValue.
func OnceValue[T any](run *Run, fn func() T) func() T {
	once := sync.OnceValue(fn)
	return func() (v T) {
		run.x.Scheduler().Once(&once, func() { v = once() })
		return v
	}
}

// OnceValues is sync.OnceValues.
func OnceValues[T1, T2 any](run *Run, fn func() (T1, T2)) func() (T1, T2) {
	once := sync.OnceValues(fn)
	return func() (v1 T1, v2 T2) {
		run.x.Scheduler().Once(&once, func() { v1, v2 = once() })
		return v1, v2
	}
}

// SyncMapRange is m.Range(yield), in the order of the keys. As with a range over a map, entries that are added during
// the range are not visited, and entries that are removed are skipped.
func SyncMapRange(_ *Run, m *sync.Map, yield func(key, value any) bool) {
	var keys []any
	m.Range(func(k, _ any) bool {
		keys = append(keys, k)
		return true
	})
	slices.SortFunc(keys, func(a, b any) int {
		return compare(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem())
	})
	for _, k := range keys {
		if v, ok := m.Load(k); ok && !yield(k, v) {
			return
		}
	}
}
