// The rows about sync, atomics and groups.

package language

var locks = Theme{
	Title: "Locks, groups, atomics",
	Intro: "Zero values are ready to use, also inside structs. Waiters are served first in, first out.",
	Rows: []Row{
		durable("`sync.WaitGroup`", "`Add`, `Done`, `Wait`, `Go`; misuse panics as in Go", "accept/goroutines", "b.Wait()", "accept/goroutines", "b.Add(7)", "accept/goroutines", "defer b.Done()", "accept/locks", "wg.Go(func() {", "internal/runtime/sched/sync_test.go", "TestMisusePanics"),
		durable("`sync.Mutex`, `sync.RWMutex`", "embedded, promoted, as method values, with `TryLock`", "accept/locks", "s.Lock()", "accept/locks", "s.TryLock()", "accept/locks", "lock, unlock := s.Lock, s.Mutex.Unlock", "accept/locks", "mu.TryRLock(), mu.TryLock()", "accept/cooperation", "mu.RLock()"),
		durable("`sync.Locker`", "holding any of these, an `RLocker`, or a struct that embeds one", "accept/locks", "l.Lock()", "accept/locks", "cond.L.Lock()", "internal/runtime/sched/sync_test.go", "TestLockersOfStructs"),
		durable("`sync.Cond`", "`Wait`, `Signal`, `Broadcast`", "accept/locks", "cond.Wait()", "accept/locks", "cond.Signal()", "accept/locks", "cond.Broadcast()"),
		durable("`pawl.WaitUntil`", "`sync.Cond` with a context", "concurrent/conds", "pawl.WaitUntil("),
		durable("`sync.Once`, `OnceFunc`, `OnceValue`, `OnceValues`", "the function may wait", "accept/locks", "first.Do(", "accept/locks", "sync.OnceFunc(", "accept/locks", "sync.OnceValue(", "accept/locks", "sync.OnceValues(", "accept/cooperation", "once.Do("),
		asIs("`sync.Map`", "on values that belong to the run", "accept/locks", "ages.LoadOrStore("),
		durable("`sync.Map.Range`", "in key order", "accept/locks", "ages.Range("),
		durable("loops that wait for an atomic variable", "others get a turn after 32 iterations, and time moves on",
			"concurrent/corners/atomics.go", "for !ready.Load() {", "internal/runtime/replay/tick_test.go", "while a goroutine only counts"),
		asIs("`sync/atomic`", "on values that belong to the run", "accept/locks", "flag.CompareAndSwap(", "accept/locks", "atomic.AddInt64(&count"),
		rejected("PWL233", "the author's own lock types in a `sync.Locker`", "there, the run only knows the locks of package `sync`: call your lock by its type or through your own interface", "reject/locks", "\tl.Lock()"),
		asIs("`sync.OnceValue`, `OnceValues` in package variables", "computed once per process; allowed if the function needs no run and its result is never written", "accept/lazy", "word   = sync.OnceValue(", "accept/lazy", "bounds = sync.OnceValues("),
		rejected("PWL203", "any of these in package variables", "are shared by all runs", "reject/locks", "mu.RLock()", "reject/locks", "total.Add(1)", "reject/locks", "once.Do(own.add)", "reject/semaphores", "background.Go("),
		rejected("PWL203", "`sync.Pool`", "depends on garbage collection", "reject/locks", "spare.Put(1)", "reject/internals", "spare.Get()"),
		durable("`errgroup.Group`, `WithContext`, limits", "as in Go; the type remains the one of the errgroup module", "accept/groups", "errgroup.WithContext(ctx)", "accept/groups", "g.SetLimit(2)", "accept/groups", "g.TryGo(", "accept/groups", "g.Wait()"),
		rejected("PWL203", "`semaphore`, `singleflight`", "schedule native goroutines: use a channel of tokens", "reject/semaphores", "semaphore.NewWeighted(3)", "reject/semaphores", "calls.Do("),
	},
}
