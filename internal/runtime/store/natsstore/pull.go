// The puller: requests messages from one consumer, as many as the owner has room for.

package natsstore

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
)

const (
	lowestPriority = 9 // 0 is the highest
	// pullExpiry is how long a request for messages stays open. The server delivers to the requests of a worker that is
	// suspended, or has another priority now, until they expire.
	pullExpiry = 3 * time.Second
	// pullEvery is how often a puller with a priority sends a new request, before the one before expires. Without a request,
	// it would lose messages to a puller with a lower priority.
	pullEvery = 2 * time.Second
	// silence is how long a server with an open request may be silent. It answers a request that expires, so if it stays
	// silent, messages may have been lost, and new requests are sent. It is less than store.AckWait: what arrives after it is
	// ignored, and not taken for a first delivery.
	silence = pullExpiry + 1500*time.Millisecond
	// restorePause is the pause before a puller tries again to reach the server, or to restore a consumer that it cannot pull
	// from.
	restorePause = 250 * time.Millisecond
	// patience is how long handle may take before the puller counts as blocked, and returns its messages to the server.
	patience = time.Second
)

// puller pulls messages from a consumer and calls handle with one after the other. It requests what is free in its
// window, in steps of at least a quarter of the window unless no request is open. So a busy puller sends few requests,
// and an idle one always has an open request.
type puller struct {
	link *link
	log  *slog.Logger
	opt  pullOptions
	ctx  context.Context // ends the pulling
	// suspended counts the suspensions of this process. A patient puller does not need it.
	suspended *suspensions
	turn      chan struct{} // held while handle runs, because an old subscription and a new one may overlap
	last      uint64        // number of the newest delivery that was handled; guarded by turn

	mu       sync.Mutex
	sub      *subscription // nil while there is none
	handling handling
	held     int // messages handled and not released
	priority int

	// What run waits for.
	renew chan struct{} // the subscription is to be replaced
	lost  chan struct{} // the consumer cannot be pulled from
}

// pullOptions say what a puller pulls, and how.
type pullOptions struct {
	subject string // of the requests
	window  int    // how many messages may be requested or held
	group   string // the consumer's priority group; may be empty
	patient bool   // send requests without expiry: the server is in this process, and cannot be alive without it

	handle func(*nats.Msg, time.Time)  // takes a message and when it was received; release gives its room back
	ensure func(context.Context) error // creates the consumer if it is missing
}

// handling is the state of the calls of handle.
type handling struct {
	calls   int  // so far
	running bool // one of them
	blocked bool // it has not returned within patience
}

// newPuller returns a puller for the consumer of a stream. opt.subject and opt.patient are set here.
func (s *Store) newPuller(from *stream, consumer string, opt pullOptions) *puller {
	opt.subject = "$JS.API.CONSUMER.MSG.NEXT." + from.name + "." + consumer
	opt.patient = s.opt.InProcess != nil
	return &puller{
		link:      s.link,
		log:       s.log,
		opt:       opt,
		suspended: &s.suspended,
		turn:      make(chan struct{}, 1),
		renew:     make(chan struct{}, 1),
		lost:      make(chan struct{}, 1),
	}
}

// start pulls until ctx ends. Messages are requested when it returns.
func (p *puller) start(ctx context.Context) error {
	p.ctx = ctx
	if !p.opt.patient {
		p.suspended.watch(p.link.life)
	}
	session, err := p.link.await(ctx)
	if err != nil {
		return err
	}
	p.open()
	go p.run(session)
	return nil
}

// run replaces the subscription when it is no longer usable.
func (p *puller) run(session context.Context) {
	defer p.drop()
	for {
		select {
		case <-session.Done():
		case <-p.renew:
		case <-p.lost:
			p.restore()
		case <-p.ctx.Done():
			return
		}
		p.drop()
		var err error
		if session, err = p.link.await(p.ctx); err != nil {
			return
		}
		if p.opt.patient || p.answered(session) {
			p.open()
		} else {
			backoff.Sleep(p.ctx, restorePause)
			notify(p.renew)
		}
	}
}

// answered reports whether the server answers. A worker that can send and does not receive must not request messages.
func (p *puller) answered(session context.Context) bool {
	ctx, cancel := context.WithTimeout(session, silence)
	defer cancel()
	defer context.AfterFunc(p.ctx, cancel)()
	return p.link.nc.FlushWithContext(ctx) == nil
}

// open opens a subscription and requests messages.
func (p *puller) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.handling.blocked {
		return // when handle returns, the subscription is renewed
	}
	sub := &subscription{
		puller: p, msgs: make(chan *nats.Msg, requestLimit*p.opt.window+statusRoom), done: make(chan struct{}),
		suspensions: p.suspended.until(time.Now()),
	}
	var err error
	if sub.nats, err = p.link.nc.ChanSubscribe(p.link.nc.NewInbox(), sub.msgs); err != nil {
		return // the connection was closed: the end of the session ends the puller
	}
	p.sub = sub
	go sub.run()
	if !p.opt.patient {
		sub.watch = time.AfterFunc(silence, sub.onSilence)
		if p.opt.group != "" {
			sub.again = time.AfterFunc(pullEvery, sub.requestAgain)
		}
	}
	p.fill()
}

// drop closes the current subscription and returns it. What has arrived is still handled. What is still on its way is
// delivered again after AckWait.
func (p *puller) drop() (dropped *subscription) {
	p.mu.Lock()
	sub := p.sub
	p.sub = nil
	p.mu.Unlock()
	if sub == nil {
		return nil
	}
	if sub.watch != nil {
		sub.watch.Stop()
	}
	if sub.again != nil {
		sub.again.Stop()
	}
	_ = sub.nats.Unsubscribe()
	close(sub.done)
	return sub
}

// restore waits until the consumer exists, and creates it if necessary.
func (p *puller) restore() {
	for {
		select {
		case <-time.After(restorePause):
		case <-p.ctx.Done():
			return
		case <-p.link.life.Done():
			return
		}
		if err := p.opt.ensure(p.ctx); err == nil {
			return
		} else if p.ctx.Err() == nil {
			p.log.Warn("cannot receive; retrying", "from", p.opt.subject, "error", err)
		}
	}
}

// requestLimit limits, in windows, what is requested at a time: a request is sent again before it expires.
const requestLimit = 2

// setPriority changes the priority of the puller in its group; 0 is the highest. Requests with the old one stay open until they
// expire. Those of a patient puller do not, so it opens a new subscription: what is on its way to the old one is delayed by
// store.AckWait.
func (p *puller) setPriority(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.priority != n && p.opt.patient {
		notify(p.renew)
	}
	p.priority = n
}

// release gives back the room of one message.
func (p *puller) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
	p.fill()
}

// pullRequest requests messages from a consumer. Durations are in nanoseconds.
type pullRequest struct {
	Batch    int           `json:"batch"`
	Expires  time.Duration `json:"expires,omitempty"`
	Group    string        `json:"group,omitempty"`
	Priority int           `json:"priority,omitempty"`
}

// fill requests what is free in the window if that is worth a request. p.mu is held.
func (p *puller) fill() {
	if p.sub == nil {
		return
	}
	free := p.opt.window - p.held - p.sub.requested
	if free <= 0 || p.sub.requested > 0 && free < (p.opt.window+3)/4 {
		return
	}
	p.request(free)
}

// request requests n messages. p.mu is held, and there is a subscription.
func (p *puller) request(n int) {
	q := pullRequest{Batch: n, Group: p.opt.group, Priority: p.priority}
	if !p.opt.patient {
		q.Expires = pullExpiry
	}
	data, err := json.Marshal(q)
	if err != nil {
		panic(err) // a struct of numbers and a string
	}
	if p.link.publish(&nats.Msg{Subject: p.opt.subject, Reply: p.sub.nats.Subject, Data: data}) == nil {
		p.sub.requested += n
	}
}

// refuse returns m to the server, which delivers it to another worker.
func (p *puller) refuse(m *nats.Msg) {
	_ = m.Respond([]byte("-NAK"))
	p.release()
}

// beginCall and endCall enclose a call of handle.
func (p *puller) beginCall() (call int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handling.calls++
	p.handling.running = true
	return p.handling.calls
}

func (p *puller) endCall() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.handling.running = false
	if p.handling.blocked {
		p.handling.blocked = false
		notify(p.renew)
	}
}

// yield is called when a call of handle has blocked for too long. It returns the messages that wait for that call to the
// server, and stops requesting. from is the subscription that the message of the call came from.
func (p *puller) yield(from *subscription, call int) {
	p.mu.Lock()
	returned := !p.handling.running || p.handling.calls != call
	p.handling.blocked = p.handling.blocked || !returned
	p.mu.Unlock()
	if returned {
		return
	}
	p.drop().sendBack()
	from.sendBack()
}

// notify sets a flag that a select can wait for.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
