// This file is channels without a limit to their buffer, into which the world outside sends: those of signals. The native
// channel has no buffer. What waits to be received is kept as senders are that are blocked, without coroutines.

package sched

import "unsafe"

// Deliver sends v from outside of the run's coroutines. It does not block: a value that no coroutine waits for is kept.
func Deliver[T any](s *Scheduler, ch chan T, v T) {
	if w := s.firstReceiver(Key(ch)); w != nil {
		*(*T)(w.value) = v
		s.serve(w, true)
		return
	}
	s.wait(&waiter{value: unsafe.Pointer(&v), key: Key(ch), buffered: true}, true)
}

// Len is len(ch): what waits in the channel, including values that Deliver has sent.
func Len[T any](s *Scheduler, ch <-chan T) int {
	n := len(ch)
	if b := s.blocked[key(unsafe.Pointer(&ch))]; b != nil {
		n += b.buffered
	}
	return n
}
