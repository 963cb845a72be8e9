// What is wrong with the companies: slow, rate-limited, down.

package services

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// slow answers late: what it was asked to do is done, but whoever asked does not know it yet.
func slow(next http.Handler, latency time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(lateWriter{w, r.Context(), latency}, r)
	})
}

// lateWriter holds back an answer for as long as somebody waits for it.
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

// limited lets one request in admit through and answers 429 to the others.
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

// outage is a server that goes down on its first request. At first it does what it is asked and never answers, the
// worst kind of silence; then it refuses connections; then it serves as if nothing had happened.
type outage struct {
	next         http.Handler
	addr         string
	hang, refuse time.Duration

	down   sync.Once
	silent chan struct{} // closed when the silence ends
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

// swallow does what r asks and keeps the answer to itself.
func (o *outage) swallow(w http.ResponseWriter, r *http.Request) {
	o.down.Do(func() { time.AfterFunc(o.hang, o.vanish) })
	o.next.ServeHTTP(discard{}, r)
	select {
	case <-o.silent:
	case <-r.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

// vanish closes the listener and every connection: from now on, connections are refused.
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

// comeBack listens on the old address again. It tries until that is free.
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

// discard is an answer that nobody gets.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}
