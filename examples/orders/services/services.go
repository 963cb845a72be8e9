// Package services is the outside world of the example: three suppliers with HTTP APIs, each unreliable in its own way.
//
//   - The payment provider is slow.
//   - The warehouse limits its rate: it answers most requests with 429.
//   - The carrier goes down at the first order: it accepts requests and never answers, then it refuses connections, and
//     then it works again. It always refuses pianos.
//
// A supplier performs an action once per Idempotency-Key and repeats its first answer when asked again. Each counts its
// effects, so that an action that was performed twice or never is detected.
package services

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// Trouble configures how unreliable the suppliers are.
type Trouble struct {
	Latency time.Duration // of the payment provider, from the effect to the answer
	Admit   int           // the warehouse accepts one request in Admit; at least 1
	Hang    time.Duration // how long the carrier does not answer
	Refuse  time.Duration // how long the carrier refuses connections after that
}

// URLs are the base URLs of the suppliers and of Control, which serves the Effects of all of them at GET /effects.
type URLs struct {
	Payments  string `json:"payments"`
	Warehouse string `json:"warehouse"`
	Carrier   string `json:"carrier"`
	Control   string `json:"control"`
}

// Services are the running suppliers.
type Services struct {
	URLs    URLs
	servers []*http.Server
	carrier *outage
}

// Start starts the suppliers on loopback ports.
func Start(t Trouble) (*Services, error) {
	payments, warehouse, carrier := newCompany("payments"), newCompany("warehouse"), newCompany("carrier")
	carrier.refuse = refusePianos

	s := &Services{}
	var err error
	if s.carrier, err = startOutage(carrier.handler("ship"), t.Hang, t.Refuse); err != nil {
		return nil, err
	}
	s.URLs.Carrier = "http://" + s.carrier.addr
	for _, server := range []struct {
		url     *string
		handler http.Handler
	}{
		{&s.URLs.Payments, slow(payments.handler("charge", "refund"), t.Latency)},
		{&s.URLs.Warehouse, limited(warehouse.handler("reserve", "release"), t.Admit)},
		{&s.URLs.Control, control(payments, warehouse, carrier)},
	} {
		if *server.url, err = s.serve(server.handler); err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func refusePianos(o order) string {
	if o.Item == "piano" {
		return "no pianos"
	}
	return ""
}

func (s *Services) serve(h http.Handler) (url string, err error) {
	l, err := Listen()
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h}
	s.servers = append(s.servers, server)
	go server.Serve(l)
	return "http://" + l.Addr().String(), nil
}

// Close stops all suppliers immediately, without waiting for requests.
func (s *Services) Close() {
	s.carrier.close()
	for _, server := range s.servers {
		server.Close()
	}
}

// control serves the effects of all suppliers together.
func control(companies ...*company) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /effects", func(w http.ResponseWriter, _ *http.Request) {
		sum := Effects{}
		for _, c := range companies {
			c.ledger.addTo(sum)
		}
		json.NewEncoder(w).Encode(sum)
	})
	return mux
}

// Listen opens a loopback port below the range that systems use for outgoing connections, so that no other process takes the port
// while a server restarts.
func Listen() (net.Listener, error) {
	var err error
	for range 100 {
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(10000))); err == nil {
			return l, nil
		}
	}
	return nil, fmt.Errorf("no free loopback port between 20000 and 30000: %w", err)
}
