package natsstore

// flow: one inbox for the messages of a puller.

import (
	"log/slog"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// statusRoom is how many words of the server an inbox has room for beside the messages.
const statusRoom = 64

// flow is an inbox for a puller's messages and what was asked for with it. A change of priority, a lost connection and
// a silent server each begin a new one; the server forgets what it owes to an inbox that has gone.
//
// The messages come through a channel, because what has arrived there outlives the subscription. The client library's
// own way, to drain the subscription, shares timers between all connections of the process, which synctest forbids.
type flow struct {
	puller *puller
	sub    *nats.Subscription
	msgs   chan *nats.Msg
	done   chan struct{} // closed when the subscription has gone
	asked  int           // messages asked for and not delivered
	beat   *time.Timer   // runs out when the server is silent; nil for a patient puller
}

// run receives what comes to the flow's inbox, until that has gone and is empty.
func (f *flow) run() {
	for {
		select {
		case m := <-f.msgs:
			f.receive(m)
			continue
		case <-f.done:
		}
		select {
		case m := <-f.msgs:
			f.receive(m)
		default:
			return
		}
	}
}

// receive takes a message, or a word of the server about the requests.
func (f *flow) receive(m *nats.Msg) {
	p := f.puller
	if status := m.Header.Get("Status"); status != "" && m.Reply == "" { // a message can be answered, whatever it says
		f.hear(status, m.Header)
		return
	}
	p.mu.Lock()
	f.asked--
	p.held++
	f.heard()
	p.mu.Unlock()
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	if p.ctx.Err() != nil {
		p.refuse(m)
		return
	}
	call := p.begin()
	watch := time.AfterFunc(patience, func() { p.giveWay(f, call) })
	f.handle(m)
	watch.Stop()
	p.end()
}

// handle hands m to the puller's owner.
func (f *flow) handle(m *nats.Msg) {
	defer survive(f.puller.log, m, func(delay time.Duration) { _ = m.Respond([]byte(nak(delay))) })
	f.puller.handle(m)
}

// panicDelay is how long a message stays away whose handling panicked.
const panicDelay = 10 * time.Second

// survive, deferred, keeps a message from taking the whole process down: what panics is put off.
func survive(log *slog.Logger, m *nats.Msg, nak func(time.Duration)) {
	if v := recover(); v != nil {
		log.Error("panic while taking a message; it comes again", "subject", m.Subject, "delay", panicDelay,
			"panic", v, "stack", string(debug.Stack()))
		nak(panicDelay)
	}
}

// sendBack lets other workers have what has arrived and waits.
func (f *flow) sendBack() {
	for f != nil {
		select {
		case m := <-f.msgs:
			_ = m.Respond([]byte("-NAK"))
		default:
			return
		}
	}
}

// hear acts on a status: a heartbeat, the end of one request, or of all of them.
func (f *flow) hear(status string, h nats.Header) {
	p := f.puller
	p.mu.Lock()
	defer p.mu.Unlock()
	f.heard()
	switch status {
	case "100":
	case "408":
		unserved, _ := strconv.Atoi(h.Get("Nats-Pending-Messages"))
		f.asked -= unserved
		if f == p.flow {
			p.ask()
		}
	default:
		p.log.Debug("NATS ended a pull request", "from", p.subject, "status", status, "reason", h.Get("Description"))
		if f == p.flow {
			signal(p.lost)
		}
	}
}

// heard puts off the moment when the server counts as silent. The caller holds p.mu.
func (f *flow) heard() {
	if f.beat != nil && f == f.puller.flow {
		f.beat.Reset(2 * pullBeat)
	}
}

func (f *flow) silent() {
	p := f.puller
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case f != p.flow:
	case f.asked > 0:
		signal(p.stale)
	default:
		f.beat.Reset(2 * pullBeat) // nothing is asked for, so there is nothing to hear
	}
}
