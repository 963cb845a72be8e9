package sched

import "unsafe"

// This file is about channels. The native channel is the storage: its buffer, its length, whether it is closed, and what
// it panics with. The scheduler keeps the coroutines that are blocked on it, by the channel's pointer.
//
// Coroutines are blocked on receiving only while the buffer is empty and none is blocked on sending, and the other way
// round. Who came first is served first.

// channel holds the coroutines that are blocked on one native channel.
type channel struct {
	receivers, senders waiters
}

// waiter is a coroutine's interest in one channel.
type waiter struct {
	c          *Coroutine     // nil for an offer, which nobody waits with
	value      unsafe.Pointer // *T: what is sent, or where to put what is received
	ok         bool           // it was served, and not by close
	choice     *choice        // of the select that it belongs to; nil for a single operation
	index      int            // among the cases of the select
	key        unsafe.Pointer
	queue      *waiters // that it is in
	prev, next *waiter
}

// choice is a select under way.
type choice struct {
	cases  []Case
	winner int
}

// waiters is a list, oldest first.
type waiters struct{ first, last *waiter }

func (q *waiters) push(w *waiter) {
	w.queue, w.prev, w.next = q, q.last, nil
	if q.last == nil {
		q.first = w
	} else {
		q.last.next = w
	}
	q.last = w
}

func (q *waiters) remove(w *waiter) {
	if w.prev == nil {
		q.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		q.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.queue, w.prev, w.next = nil, nil, nil
}

// key is the identity of the channel that ch points to, whatever its direction and type.
func key(ch unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(ch) }

// Key is the identity of a native channel.
func Key[T any](ch chan T) unsafe.Pointer { return key(unsafe.Pointer(&ch)) }

// Source is asked before anyone looks for a value in a channel: a timer whose time has come sends it then.
type Source interface {
	// Poll sends what is due. It is called by the coroutine that is about to receive.
	Poll()
	// Watched is called when a coroutine is about to wait for a value.
	Watched()
}

// SetSource makes src the source of a channel; nil removes it.
func (s *Scheduler) SetSource(ch unsafe.Pointer, src Source) {
	switch {
	case src == nil:
		delete(s.sources, ch)
	case s.sources == nil:
		s.sources = map[unsafe.Pointer]Source{ch: src}
	default:
		s.sources[ch] = src
	}
}

// HasReceiver reports whether a coroutine is blocked on receiving from a channel.
func (s *Scheduler) HasReceiver(ch unsafe.Pointer) bool {
	q := s.chans[ch]
	return q != nil && q.receivers.first != nil
}

// poll has the source of a channel send what is due.
func (s *Scheduler) poll(ch unsafe.Pointer) {
	if len(s.sources) > 0 {
		if src := s.sources[ch]; src != nil {
			src.Poll()
		}
	}
}

// watch tells the source of a channel that it is about to be waited for.
func (s *Scheduler) watch(ch unsafe.Pointer) {
	if len(s.sources) > 0 {
		if src := s.sources[ch]; src != nil {
			src.Watched()
		}
	}
}

// wait enters w into the queue of receivers or senders of its channel.
func (s *Scheduler) wait(w *waiter, sends bool) {
	q := s.chans[w.key]
	if q == nil {
		if q, s.spare = s.spare, nil; q == nil {
			q = &channel{}
		}
		s.chans[w.key] = q
	}
	if sends {
		q.senders.push(w)
	} else {
		q.receivers.push(w)
		s.watch(w.key)
	}
}

// leave takes w out of its channel's queue.
func (s *Scheduler) leave(w *waiter) {
	if w.queue == nil {
		return
	}
	w.queue.remove(w)
	if q := s.chans[w.key]; q.receivers.first == nil && q.senders.first == nil {
		delete(s.chans, w.key)
		s.spare = q
	}
}

// serve lets the coroutine of w go on. If it waits in a select, w's case has won.
func (s *Scheduler) serve(w *waiter, ok bool) {
	w.ok = ok
	s.leave(w)
	if w.choice != nil {
		w.choice.winner = w.index
		for _, c := range w.choice.cases {
			s.leave(&c.want().waiter)
		}
	}
	if w.c != nil {
		s.Ready(w.c)
	}
}

func (s *Scheduler) firstReceiver(ch unsafe.Pointer) *waiter {
	if q := s.chans[ch]; q != nil {
		return q.receivers.first
	}
	return nil
}

func (s *Scheduler) firstSender(ch unsafe.Pointer) *waiter {
	if q := s.chans[ch]; q != nil {
		return q.senders.first
	}
	return nil
}

// Send is ch <- v.
func Send[T any](s *Scheduler, ch chan<- T, v T) {
	c := s.Enter()
	if TrySend(s, ch, v) {
		return
	}
	if ch == nil {
		s.Park("chan send (nil chan)")
	}
	w, slot := &c.waiter, new(T)
	*slot = v
	*w = waiter{c: c, value: unsafe.Pointer(slot), key: key(unsafe.Pointer(&ch))}
	s.wait(w, true)
	s.Park("chan send")
	if !w.ok {
		ch <- v // it was closed: the native channel panics as it always does
	}
}

// TrySend sends v if that needs no waiting.
func TrySend[T any](s *Scheduler, ch chan<- T, v T) bool {
	if w := s.firstReceiver(key(unsafe.Pointer(&ch))); w != nil {
		*(*T)(w.value) = v
		s.serve(w, true)
		return true
	}
	select {
	case ch <- v:
		return true
	default:
		return false
	}
}

// Offer sends v as a timer sends the time: the channel has no buffer, and the value waits for who receives it. It is dropped
// if one waits there already.
func Offer[T any](s *Scheduler, ch chan<- T, v T) {
	if s.firstSender(key(unsafe.Pointer(&ch))) == nil && !TrySend(s, ch, v) {
		s.wait(&waiter{value: unsafe.Pointer(&v), key: key(unsafe.Pointer(&ch))}, true)
	}
}

// Retract takes an offer back, and reports whether there was one.
func (s *Scheduler) Retract(ch unsafe.Pointer) bool {
	w := s.firstSender(ch)
	if w == nil || w.c != nil {
		return false
	}
	s.leave(w)
	return true
}

// Recv is v, ok := <-ch.
func Recv[T any](s *Scheduler, ch <-chan T) (v T, ok bool) {
	c := s.Enter()
	s.poll(key(unsafe.Pointer(&ch)))
	if v, ok, done := tryRecv(s, ch); done {
		return v, ok
	}
	if ch == nil {
		s.Park("chan receive (nil chan)")
	}
	w, slot := &c.waiter, new(T)
	*w = waiter{c: c, value: unsafe.Pointer(slot), key: key(unsafe.Pointer(&ch))}
	s.wait(w, false)
	s.Park("chan receive")
	return *slot, w.ok
}

// tryRecv receives if that needs no waiting.
func tryRecv[T any](s *Scheduler, ch <-chan T) (v T, ok, done bool) {
	select {
	case v, ok = <-ch:
		if w := s.firstSender(key(unsafe.Pointer(&ch))); w != nil { // there is room in the buffer now
			both := *(*chan T)(unsafe.Pointer(&ch))
			both <- *(*T)(w.value)
			s.serve(w, true)
		}
		return v, ok, true
	default:
	}
	if w := s.firstSender(key(unsafe.Pointer(&ch))); w != nil {
		v = *(*T)(w.value)
		s.serve(w, true)
		return v, true, true
	}
	return v, false, false
}

// Close is close(ch).
func Close[T any](s *Scheduler, ch chan<- T) {
	close(ch)
	q := s.chans[key(unsafe.Pointer(&ch))]
	if q == nil {
		return
	}
	for q.receivers.first != nil {
		s.serve(q.receivers.first, false)
	}
	for q.senders.first != nil {
		s.serve(q.senders.first, false)
	}
}
