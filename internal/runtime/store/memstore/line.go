package memstore

// The queue that wake-ups and tasks have in common: messages that stay until they are acknowledged.

import (
	"cmp"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// line is a queue of messages and those who take from it. A message leaves it by acknowledgement only. All of it
// happens under the server's lock.
type line struct {
	waiting []*message // not handed out, in the order of the log
	takers  []taker    // who gets first comes first
	// fair sends a taker to the end once it got something.
	fair bool
}

// taker takes messages from a line.
type taker interface {
	// room reports whether take may be called.
	room() bool
	// take gives the taker m, handed out for the m.attempt-th time.
	take(m *message)
}

// message is one entry of a line.
type message struct {
	line    *line
	seq     store.Seq
	payload any         // what the takers of the line expect
	attempt int         // how many times it was handed out
	gone    bool        // acknowledged or dropped
	back    *time.Timer // set while it is out or delayed: brings it back to the line
	forget  func()      // removes it from where it is stored
}

// add puts m into the line and hands it out if somebody has room.
func (l *line) add(s *Server, m *message) {
	m.line = l
	at, _ := slices.BinarySearchFunc(l.waiting, m.seq, func(w *message, seq store.Seq) int {
		return cmp.Compare(w.seq, seq)
	})
	l.waiting = slices.Insert(l.waiting, at, m)
	l.handOut(s)
}

// handOut gives waiting messages to takers as long as there are both.
func (l *line) handOut(s *Server) {
	for len(l.waiting) > 0 {
		at := slices.IndexFunc(l.takers, taker.room)
		if at < 0 {
			return
		}
		t, m := l.takers[at], l.waiting[0]
		l.waiting = l.waiting[1:]
		if l.fair {
			l.takers = append(slices.Delete(l.takers, at, at+1), t)
		}
		m.attempt++
		m.comeBack(s, store.AckWait)
		t.take(m)
	}
}

// leave removes t from those who take.
func (l *line) leave(t taker) {
	l.takers = slices.DeleteFunc(l.takers, func(other taker) bool { return other == t })
}

// comeBack returns m to its line after d, unless it is answered before.
func (m *message) comeBack(s *Server, d time.Duration) {
	m.stopWaiting()
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if m.back == timer {
			m.back = nil
			m.line.add(s, m)
		}
	})
	m.back = timer
}

func (m *message) stopWaiting() {
	if m.back != nil {
		m.back.Stop()
		m.back = nil
	}
}

// remove takes m out of the store for good.
func (m *message) remove() {
	if m.gone {
		return
	}
	m.gone = true
	m.stopWaiting()
	m.line.waiting = slices.DeleteFunc(m.line.waiting, func(w *message) bool { return w == m })
	m.forget()
}

// delivery is one handing out of a message; it is how the receiver answers.
type delivery struct {
	m       *message
	attempt int
	to      *Store
	settled bool   // by Ack or Nak; what follows is ignored
	free    func() // called when settled
}

// Ack removes the message.
func (d *delivery) Ack() {
	d.answer(func() {
		d.m.remove()
		d.settle()
	})
}

// Nak has the message delivered again after delay.
func (d *delivery) Nak(delay time.Duration) {
	d.answer(func() {
		if d.current() {
			d.m.comeBack(d.to.Server, delay)
		}
		d.settle()
	})
}

// InProgress gives the receiver another store.AckWait.
func (d *delivery) InProgress() {
	d.answer(func() {
		if d.current() {
			d.m.comeBack(d.to.Server, store.AckWait)
		}
	})
}

// answer does fn under the lock. The answers of a closed connection are lost.
func (d *delivery) answer(fn func()) {
	d.to.mu.Lock()
	defer d.to.mu.Unlock()
	if !d.settled && !d.to.closed() {
		fn()
	}
}

// current reports whether the message is out with this delivery, not with a later one.
func (d *delivery) current() bool {
	return !d.m.gone && d.m.back != nil && d.m.attempt == d.attempt
}

func (d *delivery) settle() {
	d.settled = true
	d.free()
}
