// Requests with several answers. A request of the client library has one answer, and a subscription for each request
// would cost the server more than the request itself.

package natsstore

import (
	"context"
	"strconv"
	"sync"

	"github.com/nats-io/nats.go"
)

// dispatcher receives the answers to all such requests of a link on one subscription.
type dispatcher struct {
	mu      sync.Mutex
	sub     *nats.Subscription // nil until the first request
	prefix  string             // of the subjects that sub receives
	count   uint64
	waiting map[string]*answers // by the last token of the subject
}

// answers are the answers to one request, in the order of their arrival.
type answers struct {
	msgs []*nats.Msg
	done chan struct{} // closed after the last one
}

// requestMany sends a request and returns its answers. They end with the first one that has a status.
func (l *link) requestMany(ctx context.Context, subject string, data []byte) ([]*nats.Msg, error) {
	a, reply, err := l.answers.open(l.nc)
	if err != nil {
		return nil, err
	}
	defer l.answers.forget(reply)
	if err := l.nc.PublishMsg(&nats.Msg{Subject: subject, Reply: reply, Data: data}); err != nil {
		return nil, err
	}
	select {
	case <-a.done:
		return a.msgs, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open returns a reply subject for a request, and what will collect its answers.
func (d *dispatcher) open(nc *nats.Conn) (a *answers, reply string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sub == nil {
		prefix := nc.NewInbox() + "."
		if d.sub, err = nc.Subscribe(prefix+"*", d.dispatch); err != nil {
			return nil, "", err
		}
		d.prefix, d.waiting = prefix, map[string]*answers{}
	}
	d.count++
	a, reply = &answers{done: make(chan struct{})}, d.prefix+strconv.FormatUint(d.count, 36)
	d.waiting[reply] = a
	return a, reply, nil
}

// dispatch adds an answer to those of its request. It is called by the goroutine of the subscription only.
func (d *dispatcher) dispatch(m *nats.Msg) {
	d.mu.Lock()
	a := d.waiting[m.Subject]
	d.mu.Unlock()
	if a == nil {
		return // the request was given up
	}
	a.msgs = append(a.msgs, m)
	if statusOf(m) != "" {
		d.forget(m.Subject)
		close(a.done)
	}
}

// statusOf returns the status with which the server answers a direct get. It is empty if m is a stored message, whose
// own headers may contain anything, or if the headers are unreadable.
func statusOf(m *nats.Msg) string {
	if len(m.Header["Nats-Stream"]) > 0 {
		return ""
	}
	return m.Header.Get("Status")
}

func (d *dispatcher) forget(reply string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.waiting, reply)
}

func (d *dispatcher) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.sub != nil {
		_ = d.sub.Unsubscribe()
	}
}
