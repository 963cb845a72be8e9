package natsstore

// Members: which workers of a queue are alive, as far as one of them can tell. It is a hint that keeps a workflow with
// one worker; when it is wrong, two workers race for an append and one of them loses.

import (
	"context"
	"fmt"
	"hash/fnv"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// settleTime is how long a new worker waits for the answers to its hello before it takes a rank.
	settleTime = 200 * time.Millisecond
	// beatEvery and silence: how often a worker says that it lives, and after how long without that it counts as dead.
	// Both may be long, because deliveries pass a dead worker by at once.
	beatEvery = 10 * time.Second
	silence   = 35 * time.Second
)

// What members say to each other, followed by their name.
const (
	sayHello = "hello "
	sayHere  = "here "
	sayBye   = "bye "
)

// members is what one worker knows of the others on its queue.
type members struct {
	link    *link
	subject string
	self    string
	rank    func(group, rank int) // told of each group's rank of self, when it may have changed

	mu    sync.Mutex
	heard map[string]time.Time
	kick  chan struct{}
}

// join makes worker a member of queue until ctx ends, and keeps rank informed.
func (s *Store) join(ctx context.Context, queue, worker string, rank func(group, rank int)) error {
	m := &members{
		link:    s.link,
		subject: s.name.members(queue),
		self:    worker,
		rank:    rank,
		heard:   map[string]time.Time{},
		kick:    make(chan struct{}, 1),
	}
	leave, err := s.link.subscribe(m.subject, m.listen)
	if err != nil {
		return fmt.Errorf("join queue %q: %w", queue, err)
	}
	m.say(sayHello)
	go m.run(ctx, leave)
	return nil
}

func (m *members) run(ctx context.Context, leave func()) {
	defer leave()
	settled := time.After(settleTime)
	beat := time.NewTicker(beatEvery)
	defer beat.Stop()
	for {
		select {
		case <-settled:
			settled = nil
		case <-beat.C:
			m.say(sayHere)
			m.forgetSilent()
		case <-m.kick:
		case <-ctx.Done():
			m.say(sayBye)
			return
		case <-m.link.life.Done():
			return
		}
		if settled == nil {
			m.assign()
		}
	}
}

func (m *members) say(what string) {
	// A lost word is said again at the next beat.
	_ = m.link.publish(&nats.Msg{Subject: m.subject, Data: []byte(what + m.self)})
}

func (m *members) listen(msg *nats.Msg) {
	what, who := cutWord(string(msg.Data))
	if who == "" || who == m.self {
		return
	}
	if what == sayHello {
		m.say(sayHere)
	}
	if m.note(who, what != sayBye) {
		select {
		case m.kick <- struct{}{}:
		default:
		}
	}
}

func cutWord(s string) (word, rest string) {
	for _, w := range []string{sayHello, sayHere, sayBye} {
		if len(s) > len(w) && s[:len(w)] == w {
			return w, s[len(w):]
		}
	}
	return "", ""
}

// note records whether who is alive and reports whether that is news.
func (m *members) note(who string, alive bool) (news bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.heard[who]
	if alive {
		m.heard[who] = time.Now()
	} else {
		delete(m.heard, who)
	}
	return known != alive
}

func (m *members) forgetSilent() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for who, at := range m.heard {
		if time.Since(at) > silence {
			delete(m.heard, who)
		}
	}
}

// assign tells each group the rank of this worker.
func (m *members) assign() {
	m.mu.Lock()
	others := make([]string, 0, len(m.heard))
	for who := range m.heard {
		others = append(others, who)
	}
	m.mu.Unlock()
	for g := range groups {
		m.rank(g, rankOf(m.self, others, g))
	}
}

// rankOf is the place of self among the workers of a group: how many others weigh more there. Weights are hashes of
// worker and group (rendezvous hashing), so a worker that comes or goes moves no group between two others.
func rankOf(self string, others []string, group int) (rank int) {
	mine := weight(self, group)
	for _, other := range others {
		if w := weight(other, group); w > mine || w == mine && other > self {
			rank++
		}
	}
	return rank
}

func weight(worker string, group int) uint64 {
	h := fnv.New64a()
	h.Write([]byte(worker))
	h.Write([]byte("/" + strconv.Itoa(group)))
	x := h.Sum64()
	// FNV leaves the last byte's mark in the low bits only; a group must shuffle all of them.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
