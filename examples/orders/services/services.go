// Package services is the outside world of the example: three companies behind HTTP, each with its own trouble.
//
//   - A, the payment provider, works. It takes its time to answer.
//   - B, the warehouse, limits its rate: it answers 429 most of the time.
//   - C, the carrier, goes down when the first order comes: it accepts requests and never answers, then it refuses
//     connections, then it comes back. It never carries pianos.
//
// What a company was asked to do under one Idempotency-Key it does once; asked again, it repeats its first answer.
// Each counts what it really did, so that nothing done twice or never can hide.
package services

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// Trouble says how bad things are.
type Trouble struct {
	Latency time.Duration // from effect to answer at the payment provider
	Admit   int           // the warehouse lets one request in Admit through, at least 1
	Hang    time.Duration // how long the carrier does not answer
	Refuse  time.Duration // how long it refuses connections after that
}

// URLs are the base URLs of the companies, and of Control, where GET /effects gives the Effects of all of them.
type URLs struct {
	Payments  string `json:"payments"`
	Warehouse string `json:"warehouse"`
	Carrier   string `json:"carrier"`
	Control   string `json:"control"`
}

// Services are the running companies.
type Services struct {
	URLs    URLs
	servers []*http.Server
	carrier *outage
}

// Start opens for business on loopback.
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

// Close ends all of them at once, without waiting for requests.
func (s *Services) Close() {
	s.carrier.close()
	for _, server := range s.servers {
		server.Close()
	}
}

// control serves the effects of all companies together.
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

// Listen opens a loopback port below those that systems give to outgoing connections, so that nobody takes the port
// while a server that left it is on its way back.
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
