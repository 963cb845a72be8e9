// The inbox: messages sent to workflows. Each workflow has one subject for starts, one for what clients send to a run, and one
// for outcomes of activities, so that each can be permitted by itself.

package natsstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Send implements store.Inbox.
func (s *Store) Send(ctx context.Context, m store.Message) error {
	if err := s.checkMessage(m); err != nil {
		return err
	}
	h := header()
	setMsgID(h, m)
	msg := &nats.Msg{Subject: s.name.inbox(m.Queue, m.ID, controlToken), Header: h, Data: m.Data}
	if m.Outcome {
		msg.Subject = s.name.inbox(m.Queue, m.ID, outcomeToken)
	}
	a, err := s.shard(m.ID).inbox.write(ctx, msg)
	if err == nil && a.Duplicate && m.Outcome && !s.isStored(ctx, m.ID, a.Seq, msg) {
		delete(h, headerMsgID)
		_, err = s.shard(m.ID).inbox.write(ctx, msg)
	}
	if err != nil {
		return fmt.Errorf("send to workflow %q: %w", m.ID, err)
	}
	return nil
}

// isStored reports whether msg is the message with sequence seq in the inbox. Another one may have the same id: a client chooses the ids of
// its messages, and must not be able to keep an outcome out of the inbox.
func (s *Store) isStored(ctx context.Context, id string, seq uint64, msg *nats.Msg) bool {
	stored, err := s.reader(s.shard(id).inbox).fresh(ctx, getRequest{Seq: seq})
	return err == nil && stored.Subject == msg.Subject && bytes.Equal(stored.Data, msg.Data)
}

// SendStart implements store.Inbox. It does not see a pending start on another queue; the journal lets only one of the
// two open a run.
func (s *Store) SendStart(ctx context.Context, m store.Message) error {
	if err := s.checkMessage(m); err != nil {
		return err
	}
	h := header(headerExpectedSeq, seqString(m.Behind))
	setMsgID(h, m)
	subject := s.name.inbox(m.Queue, m.ID, startToken)
	for {
		_, err := s.shard(m.ID).inbox.write(ctx, &nats.Msg{Subject: subject, Header: h, Data: m.Data})
		if isConflict(err) {
			err = s.pendingStart(ctx, subject, m)
		}
		switch {
		case errors.Is(err, store.ErrNotFound): // the pending start was acknowledged after the conflict, or that which m.Behind names
			h.Set(headerExpectedSeq, seqString(0))
			continue
		case err != nil:
			return fmt.Errorf("start workflow %q: %w", m.ID, err)
		}
		return nil
	}
}

// pendingStart returns a *store.PendingStartError, or nil if the pending start is m itself.
func (s *Store) pendingStart(ctx context.Context, subject string, m store.Message) error {
	pending, err := s.reader(s.shard(m.ID).inbox).last(ctx, subject)
	switch {
	case err != nil:
		return err
	case m.DedupID != "" && pending.Header.Get(headerMsgID) == msgID(m):
		return nil
	}
	return &store.PendingStartError{ID: m.ID, Seq: pending.Seq, Data: pending.Data}
}

func (s *Store) checkMessage(m store.Message) error {
	if err := checkAddress(m.Queue, m.ID); err != nil {
		return err
	}
	return s.checkSize(m.Data)
}

// msgID returns the id by which the server detects repetitions: the DedupID within that of the workflow.
func msgID(m store.Message) string { return token(m.ID) + "." + token(m.DedupID) }

func setMsgID(h nats.Header, m store.Message) {
	if m.DedupID != "" {
		h[headerMsgID] = []string{msgID(m)}
	}
}

// Pending implements store.Inbox.
func (s *Store) Pending(ctx context.Context, queue, id string) ([]store.Pending, error) {
	return s.waiting(ctx, queue, id, "*")
}

// Requests implements store.Inbox. The server finds the messages of one subject without looking at others.
func (s *Store) Requests(ctx context.Context, queue, id string) ([]store.Pending, error) {
	return s.waiting(ctx, queue, id, controlToken)
}

// waiting returns the messages to a workflow id whose subjects end in a token.
func (s *Store) waiting(ctx context.Context, queue, id, token string) ([]store.Pending, error) {
	if err := checkAddress(queue, id); err != nil {
		return nil, err
	}
	inbox := s.reader(s.shard(id).inbox)
	var all []store.Pending
	for m, err := range inbox.allFresh(ctx, s.name.inbox(queue, id, token), 0) {
		if err != nil {
			return nil, fmt.Errorf("read pending messages of workflow %q: %w", id, err)
		}
		last := m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]
		all = append(all, store.Pending{Seq: m.Seq, Time: m.Time, Start: last == startToken, Outcome: last == outcomeToken, Data: m.Data})
	}
	return all, nil
}

// PendingStarts implements store.Inbox.
func (s *Store) PendingStarts(ctx context.Context, id string, yield func(store.PendingStart) bool) error {
	var found []iter.Seq2[message, error]
	if id != "" {
		if err := checkID(id); err != nil {
			return err
		}
		found = append(found, newestFirst(s.reader(s.shard(id).inbox).allFresh(ctx, s.name.startsOf(id), 0)))
	} else {
		for _, sh := range s.shards {
			found = append(found, s.reader(sh.inbox).newestFirst(ctx, s.name.startsOf("")))
		}
	}
	for m, err := range merge(found, newer) {
		if err != nil {
			return fmt.Errorf("read pending starts: %w", err)
		}
		queue, id, _, err := s.name.parseInbox(m.Subject)
		if err != nil {
			s.log.Debug("ignored a message that is not a start", "seq", m.Seq, "error", err)
			continue
		}
		if !yield(store.PendingStart{Queue: queue, ID: id, Time: m.Time, Data: m.Data}) {
			return nil
		}
	}
	return nil
}

// newestFirst reverses messages, of which there are few. An error ends them.
func newestFirst(messages iter.Seq2[message, error]) iter.Seq2[message, error] {
	return func(yield func(message, error) bool) {
		var all []message
		for m, err := range messages {
			if err != nil {
				yield(message{}, err)
				return
			}
			all = append(all, m)
		}
		for _, m := range slices.Backward(all) {
			if !yield(m, nil) {
				return
			}
		}
	}
}

// Expects implements store.Store.
func (s *Store) Expects(ctx context.Context, id string) (bool, error) {
	if err := checkID(id); err != nil {
		return false, err
	}
	sh := s.shard(id)
	slot, id := slotOf(id).String(), token(id)
	for _, where := range []struct {
		in      *stream
		subject string
	}{
		{sh.timers, s.name.subject("t", slot, id, "*")},
		{sh.tasks, s.name.subject("a", "*", slot, id, "*", "*")},
		{sh.inbox, s.name.subject("i", slot, "*", id, "*")},
		{sh.timers, s.name.subject("f", slot, "*", id)},
	} {
		_, err := s.reader(where.in).last(ctx, where.subject)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return err == nil, err
		}
	}
	return false, nil
}

// wakeup parses a delivery from the inbox or the timers.
func (s *Store) wakeup(m *nats.Msg, d *delivery) (w store.Wakeup, err error) {
	w = store.Wakeup{Time: d.stored, Delivered: d.count, Settle: d}
	if strings.HasPrefix(m.Subject, s.name.subject("f", "")) {
		w.Timer = true
		w.Queue, w.ID, err = s.name.parseFired(m.Subject)
		return w, err
	}
	var last string
	w.Queue, w.ID, last, err = s.name.parseInbox(m.Subject)
	w.Start, w.Outcome, w.Seq, w.Data = last == startToken, last == outcomeToken, d.seq, m.Data
	return w, err
}
