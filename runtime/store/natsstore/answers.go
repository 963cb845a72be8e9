package natsstore

// answers: requests that are answered by many messages. The client library's own requests take one answer; a
// subscription for each request would cost the server more than the request.

import (
	"context"
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// switchboard is one inbox for the answers to all such requests of a link.
type switchboard struct {
	mu      sync.Mutex
	prefix  string // of the inbox; empty until the first request
	count   uint64
	waiting map[string]*answers
}

// answers are the messages that answer one request, in the order of their arrival.
type answers struct {
	board *switchboard
	token string

	mu   sync.Mutex
	msgs []*nats.Msg
	some chan struct{} // has a value if msgs has some
}

// askMany sends a request. The caller takes its answers one by one and closes them.
func (l *link) askMany(subject string, data []byte) (*answers, error) {
	a, err := l.board.open(l.nc)
	if err != nil {
		return nil, err
	}
	if err := l.nc.PublishMsg(&nats.Msg{Subject: subject, Reply: l.board.prefix + a.token, Data: data}); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (b *switchboard) open(nc *nats.Conn) (*answers, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.prefix == "" {
		prefix := nc.NewInbox() + "."
		if _, err := nc.Subscribe(prefix+"*", b.route); err != nil {
			return nil, err
		}
		b.prefix, b.waiting = prefix, map[string]*answers{}
	}
	b.count++
	a := &answers{board: b, token: strconv.FormatUint(b.count, 36), some: make(chan struct{}, 1)}
	b.waiting[a.token] = a
	return a, nil
}

func (b *switchboard) route(m *nats.Msg) {
	b.mu.Lock()
	a := b.waiting[strings.TrimPrefix(m.Subject, b.prefix)]
	b.mu.Unlock()
	if a == nil {
		return // nobody waits any more
	}
	a.mu.Lock()
	a.msgs = append(a.msgs, m)
	a.mu.Unlock()
	signal(a.some)
}

// next waits for the next answer.
func (a *answers) next(ctx context.Context) (*nats.Msg, error) {
	for {
		if m := a.take(); m != nil {
			return m, nil
		}
		select {
		case <-a.some:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (a *answers) take() *nats.Msg {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.msgs) == 0 {
		return nil
	}
	m := a.msgs[0]
	a.msgs = a.msgs[1:]
	return m
}

func (a *answers) close() {
	a.board.mu.Lock()
	defer a.board.mu.Unlock()
	delete(a.board.waiting, a.token)
}
