// The subscription of a puller: an inbox for the messages it requested.

package natsstore

import (
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// statusRoom is how many status messages of the server fit into a subscription in addition to the messages.
const statusRoom = 64

// subscription is an inbox for a puller's messages, with the requests that were sent for it. After a lost connection, a
// suspension, or when the server is silent, the puller opens a new one. The server drops the requests of an inbox that no
// longer exists.
//
// The messages come through a channel, because what has arrived in a channel outlives the NATS subscription. Draining the
// NATS subscription instead would use a timer that all connections of the process share, which synctest forbids.
type subscription struct {
	puller    *puller
	nats      *nats.Subscription
	msgs      chan *nats.Msg
	done      chan struct{} // closed when the subscription was closed
	requested int           // messages requested and not delivered
	watch     *time.Timer   // fires when the server is silent; nil for a patient puller
	again     *time.Timer   // fires when messages are to be requested again; nil without a priority
	silent    bool          // the server was silent for too long: what has arrived may have been delivered to another worker
	// suspensions is how often the process had been suspended when the subscription was opened.
	suspensions int
}

// run receives messages until the subscription is closed and empty.
func (s *subscription) run() {
	for {
		select {
		case m := <-s.msgs:
			s.receive(m)
			continue
		case <-s.done:
		}
		select {
		case m := <-s.msgs:
			s.receive(m)
		default:
			return
		}
	}
}

// receive handles a message, or a status message of the server.
func (s *subscription) receive(m *nats.Msg) {
	p := s.puller
	received := time.Now()
	if s.isStale(received) {
		return
	}
	if status := m.Header.Get("Status"); status != "" && m.Reply == "" { // a delivered message has a reply subject, whatever its headers
		s.onStatus(status, m.Header)
		return
	}
	p.mu.Lock()
	s.requested--
	p.held++
	s.resetWatch()
	p.mu.Unlock()
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	if p.ctx.Err() != nil {
		p.refuse(m)
		return
	}
	call := p.beginCall()
	blocked := time.AfterFunc(patience, func() { p.yield(s, call) })
	s.handle(m, received)
	blocked.Stop()
	p.endCall()
}

// isStale reports whether what has arrived must be ignored, and not be answered either, because it may have been delivered to
// another worker since.
func (s *subscription) isStale(now time.Time) bool {
	p := s.puller
	p.mu.Lock()
	defer p.mu.Unlock()
	if !s.silent && p.suspended.until(now) == s.suspensions {
		return false
	}
	if s == p.sub {
		notify(p.renew)
	}
	return true
}

// requestAgain requests what is free in the window before an earlier request expires.
func (s *subscription) requestAgain() {
	p := s.puller
	if s.isStale(time.Now()) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if s != p.sub {
		return
	}
	if n := min(p.opt.window-p.held, requestLimit*p.opt.window-p.held-s.requested); n > 0 {
		p.request(n)
	}
	s.again.Reset(pullEvery)
}

// handle passes m to the owner of the puller.
func (s *subscription) handle(m *nats.Msg, received time.Time) {
	defer recoverHandler(s.puller.log, m, func(delay time.Duration) { _ = m.Respond([]byte(nak(delay))) })
	s.puller.opt.handle(m, received)
}

// panicDelay is how long a message is delayed after its handler panicked.
const panicDelay = 10 * time.Second

// recoverHandler, when deferred, keeps a panic of a handler from crashing the process. The message is delivered again later.
func recoverHandler(log *slog.Logger, m *nats.Msg, nak func(time.Duration)) {
	if v := recover(); v != nil {
		log.Error("panic while handling a message; it will be delivered again", "subject", m.Subject, "delay", panicDelay,
			"panic", v, "stack", string(debug.Stack()))
		nak(panicDelay)
	}
}

// sendBack returns the messages that have arrived and wait to be handled to the server.
func (s *subscription) sendBack() {
	for s != nil {
		select {
		case m := <-s.msgs:
			_ = m.Respond([]byte("-NAK"))
		default:
			return
		}
	}
}

// onStatus handles a status message: the end of one request, or of all of them.
func (s *subscription) onStatus(status string, h nats.Header) {
	p := s.puller
	p.mu.Lock()
	defer p.mu.Unlock()
	s.resetWatch()
	switch status {
	case "408":
		unserved, _ := strconv.Atoi(h.Get("Nats-Pending-Messages"))
		s.requested -= unserved
		if s == p.sub {
			p.fill()
		}
	default:
		p.log.Debug("NATS ended a pull request", "from", p.opt.subject, "status", status, "reason", h.Get("Description"))
		if s == p.sub {
			notify(p.lost)
		}
	}
}

// resetWatch restarts the wait for a sign of life of the server. p.mu is held.
func (s *subscription) resetWatch() {
	if s.watch != nil && s == s.puller.sub {
		s.watch.Reset(silence)
	}
}

// onSilence renews the subscription because the server has been silent.
func (s *subscription) onSilence() {
	p := s.puller
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case s != p.sub:
	case s.requested > 0:
		s.silent = true
		notify(p.renew)
	default:
		s.watch.Reset(silence) // without requests the server has nothing to say
	}
}
