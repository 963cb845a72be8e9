// The suppliers' problems: slow, rate-limited, down.

package services

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// slow delays answers: the action is performed before the caller gets the answer.
func slow(next http.Handler, latency time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(lateWriter{w, r.Context(), latency}, r)
	})
}

// lateWriter delays an answer by latency, or until the caller gives up.
type lateWriter struct {
	http.ResponseWriter
	asked   context.Context
	latency time.Duration
}

func (w lateWriter) WriteHeader(status int) {
	select {
	case <-time.After(w.latency):
	case <-w.asked.Done():
	}
	w.ResponseWriter.WriteHeader(status)
}

// limited accepts one request in admit and answers the others with 429.
func limited(next http.Handler, admit int) http.Handler {
	var requests atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests.Add(1)%int64(admit) != 0 {
			w.Header().Set("Retry-After", "30")
			write(w, failure(http.StatusTooManyRequests, "too many requests"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// outage is a server that goes down at its first request. First it performs actions without answering, which is the worst case for
// callers. Then it refuses connections. Then it works normally.
type outage struct {
	next         http.Handler
	addr         string
	hang, refuse time.Duration

	down   sync.Once
	silent chan struct{} // closed when it stops swallowing requests
	mu     sync.Mutex
	server *http.Server
	closed bool
}

func startOutage(next http.Handler, hang, refuse time.Duration) (*outage, error) {
	o := &outage{next: next, hang: hang, refuse: refuse, silent: make(chan struct{})}
	l, err := Listen()
	if err != nil {
		return nil, err
	}
	o.addr = l.Addr().String()
	o.serve(l, http.HandlerFunc(o.swallow))
	return o, nil
}

// swallow performs the action and never answers.
func (o *outage) swallow(w http.ResponseWriter, r *http.Request) {
	o.down.Do(func() { time.AfterFunc(o.hang, o.vanish) })
	o.next.ServeHTTP(discard{}, r)
	select {
	case <-o.silent:
	case <-r.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

// vanish closes the listener and every connection. From now on, connections are refused.
func (o *outage) vanish() {
	close(o.silent)
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return
	}
	o.server.Close()
	time.AfterFunc(o.refuse, o.comeBack)
}

// comeBack listens on the old address again. It retries until the address is free.
func (o *outage) comeBack() {
	l, err := net.Listen("tcp", o.addr)
	if err != nil {
		time.AfterFunc(50*time.Millisecond, o.comeBack)
		return
	}
	o.serve(l, o.next)
}

func (o *outage) serve(l net.Listener, h http.Handler) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		l.Close()
		return
	}
	o.server = &http.Server{Handler: h}
	go o.server.Serve(l)
}

func (o *outage) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.server.Close()
}

// discard is a ResponseWriter that drops the answer.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
