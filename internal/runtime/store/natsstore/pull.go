package natsstore

// puller: keeps the messages of one consumer coming, as many as its owner has room for.

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	lowestPriority = 9 // 0 is the highest
	// pullExpiry is how long a request for messages stays with the server, and pullBeat how often the server says
	// that it still has it; after two beats without a word the puller asks anew. A server of this process needs
	// neither: it cannot go away without the connection going too.
	pullExpiry = time.Minute
	pullBeat   = 5 * time.Second
	// restorePause is how long a puller leaves a consumer alone that it could not ask.
	restorePause = 250 * time.Millisecond
	// patience is how long handle may take before the puller counts as blocked, and lets others have its messages.
	patience = time.Second
)

// puller asks a consumer for messages and hands them to handle, one after the other. It asks for what is free in its
// window, a quarter of the window at a time unless nothing is asked for: a busy puller sends few requests, and an idle
// one has always asked already.
type puller struct {
	link    *link
	log     *slog.Logger
	subject string // where to ask
	window  int    // how many messages may be asked for or held
	group   string // the consumer's priority group; may be empty
	patient bool   // ask without expiry and heartbeats

	handle func(*nats.Msg)             // takes a message over; release gives its room back
	ensure func(context.Context) error // creates the consumer if it is missing

	ctx  context.Context // ends the pulling
	turn chan struct{}   // held while handle runs, also when an old flow and a new one overlap

	mu       sync.Mutex
	flow     *flow // nil while there is none
	calls    int   // of handle
	calling  bool  // handle runs
	blocked  bool  // and has not returned within patience
	held     int   // messages handled and not released
	priority int
	stale    chan struct{} // asks for a new flow
	lost     chan struct{} // says that the consumer cannot be asked
}

func (s *Store) newPuller(from *stream, consumer string, window int) *puller {
	return &puller{
		link:    s.link,
		log:     s.log,
		subject: "$JS.API.CONSUMER.MSG.NEXT." + from.name + "." + consumer,
		window:  window,
		patient: s.opt.InProcess != nil,
		turn:    make(chan struct{}, 1),
		stale:   make(chan struct{}, 1),
		lost:    make(chan struct{}, 1),
	}
}

// start lets messages flow until ctx ends. They do when it returns.
func (p *puller) start(ctx context.Context) error {
	p.ctx = ctx
	session, err := p.link.await(ctx)
	if err != nil {
		return err
	}
	p.open()
	go p.run(session)
	return nil
}

// run replaces the flow when it is no longer good.
func (p *puller) run(session context.Context) {
	defer p.drop()
	for {
		select {
		case <-session.Done():
		case <-p.stale:
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
		p.open()
	}
}

// open begins a flow.
func (p *puller) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.blocked {
		return // its end leads back here
	}
	f := &flow{puller: p, msgs: make(chan *nats.Msg, askedLimit*p.window+statusRoom), done: make(chan struct{})}
	var err error
	if f.sub, err = p.link.nc.ChanSubscribe(p.link.nc.NewInbox(), f.msgs); err != nil {
		return // the connection was closed: the end of the session ends the puller
	}
	p.flow = f
	go f.run()
	if !p.patient {
		f.beat = time.AfterFunc(2*pullBeat, f.silent)
	}
	p.ask()
}

// drop ends the present flow. What has arrived is still handled; what is just on its way comes again after AckWait.
func (p *puller) drop() (dropped *flow) {
	p.mu.Lock()
	f := p.flow
	p.flow = nil
	p.mu.Unlock()
	if f == nil {
		return nil
	}
	if f.beat != nil {
		f.beat.Stop()
	}
	_ = f.sub.Unsubscribe()
	close(f.done)
	return f
}

// restore makes sure that the consumer exists, after a pause.
func (p *puller) restore() {
	for {
		select {
		case <-time.After(restorePause):
		case <-p.ctx.Done():
			return
		case <-p.link.life.Done():
			return
		}
		if err := p.ensure(p.ctx); err == nil {
			return
		} else if p.ctx.Err() == nil {
			p.log.Warn("cannot receive; trying again", "from", p.subject, "error", err)
		}
	}
}

// askedLimit bounds, in windows, what requests of several priorities may add up to.
const askedLimit = 4

// setPriority changes the place of the puller among those of its group. 0 comes first. The flow goes on: to replace it
// would lose what is on its way until AckWait has passed. So what was asked for with the old priority stays asked for,
// and another window is asked for with the new one.
func (p *puller) setPriority(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.priority == n {
		return
	}
	p.priority = n
	if p.flow == nil {
		return
	}
	if p.flow.asked+p.window > askedLimit*p.window {
		signal(p.stale)
		return
	}
	p.request(p.window)
}

// release gives back the room of one message.
func (p *puller) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held--
	p.ask()
}

// pullRequest asks a consumer for messages. Durations are in nanoseconds.
type pullRequest struct {
	Batch     int           `json:"batch"`
	Expires   time.Duration `json:"expires,omitempty"`
	Heartbeat time.Duration `json:"idle_heartbeat,omitempty"`
	Group     string        `json:"group,omitempty"`
	Priority  int           `json:"priority,omitempty"`
}

// ask requests what is free in the window if that is worth a request. The caller holds p.mu.
func (p *puller) ask() {
	f := p.flow
	if f == nil {
		return
	}
	free := p.window - p.held - f.asked
	if free <= 0 || f.asked > 0 && free < (p.window+3)/4 {
		return
	}
	p.request(free)
}

// request asks for n messages. The caller holds p.mu, and there is a flow.
func (p *puller) request(n int) {
	q := pullRequest{Batch: n, Group: p.group, Priority: p.priority}
	if !p.patient {
		q.Expires, q.Heartbeat = pullExpiry, pullBeat
	}
	data, err := json.Marshal(q)
	if err != nil {
		panic(err) // a struct of numbers and a string
	}
	if p.link.publish(&nats.Msg{Subject: p.subject, Reply: p.flow.sub.Subject, Data: data}) == nil {
		p.flow.asked += n
	}
}

// refuse lets another worker have m, at once.
func (p *puller) refuse(m *nats.Msg) {
	_ = m.Respond([]byte("-NAK"))
	p.release()
}

// begin and end stand around a call of handle.
func (p *puller) begin() (call int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	p.calling = true
	return p.calls
}

func (p *puller) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calling = false
	if p.blocked {
		p.blocked = false
		signal(p.stale)
	}
}

// giveWay lets other workers have the messages that a call of handle keeps waiting, and those to come. f is where the
// message of that call came from.
func (p *puller) giveWay(f *flow, call int) {
	p.mu.Lock()
	returned := !p.calling || p.calls != call
	p.blocked = p.blocked || !returned
	p.mu.Unlock()
	if returned {
		return
	}
	p.drop().sendBack()
	f.sendBack()
}

// signal sets a flag that a select can wait for.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
