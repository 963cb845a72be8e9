// A TCP proxy between a worker and the server that can cut, stall and delay connections.

package main

import (
	"net"
	"sync"
	"time"
)

// proxy forwards connections to target. Its methods may be called from many goroutines.
type proxy struct {
	target   string
	listener net.Listener

	mu      sync.Mutex
	state   proxyState
	changed chan struct{} // closed when state changes
	conns   map[net.Conn]bool
}

// proxyState is how the proxy treats connections.
type proxyState struct {
	refuse bool          // close connections as they are accepted
	stall  bool          // forward nothing in either direction, and keep connections open
	delay  time.Duration // before each chunk is forwarded
}

func newProxy(target string) (*proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{target: target, listener: l, changed: make(chan struct{}), conns: map[net.Conn]bool{}}
	go p.serve()
	return p, nil
}

func (p *proxy) url() string { return "nats://" + p.listener.Addr().String() }

// set changes the state. A proxy that refuses connections also closes the open ones.
func (p *proxy) set(s proxyState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state = s
	close(p.changed)
	p.changed = make(chan struct{})
	if s.refuse {
		for c := range p.conns {
			c.Close()
		}
	}
}

func (p *proxy) close() {
	p.listener.Close()
	p.set(proxyState{refuse: true})
}

func (p *proxy) serve() {
	for {
		worker, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.forward(worker)
	}
}

func (p *proxy) forward(worker net.Conn) {
	defer worker.Close()
	if !p.add(worker) {
		return
	}
	defer p.remove(worker)
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	if !p.add(server) {
		return
	}
	defer p.remove(server)
	ended := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{worker, server}, {server, worker}} {
		go func() {
			p.copy(way[1], way[0])
			ended <- struct{}{}
		}()
	}
	<-ended
}

func (p *proxy) add(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state.refuse {
		return false
	}
	p.conns[c] = true
	return true
}

func (p *proxy) remove(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
}

// copy forwards from one connection to the other until either of them ends. While the proxy stalls, even the end of a connection is
// not forwarded, as in a network that drops packets.
func (p *proxy) copy(to, from net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		p.pause()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pause blocks while the proxy stalls, and then for the delay.
func (p *proxy) pause() {
	for {
		p.mu.Lock()
		state, changed := p.state, p.changed
		p.mu.Unlock()
		if !state.stall {
			time.Sleep(state.delay)
			return
		}
		<-changed
	}
}
