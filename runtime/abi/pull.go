package abi

import "iter"

// This file stands for iter.Pull and iter.Pull2. Go keeps the sequence in a goroutine that only stop ends; that of a run
// which is thrown out of memory between two values has nobody left to call stop.

// Pull is iter.Pull.
func Pull[V any](run *Run, seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	pull, end := iter.Pull(seq)
	forget := run.x.Scheduler().AtEnd(end)
	return func() (V, bool) {
			v, ok := pull()
			if !ok {
				forget()
			}
			return v, ok
		}, func() {
			forget()
			end()
		}
}

// Pull2 is iter.Pull2.
func Pull2[K, V any](run *Run, seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	pull, end := iter.Pull2(seq)
	forget := run.x.Scheduler().AtEnd(end)
	return func() (K, V, bool) {
			k, v, ok := pull()
			if !ok {
				forget()
			}
			return k, v, ok
		}, func() {
			forget()
			end()
		}
}
