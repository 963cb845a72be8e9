package natsstore

// Requests that are answered by many messages. The client library's own requests take one answer, and a subscription
// for each request would cost the server more than the request.

import (
	"context"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// switchboard is one inbox for the answers to all such requests of a link.
type switchboard struct {
	mu      sync.Mutex
	sub     *nats.Subscription // nil until the first request
	prefix  string             // of the subjects that sub receives
	count   uint64
	waiting map[string]*answers // by the last token of the subject
}

// answers are the messages that answer one request, in the order of their arrival.
type answers struct {
	msgs []*nats.Msg
	full chan struct{} // closed when the last has come
}

// askMany sends a request and returns its answers. The last one is the first that has a status.
func (l *link) askMany(ctx context.Context, subject string, data []byte) ([]*nats.Msg, error) {
	a, reply, err := l.board.open(l.nc)
	if err != nil {
		return nil, err
	}
	defer l.board.forget(reply)
	if err := l.nc.PublishMsg(&nats.Msg{Subject: subject, Reply: reply, Data: data}); err != nil {
		return nil, err
	}
	select {
	case <-a.full:
		return a.msgs, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open makes a subject for the answers to a request.
func (b *switchboard) open(nc *nats.Conn) (a *answers, reply string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sub == nil {
		prefix := nc.NewInbox() + "."
		if b.sub, err = nc.Subscribe(prefix+"*", b.route); err != nil {
			return nil, "", err
		}
		b.prefix, b.waiting = prefix, map[string]*answers{}
	}
	b.count++
	a, reply = &answers{full: make(chan struct{})}, b.prefix+strconv.FormatUint(b.count, 36)
	b.waiting[reply] = a
	return a, reply, nil
}

// route adds an answer to those that it belongs to. Only the one goroutine of the subscription calls it.
func (b *switchboard) route(m *nats.Msg) {
	b.mu.Lock()
	a := b.waiting[m.Subject]
	b.mu.Unlock()
	if a == nil {
		return // nobody waits any more
	}
	a.msgs = append(a.msgs, m)
	if statusOf(m) != "" {
		b.forget(m.Subject)
		close(a.full)
	}
}

// statusOf returns the status that the server answers a direct get with; none if m is a stored message, whose own
// headers may say anything, or one with unreadable headers.
func statusOf(m *nats.Msg) string {
	if len(m.Header["Nats-Stream"]) > 0 {
		return ""
	}
	return m.Header.Get("Status")
}

func (b *switchboard) forget(reply string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.waiting, reply)
}

func (b *switchboard) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sub != nil {
		_ = b.sub.Unsubscribe()
	}
}
