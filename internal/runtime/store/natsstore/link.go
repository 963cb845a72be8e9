// The link: the connection, whether it is up, and the only place where requests are sent.

package natsstore

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

const (
	reconnectWait = 100 * time.Millisecond
	// attemptTimeout is how long a request waits for its answer. A healthy server answers within milliseconds. A
	// cluster that lost its leader takes a few seconds to elect another.
	attemptTimeout = 5 * time.Second
)

// link follows the connection from session to session. A session is the time between a connect and the next disconnect.
// A request that is not answered within its session is never answered.
type link struct {
	nc    *nats.Conn
	owned bool
	log   *slog.Logger

	answers dispatcher
	denials *denials
	outages outages

	life context.Context // ends when the store is closed
	end  context.CancelFunc

	mu         sync.Mutex
	session    context.Context // ends with the session; nil while there is none
	endSession context.CancelFunc
	up         chan struct{} // closed when a session begins
}

func newLink(nc *nats.Conn, owned bool, denials *denials, log *slog.Logger) *link {
	l := &link{nc: nc, owned: owned, log: log, denials: denials, outages: outages{log: log}, up: make(chan struct{})}
	l.life, l.end = context.WithCancel(context.Background())
	status := nc.StatusChanged(nats.CONNECTED, nats.RECONNECTING, nats.CLOSED)
	if nc.IsConnected() {
		l.connected()
	}
	go l.follow(status)
	return l
}

func (l *link) follow(status chan nats.Status) {
	defer l.nc.RemoveStatusListener(status)
	for {
		select {
		case s := <-status:
			l.changed(s)
		case <-l.life.Done():
			return
		}
	}
}

func (l *link) changed(s nats.Status) {
	switch s {
	case nats.CONNECTED:
		l.log.Info("reconnected to NATS", "url", l.nc.ConnectedUrlRedacted())
		l.disconnected()
		l.connected()
	case nats.RECONNECTING:
		l.log.Warn("lost the connection to NATS; reconnecting")
		l.disconnected()
	case nats.CLOSED:
		l.end()
	}
}

func (l *link) connected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.session, l.endSession = context.WithCancel(l.life)
	close(l.up)
}

func (l *link) disconnected() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session == nil {
		return
	}
	l.endSession()
	l.session, l.up = nil, make(chan struct{})
}

// await returns the current session. If there is none, it waits for the next one.
func (l *link) await(ctx context.Context) (context.Context, error) {
	for {
		l.mu.Lock()
		session, up := l.session, l.up
		l.mu.Unlock()
		switch {
		case l.life.Err() != nil:
			return nil, store.ErrClosed
		case session != nil:
			return session, nil
		}
		select {
		case <-up:
		case <-l.life.Done():
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: not connected: %w", store.ErrUnavailable, ctx.Err())
		}
	}
}

// request sends m and returns the answer. It waits for a connection, but sends only once: after a transient error it is
// unknown whether the server acted on m.
func (l *link) request(ctx context.Context, m *nats.Msg) (reply *nats.Msg, err error) {
	err = l.attempt(ctx, m.Subject, func(ctx context.Context) error {
		reply, err = l.nc.RequestMsgWithContext(ctx, m)
		return err
	})
	return reply, err
}

// attempt calls try, which sends a request to subject, with a context that ends when no answer can be expected any more.
func (l *link) attempt(ctx context.Context, subject string, try func(context.Context) error) error {
	session, err := l.await(ctx)
	if err != nil {
		return err
	}
	attempt, cancel := context.WithTimeout(session, attemptTimeout)
	defer cancel()
	stop := context.AfterFunc(ctx, cancel)
	defer stop()
	if err := try(attempt); err != nil {
		return l.requestFailure(ctx, session, subject, err)
	}
	return nil
}

// requestFailure returns why a request has no answer.
func (l *link) requestFailure(ctx, session context.Context, subject string, err error) error {
	denied := l.denials.err(subject)
	switch {
	case l.life.Err() != nil:
		return store.ErrClosed
	case denied != nil:
		return denied
	case ctx.Err() != nil:
		return fmt.Errorf("%w: %w", store.ErrUnavailable, ctx.Err())
	case session.Err() != nil:
		return &transientError{fmt.Errorf("connection lost while waiting for an answer from %s", subject)}
	}
	return requestError(subject, err)
}

// publish sends m without waiting for an answer.
func (l *link) publish(m *nats.Msg) error {
	if l.life.Err() != nil {
		return store.ErrClosed
	}
	return l.unavailable(l.nc.PublishMsg(m))
}

// subscribe calls fn with each message on subject until stop is called or the store is closed.
func (l *link) subscribe(subject string, fn nats.MsgHandler) (stop func(), err error) {
	if l.life.Err() != nil {
		return nil, store.ErrClosed
	}
	life, end := context.WithCancel(l.life)
	sub, err := l.nc.Subscribe(subject, func(m *nats.Msg) {
		if life.Err() == nil {
			fn(m)
		}
	})
	if err != nil {
		end()
		return nil, l.unavailable(err)
	}
	context.AfterFunc(life, func() { _ = sub.Unsubscribe() })
	ctx, cancel := context.WithTimeout(life, attemptTimeout)
	defer cancel()
	// After an outage, the client library subscribes again by itself.
	if err := l.nc.FlushWithContext(ctx); err != nil && (l.life.Err() != nil || l.nc.IsClosed()) {
		end()
		return nil, store.ErrClosed
	}
	return func() { end(); _ = sub.Unsubscribe() }, nil
}

// unavailable translates the error of a call that is not retried.
func (l *link) unavailable(err error) error {
	switch {
	case err == nil:
		return nil
	case l.life.Err() != nil:
		return store.ErrClosed
	}
	return fmt.Errorf("%w: %w", store.ErrUnavailable, err)
}

// close ends all calls and subscriptions, and closes the connection if the store opened it.
func (l *link) close() {
	l.end()
	l.answers.close()
	if l.owned {
		l.nc.Close()
	}
}

// retry calls try until its error is not transient, or ctx ends.
// What has not succeeded for a while is logged once: of is the stream that the calls are about.
func (l *link) retry(ctx context.Context, of string, try func() error) error {
	began := time.Now()
	for attempts := 1; ; attempts++ {
		err := try()
		if !isTransient(err) {
			if !isAny(err, store.ErrClosed, store.ErrUnavailable) {
				l.outages.end(of)
			}
			return err
		}
		if ctx.Err() == nil && l.nc.IsConnected() && time.Since(began) >= attemptTimeout {
			l.outages.begin(of, err)
		}
		select {
		case <-time.After(retry.Pause(attempts)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w: %w", store.ErrUnavailable, ctx.Err(), cmp.Or(l.outages.of(of), err))
		case <-l.life.Done():
			return store.ErrClosed
		}
	}
}

// manage retries try, which makes a management call of the client library. Each attempt has its own timeout, because a
// cluster that is electing a leader does not answer.
func (l *link) manage(ctx context.Context, of string, try func(context.Context) error) error {
	return l.retry(ctx, of, func() error {
		if _, err := l.await(ctx); err != nil {
			return err
		}
		attempt, cancel := context.WithTimeout(ctx, attemptTimeout)
		defer cancel()
		err := managementError(ctx, try(attempt))
		if isTransient(err) {
			err = cmp.Or(l.denials.err("$JS.API."), err)
		}
		return err
	})
}

var retry = backoff.Doubling(2*time.Millisecond, time.Second)
