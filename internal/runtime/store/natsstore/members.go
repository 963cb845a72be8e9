// Membership: the live workers of a queue, as each of them knows it. Membership is a hint that keeps a workflow on one
// worker. If it is wrong, two workers race for an append and one of them fails.

package natsstore

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// settleTime is how long a worker waits for more news of others before it computes its ranks. A new worker waits longer,
	// with the lowest priority, until requests with which others ranked above it have expired. So no two workers have the same
	// rank.
	settleTime = 200 * time.Millisecond
	joinTime   = 2*settleTime + pullExpiry
	// announceInterval is how often a worker announces itself unless Options.AnnounceEvery says otherwise. A worker that has
	// not announced itself for silentIntervals counts as dead. This may be long, because the server does not deliver to a
	// dead worker anyway.
	announceInterval = 10 * time.Second
	silentIntervals  = 3.5
)

// The messages between members. The name of the sender follows.
const (
	helloMsg = "hello "
	hereMsg  = "here "
	byeMsg   = "bye "
)

// members is what one worker knows about the other workers of its queue.
type members struct {
	link    *link
	subject string
	self    string
	patient bool                  // a change of rank is costly: keep the ranks while there are no other workers
	every   time.Duration         // from one announcement to the next
	rank    func(group, rank int) // called with the rank of self in each group when it may have changed

	mu       sync.Mutex
	lastSeen map[string]time.Time // by worker
	changed  chan struct{}
}

// join makes worker a member of queue until ctx ends. It calls rank for each group whenever ranks may have changed.
func (s *Store) join(ctx context.Context, queue, worker string, rank func(group, rank int)) error {
	m := &members{
		link:     s.link,
		subject:  s.name.members(queue),
		self:     worker,
		patient:  s.opt.InProcess != nil,
		every:    cmp.Or(s.opt.AnnounceEvery, announceInterval),
		rank:     rank,
		lastSeen: map[string]time.Time{},
		changed:  make(chan struct{}, 1),
	}
	leave, err := s.link.subscribe(m.subject, m.onMessage)
	if err != nil {
		return fmt.Errorf("join queue %q: %w", queue, err)
	}
	m.announce(helloMsg)
	go m.run(ctx, leave)
	return nil
}

func (m *members) run(ctx context.Context, leave func()) {
	defer leave()
	settled := time.After(joinTime)
	announcements := time.NewTicker(m.every)
	defer announcements.Stop()
	for {
		select {
		case <-settled:
			settled = nil
			m.updateRanks()
		case <-announcements.C:
			m.announce(hereMsg)
			if m.removeSilent() {
				notify(m.changed)
			}
		case <-m.changed:
			if settled == nil {
				settled = time.After(settleTime)
			}
		case <-ctx.Done():
			m.announce(byeMsg)
			return
		case <-m.link.life.Done():
			return
		}
	}
}

func (m *members) announce(kind string) {
	// If the message is lost, the next announcement repeats it.
	_ = m.link.publish(&nats.Msg{Subject: m.subject, Data: []byte(kind + m.self)})
}

func (m *members) onMessage(msg *nats.Msg) {
	kind, worker := parseAnnouncement(string(msg.Data))
	if worker == "" || worker == m.self {
		return
	}
	if kind == helloMsg {
		m.announce(hereMsg)
	}
	if m.note(worker, kind != byeMsg) {
		notify(m.changed)
	}
}

func parseAnnouncement(s string) (kind, worker string) {
	for _, k := range []string{helloMsg, hereMsg, byeMsg} {
		if worker, ok := strings.CutPrefix(s, k); ok {
			return k, worker
		}
	}
	return "", ""
}

// note records whether worker is alive and reports whether that has changed.
func (m *members) note(worker string, alive bool) (changed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.lastSeen[worker]
	if alive {
		m.lastSeen[worker] = time.Now()
	} else {
		delete(m.lastSeen, worker)
	}
	return known != alive
}

// removeSilent removes the members that have not announced themselves in time, and reports whether there were any.
func (m *members) removeSilent() (removed bool) {
	timeout := time.Duration(silentIntervals * float64(m.every))
	m.mu.Lock()
	defer m.mu.Unlock()
	before := len(m.lastSeen)
	maps.DeleteFunc(m.lastSeen, func(_ string, at time.Time) bool { return time.Since(at) > timeout })
	return len(m.lastSeen) < before
}

// updateRanks calls rank for each group.
func (m *members) updateRanks() {
	m.mu.Lock()
	others := slices.Collect(maps.Keys(m.lastSeen))
	m.mu.Unlock()
	if m.patient && len(others) == 0 {
		return
	}
	for g := range groups {
		m.rank(g, rankOf(m.self, others, g))
	}
}

// rankOf returns how many other workers have a higher weight than self in a group. Weights are hashes of worker and group
// (rendezvous hashing), so a worker that joins or leaves does not move a group between two others.
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
	// The last byte, which is the group, affects only the low bits of an FNV hash. Mix it into all bits.
	x ^= x >> 33
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	x *= 0xc4ceb9fe1a85ec53
	return x ^ x>>33
}
