package language

// This file is about sync, atomics and groups.

var locks = Theme{
	Title: "Locks, groups, atomics",
	Intro: "A zero value is ready for use, in a struct, too. Who waits is served in the order of coming.",
	Rows: []Row{
		durable("`sync.WaitGroup`", "`Add`, `Done`, `Wait`, `Go`; misuse panics as in Go", "accept/goroutines", "b.Wait()", "accept/goroutines", "b.Add(7)", "accept/goroutines", "defer b.Done()", "accept/locks", "wg.Go(func() {", "internal/runtime/sched/sync_test.go", "TestMisusePanics"),
		durable("`sync.Mutex`, `sync.RWMutex`", "embedded, promoted, as values of methods, with `TryLock`", "accept/locks", "s.Lock()", "accept/locks", "s.TryLock()", "accept/locks", "lock, unlock := s.Lock, s.Mutex.Unlock", "accept/locks", "mu.TryRLock(), mu.TryLock()", "accept/cooperation", "mu.RLock()"),
		durable("`sync.Locker`", "any of them behind it, `RLocker` as well, and structs that embed one", "accept/locks", "l.Lock()", "accept/locks", "cond.L.Lock()", "internal/runtime/sched/sync_test.go", "TestLockersOfStructs"),
		durable("`sync.Cond`", "`Wait`, `Signal`, `Broadcast`", "accept/locks", "cond.Wait()", "accept/locks", "cond.Signal()", "accept/locks", "cond.Broadcast()"),
		durable("`pawl.WaitUntil`", "`sync.Cond` with a context", "concurrent/conds", "pawl.WaitUntil("),
		durable("`sync.Once`, `OnceFunc`, `OnceValue`, `OnceValues`", "the function may wait", "accept/locks", "first.Do(", "accept/locks", "sync.OnceFunc(", "accept/locks", "sync.OnceValue(", "accept/locks", "sync.OnceValues(", "accept/cooperation", "once.Do("),
		asIs("`sync.Map`", "on values of the run", "accept/locks", "ages.LoadOrStore("),
		durable("`sync.Map.Range`", "in the order of the keys", "accept/locks", "ages.Range("),
		asIs("`sync/atomic`", "on values of the run", "accept/locks", "flag.CompareAndSwap(", "accept/locks", "atomic.AddInt64(&count"),
		rejected("PWL233", "locks of the author's own types behind `sync.Locker`", "the run knows only those of package `sync` there: call them by their type, or through an interface of your own", "reject/locks", "\tl.Lock()"),
		asIs("`sync.OnceValue`, `OnceValues` in package variables", "computed once in each process, if they need no run and give what nobody can write", "accept/lazy", "word   = sync.OnceValue(", "accept/lazy", "bounds = sync.OnceValues("),
		rejected("PWL203", "any of them in package variables", "are shared by all runs", "reject/locks", "mu.RLock()", "reject/locks", "total.Add(1)", "reject/locks", "once.Do(own.add)", "reject/semaphores", "background.Go("),
		rejected("PWL203", "`sync.Pool`", "depends on garbage collection", "reject/locks", "spare.Put(1)", "reject/internals", "spare.Get()"),
		durable("`errgroup.Group`, `WithContext`, limits", "as in Go; the type stays the module's", "accept/groups", "errgroup.WithContext(ctx)", "accept/groups", "g.SetLimit(2)", "accept/groups", "g.TryGo(", "accept/groups", "g.Wait()"),
		rejected("PWL203", "`semaphore`, `singleflight`", "order goroutines of the machine: use a channel of tokens", "reject/semaphores", "semaphore.NewWeighted(3)", "reject/semaphores", "calls.Do("),
	},
}
