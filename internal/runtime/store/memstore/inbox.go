package memstore

// The inbox: what was sent to workflows, by address and in line for delivery.

import (
	"context"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// dedupWindow is how long a DedupID is remembered.
const dedupWindow = 2 * time.Minute

// inbox is what waits for workflows.
type inbox struct {
	messages map[address][]*message // oldest first
	lines    map[lineName]*line
	seen     map[string]kept[struct{}] // dedup ids
	seenIDs  []string                  // the keys of seen, oldest first
}

// address is where a workflow's messages go.
type address struct{ queue, id string }

func newInbox() inbox {
	return inbox{
		messages: map[address][]*message{},
		lines:    map[lineName]*line{},
		seen:     map[string]kept[struct{}]{},
	}
}

// letter is what the messages of the inbox carry: a message of a client, or an alarm that came due.
type letter struct {
	store.Message
	start, timer bool
}

// Send stores m.
func (s *Store) Send(ctx context.Context, m store.Message) error {
	if err := s.enter(ctx, m.Data); err != nil {
		return err
	}
	defer s.leave()
	if s.inbox.firstSight(m.DedupID) {
		s.post(letter{Message: m})
	}
	return nil
}

// SendStart stores m as the one pending start of its workflow id.
func (s *Store) SendStart(ctx context.Context, m store.Message) error {
	if err := s.enter(ctx, m.Data); err != nil {
		return err
	}
	defer s.leave()
	if other := s.inbox.pendingStart(m.Queue, m.ID); other != nil {
		if other.DedupID == m.DedupID {
			return nil
		}
		return &store.PendingStartError{ID: m.ID, Data: copyOf(other.Data)}
	}
	if s.inbox.firstSight(m.DedupID) {
		s.post(letter{Message: m, start: true})
	}
	return nil
}

// Pending returns what waits for workflow id on queue, oldest first, delivered or not.
func (s *Store) Pending(ctx context.Context, queue, id string) ([]store.Pending, error) {
	if err := s.enter(ctx, nil); err != nil {
		return nil, err
	}
	defer s.leave()
	var waiting []store.Pending
	for _, m := range s.inbox.messages[address{queue, id}] {
		l := m.payload.(letter)
		waiting = append(waiting, store.Pending{Seq: m.seq, Start: l.start, Data: copyOf(l.Data)})
	}
	return waiting, nil
}

// post puts a letter into the inbox and its line. A fired timer goes to the line only: it is news, not a message.
func (s *Server) post(l letter) {
	l.Data = copyOf(l.Data)
	m := &message{seq: s.nextSeq(), payload: l, forget: func() {}}
	if !l.timer {
		s.inbox.file(address{l.Queue, l.ID}, m)
	}
	s.inbox.line(l.Queue, groupOf(l.ID)).add(s, m)
}

// file keeps m under its address until it is acknowledged.
func (i *inbox) file(to address, m *message) {
	i.messages[to] = append(i.messages[to], m)
	m.forget = func() {
		i.messages[to] = slices.DeleteFunc(i.messages[to], func(other *message) bool { return other == m })
		if len(i.messages[to]) == 0 {
			delete(i.messages, to)
		}
	}
}

// pendingStart returns the start that waits for workflow id on queue, nil if there is none.
func (i *inbox) pendingStart(queue, id string) *letter {
	for _, m := range i.messages[address{queue, id}] {
		if l := m.payload.(letter); l.start {
			return &l
		}
	}
	return nil
}

// firstSight remembers id and reports whether it was unknown. An empty id is always unknown.
func (i *inbox) firstSight(id string) bool {
	if id == "" {
		return true
	}
	for len(i.seenIDs) > 0 && i.seen[i.seenIDs[0]].gone() {
		delete(i.seen, i.seenIDs[0])
		i.seenIDs = i.seenIDs[1:]
	}
	if _, known := i.seen[id]; known {
		return false
	}
	i.seen[id] = keep(struct{}{}, dedupWindow)
	i.seenIDs = append(i.seenIDs, id)
	return true
}
