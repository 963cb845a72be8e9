// The inbox: the messages sent to workflows, by workflow and in the queues they are delivered from.

package memstore

import (
	"bytes"
	"cmp"
	"context"
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// dedupWindow is how long a DedupID is remembered.
const dedupWindow = 2 * time.Minute

// groups is the number of groups that workflow ids are divided into. One worker at a time owns a group.
const groups = 8

// inbox implements store.Inbox.
type inbox struct {
	*conn
	pending *pending
}

// pending is the data of the inbox.
type pending struct {
	shared   *shared
	messages map[address][]*message[inboxMessage] // oldest first
	fired    map[address]int                      // timers that are not acknowledged
	queues   map[groupKey]*queue[inboxMessage]
	seen     map[string]expiring[struct{}] // DedupIDs
	seenIDs  []string                      // the keys of seen, oldest first
}

// address is the destination of a workflow's messages.
type address struct{ queue, id string }

// groupKey identifies one group of workflow ids on one task queue.
type groupKey struct {
	queue string
	group int
}

// inboxMessage is a message to a workflow, or a timer that fired.
type inboxMessage struct {
	store.Message
	sent         time.Time
	start, timer bool
}

func newPending(s *shared) *pending {
	return &pending{
		shared:   s,
		messages: map[address][]*message[inboxMessage]{},
		fired:    map[address]int{},
		queues:   map[groupKey]*queue[inboxMessage]{},
		seen:     map[string]expiring[struct{}]{},
	}
}

// Send implements store.Inbox.
func (i inbox) Send(ctx context.Context, m store.Message) error {
	if err := i.lock(ctx, m.Data); err != nil {
		return err
	}
	defer i.unlock()
	if i.pending.isNew(m.DedupID) {
		i.pending.post(inboxMessage{Message: m})
	}
	return nil
}

// SendStart implements store.Inbox.
func (i inbox) SendStart(ctx context.Context, m store.Message) error {
	if err := i.lock(ctx, m.Data); err != nil {
		return err
	}
	defer i.unlock()
	if other, seq, ok := i.pending.start(m.Queue, m.ID); ok && seq != m.Behind {
		if other.DedupID == m.DedupID {
			return nil
		}
		return &store.PendingStartError{ID: m.ID, Seq: seq, Data: bytes.Clone(other.Data)}
	}
	if i.pending.isNew(m.DedupID) {
		i.pending.post(inboxMessage{Message: m, start: true})
	}
	return nil
}

// Pending implements store.Inbox.
func (i inbox) Pending(ctx context.Context, queue, id string) ([]store.Pending, error) {
	if err := i.lock(ctx, nil); err != nil {
		return nil, err
	}
	defer i.unlock()
	var waiting []store.Pending
	for _, m := range i.pending.messages[address{queue, id}] {
		waiting = append(waiting, store.Pending{
			Seq: m.seq, Time: m.payload.sent, Start: m.payload.start, Outcome: m.payload.Outcome, Data: bytes.Clone(m.payload.Data),
		})
	}
	return waiting, nil
}

// Requests implements store.Inbox.
func (i inbox) Requests(ctx context.Context, queue, id string) ([]store.Pending, error) {
	waiting, err := i.Pending(ctx, queue, id)
	return slices.DeleteFunc(waiting, func(p store.Pending) bool { return p.Start || p.Outcome }), err
}

// PendingStarts implements store.Inbox.
func (i inbox) PendingStarts(ctx context.Context, id string, yield func(store.PendingStart) bool) error {
	if err := i.lock(ctx, nil); err != nil {
		return err
	}
	var found []*message[inboxMessage]
	for to, messages := range i.pending.messages {
		for _, m := range messages {
			if m.payload.start && (id == "" || id == to.id) {
				found = append(found, m)
			}
		}
	}
	i.unlock()
	slices.SortFunc(found, func(a, b *message[inboxMessage]) int { return cmp.Compare(b.seq, a.seq) })
	for _, m := range found {
		p := m.payload
		if !yield(store.PendingStart{Queue: p.Queue, ID: p.ID, Time: p.sent, Data: bytes.Clone(p.Data)}) {
			break
		}
	}
	return nil
}

// holds reports whether there is a message to workflow id, or a timer that fired. The lock is held.
func (p *pending) holds(id string) bool {
	for to := range p.messages {
		if to.id == id {
			return true
		}
	}
	return slices.ContainsFunc(slices.Collect(maps.Keys(p.fired)), func(to address) bool { return to.id == id })
}

// post queues m for delivery, and lists it as pending until it is acknowledged. The lock is held.
func (p *pending) post(m inboxMessage) {
	m.Data, m.sent = bytes.Clone(m.Data), time.Now()
	to := address{m.Queue, m.ID}
	var queued *message[inboxMessage]
	queued = p.queue(m.Queue, groupOf(m.ID)).add(m, func() {
		p.messages[to] = slices.DeleteFunc(p.messages[to], func(other *message[inboxMessage]) bool { return other == queued })
		if len(p.messages[to]) == 0 {
			delete(p.messages, to)
		}
	})
	p.messages[to] = append(p.messages[to], queued)
}

// postTimer queues the wake-up of a timer that fired. It is not listed as pending. The lock is held.
func (p *pending) postTimer(queue, id string) {
	m := inboxMessage{Message: store.Message{Queue: queue, ID: id}, sent: time.Now(), timer: true}
	to := address{queue, id}
	p.fired[to]++
	p.queue(queue, groupOf(id)).add(m, func() {
		if p.fired[to]--; p.fired[to] == 0 {
			delete(p.fired, to)
		}
	})
}

// queue returns the queue of a group.
func (p *pending) queue(name string, group int) *queue[inboxMessage] {
	key := groupKey{name, group}
	if p.queues[key] == nil {
		p.queues[key] = &queue[inboxMessage]{shared: p.shared}
	}
	return p.queues[key]
}

// start returns the pending start of workflow id on queue.
func (p *pending) start(queue, id string) (m inboxMessage, seq store.Seq, found bool) {
	for _, m := range slices.Backward(p.messages[address{queue, id}]) {
		if m.payload.start {
			return m.payload, m.seq, true
		}
	}
	return inboxMessage{}, 0, false
}

// isNew remembers a DedupID and reports whether it was unknown. An empty one is always new.
func (p *pending) isNew(id string) bool {
	if id == "" {
		return true
	}
	for len(p.seenIDs) > 0 && p.seen[p.seenIDs[0]].expired() {
		delete(p.seen, p.seenIDs[0])
		p.seenIDs = p.seenIDs[1:]
	}
	if _, known := p.seen[id]; known {
		return false
	}
	p.seen[id] = expireAfter(struct{}{}, dedupWindow)
	p.seenIDs = append(p.seenIDs, id)
	return true
}

func groupOf(id string) int { return int(hash(id) % groups) }

func hash(parts ...string) uint64 {
	h := fnv.New64a()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum64()
}
