// This file is iter.Pull for lowered code.

package abi

import "iter"

// Pull is iter.Pull. It panics if more than one goroutine uses next and stop at a time. An iterator that is not stopped ends
// with the run.
func Pull[V any](run *Run, seq iter.Seq[V]) (next func() (V, bool), stop func()) {
	next2, stop := Pull2(run, func(yield func(V, struct{}) bool) {
		seq(func(v V) bool { return yield(v, struct{}{}) })
	})
	return func() (V, bool) {
		v, _, ok := next2()
		return v, ok
	}, stop
}

// Pull2 is iter.Pull2, with the rules of [Pull].
func Pull2[K, V any](run *Run, seq iter.Seq2[K, V]) (next func() (K, V, bool), stop func()) {
	s := run.x.Scheduler()
	pullNext, pullStop := iter.Pull2(func(yield func(K, V) bool) {
		seq(func(k K, v V) bool {
			more := yield(k, v)
			s.Enter() // ends the iterator if the run is over
			return more
		})
	})
	p := s.Pull(pullStop)
	return func() (k K, v V, ok bool) {
		p.Next(func() bool {
			k, v, ok = pullNext()
			return ok
		})
		return k, v, ok
	}, p.Stop
}
