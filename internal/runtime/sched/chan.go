// This file makes channels deterministic. The native channel is the storage: its buffer, its length, whether it is closed,
// and what it panics with. The scheduler keeps the coroutines that are blocked on it, by the channel's pointer. Waiters are
// served first in, first out.

package sched

import (
	"unsafe"

	"github.com/pawlhq/pawl/internal/runtime/list"
)

// channels holds who is blocked on which channel.
type channels struct {
	t       *turns
	blocked map[unsafe.Pointer]*blocked
	spare   *blocked // an empty one, for the next that is needed
	sources map[unsafe.Pointer]source
}

// key is the identity of the channel that ch points to, whatever its direction and type.
func key(ch unsafe.Pointer) unsafe.Pointer { return *(*unsafe.Pointer)(ch) }

// Key is the identity of a native channel.
func Key[T any](ch chan T) unsafe.Pointer { return key(unsafe.Pointer(&ch)) }

// source sends values to a channel when they are needed: a timer whose time has come sends the time then.
type source interface {
	// Poll sends what is due. It is called by a coroutine that is about to receive.
	Poll()
	// Watched is called when a coroutine is about to wait for a value.
	Watched()
}

// SetSource makes src the source of a channel; nil removes it.
func (cs *channels) SetSource(ch unsafe.Pointer, src source) {
	switch {
	case src == nil:
		delete(cs.sources, ch)
	case cs.sources == nil:
		cs.sources = map[unsafe.Pointer]source{ch: src}
	default:
		cs.sources[ch] = src
	}
}

// HasReceiver reports whether a coroutine is blocked on receiving from a channel.
func (cs *channels) HasReceiver(ch unsafe.Pointer) bool {
	b := cs.blocked[ch]
	return b != nil && !b.receivers.Empty()
}

// poll has the source of a channel send what is due.
func (cs *channels) poll(ch unsafe.Pointer) {
	if len(cs.sources) > 0 {
		if src := cs.sources[ch]; src != nil {
			src.Poll()
		}
	}
}

// watch tells the source of a channel that a coroutine is about to wait for a value.
func (cs *channels) watch(ch unsafe.Pointer) {
	if len(cs.sources) > 0 {
		if src := cs.sources[ch]; src != nil {
			src.Watched()
		}
	}
}

// wait adds w to the senders or receivers that are blocked on its channel.
func (cs *channels) wait(w *waiter, sends bool) {
	b := cs.blocked[w.key]
	if b == nil {
		if b, cs.spare = cs.spare, nil; b == nil {
			b = &blocked{}
		}
		if cs.blocked == nil {
			cs.blocked = map[unsafe.Pointer]*blocked{}
		}
		cs.blocked[w.key] = b
	}
	if sends {
		b.senders.PushBack(&w.queued, w)
		if w.buffered {
			b.buffered++
		}
	} else {
		b.receivers.PushBack(&w.queued, w)
		cs.watch(w.key)
	}
}

// leave removes w from its channel.
func (cs *channels) leave(w *waiter) {
	if !w.queued.In() {
		return
	}
	w.queued.Remove()
	b := cs.blocked[w.key]
	if w.buffered {
		b.buffered--
	}
	if b.empty() {
		delete(cs.blocked, w.key)
		cs.spare = b
	}
}

// serve makes the coroutine of w ready. If it waits in a select, the case of w has won.
func (cs *channels) serve(w *waiter, ok bool) {
	w.ok = ok
	cs.leave(w)
	if w.choice != nil {
		w.choice.winner = w.index
		for other := w.choice.last; other != nil; other = other.sibling {
			cs.leave(other)
		}
	}
	if w.c != nil {
		cs.t.Ready(w.c)
	}
}

func (cs *channels) firstReceiver(ch unsafe.Pointer) *waiter {
	if b := cs.blocked[ch]; b != nil {
		return first(&b.receivers)
	}
	return nil
}

func (cs *channels) firstSender(ch unsafe.Pointer) *waiter {
	if b := cs.blocked[ch]; b != nil {
		return first(&b.senders)
	}
	return nil
}

func first(waiters *list.List[*waiter]) *waiter {
	if n := waiters.First(); n != nil {
		return n.Value
	}
	return nil
}

// Send is ch <- v.
func Send[T any](s *Scheduler, ch chan<- T, v T) {
	c := s.begin()
	if trySend(s, ch, v) {
		return
	}
	if ch == nil {
		s.Park("chan send (nil chan)")
	}
	w, slot := &c.channel.single, new(T)
	*slot = v
	*w = waiter{c: c, value: unsafe.Pointer(slot), key: key(unsafe.Pointer(&ch))}
	s.wait(w, true)
	s.Park("chan send")
	if !w.ok {
		ch <- v // it was closed: the native channel panics, as it does in Go
	}
}

// trySend sends v if that does not block.
func trySend[T any](s *Scheduler, ch chan<- T, v T) bool {
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

// SendPending sends v as a timer sends the time: it does not block, and a value that no one receives now waits in the
// unbuffered channel for a receiver. It is dropped if a value waits there already.
func SendPending[T any](s *Scheduler, ch chan<- T, v T) {
	if s.firstSender(key(unsafe.Pointer(&ch))) == nil && !trySend(s, ch, v) {
		s.wait(&waiter{value: unsafe.Pointer(&v), key: key(unsafe.Pointer(&ch))}, true)
	}
}

// DropPending removes the value that SendPending left in a channel, and reports whether there was one.
func (cs *channels) DropPending(ch unsafe.Pointer) bool {
	w := cs.firstSender(ch)
	if w == nil || w.c != nil {
		return false
	}
	cs.leave(w)
	return true
}

// Recv is v, ok := <-ch.
func Recv[T any](s *Scheduler, ch <-chan T) (v T, ok bool) {
	c := s.begin()
	s.poll(key(unsafe.Pointer(&ch)))
	if v, ok, done := tryRecv(s, ch); done {
		return v, ok
	}
	if ch == nil {
		s.Park("chan receive (nil chan)")
	}
	w, slot := &c.channel.single, new(T)
	*w = waiter{c: c, value: unsafe.Pointer(slot), key: key(unsafe.Pointer(&ch))}
	s.wait(w, false)
	s.Park("chan receive")
	return *slot, w.ok
}

// TryRecv receives a value that is not needed, if that does not block, and reports whether it did.
func TryRecv[T any](s *Scheduler, ch <-chan T) bool {
	s.Enter()
	s.poll(key(unsafe.Pointer(&ch)))
	_, _, done := tryRecv(s, ch)
	return done
}

// tryRecv receives if that does not block.
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

// Close is close(ch). It wakes all receivers, then all senders, which panic.
func Close[T any](s *Scheduler, ch chan<- T) {
	close(ch)
	b := s.blocked[key(unsafe.Pointer(&ch))]
	if b == nil {
		return
	}
	for !b.receivers.Empty() {
		s.serve(first(&b.receivers), false)
	}
	for !b.senders.Empty() {
		s.serve(first(&b.senders), false)
	}
}
