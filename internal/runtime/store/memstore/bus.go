package memstore

// The bus: news among the living, stored nowhere.

import (
	"context"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// unread is how many messages a subscriber may lag behind; it misses what exceeds them.
const unread = 8192

// subscription is one listener of a topic.
type subscription struct {
	ctx      context.Context
	fn       func([]byte) []byte
	messages chan busMessage
}

// busMessage is one piece of news; answers is nil unless it is a request.
type busMessage struct {
	data    []byte
	answers chan []byte
}

// Publish sends data to every subscriber of topic.
func (s *Store) Publish(topic string, data []byte) error {
	_, err := s.publish(context.Background(), topic, busMessage{data: data})
	return err
}

// Subscribe calls fn for each message on topic until stop is called.
func (s *Store) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	if err := s.enter(context.Background(), nil); err != nil {
		return nil, err
	}
	defer s.leave()
	ctx, stop := context.WithCancel(s.life)
	sub := &subscription{ctx: ctx, fn: fn, messages: make(chan busMessage, unread)}
	s.topics[topic] = append(s.topics[topic], sub)
	context.AfterFunc(ctx, func() { s.unsubscribe(topic, sub) })
	go sub.run()
	return stop, nil
}

// Request publishes data and returns the first answer.
func (s *Store) Request(ctx context.Context, topic string, data []byte) ([]byte, error) {
	answers := make(chan []byte, 1)
	listeners, err := s.publish(ctx, topic, busMessage{data, answers})
	if err != nil {
		return nil, err
	}
	if listeners > 0 {
		select {
		case answer := <-answers:
			return answer, nil
		case <-s.life.Done():
			return nil, store.ErrClosed
		case <-ctx.Done():
		}
	}
	return nil, fmt.Errorf("nobody answers on %q: %w", topic, store.ErrNotFound)
}

// publish returns how many subscribers there are.
func (s *Store) publish(ctx context.Context, topic string, m busMessage) (listeners int, err error) {
	if err := s.enter(ctx, m.data); err != nil {
		return 0, err
	}
	defer s.leave()
	for _, sub := range s.topics[topic] {
		if sub.ctx.Err() == nil {
			listeners++
			sub.put(busMessage{copyOf(m.data), m.answers})
		}
	}
	return listeners, nil
}

func (s *Server) unsubscribe(topic string, sub *subscription) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.topics[topic] = slices.DeleteFunc(s.topics[topic], func(other *subscription) bool { return other == sub })
	if len(s.topics[topic]) == 0 {
		delete(s.topics, topic)
	}
}

func (sub *subscription) put(m busMessage) {
	select {
	case sub.messages <- m:
	default:
	}
}

func (sub *subscription) run() {
	for {
		select {
		case <-sub.ctx.Done():
			return
		case m := <-sub.messages:
			if sub.ctx.Err() == nil {
				m.answer(sub.fn(m.data))
			}
		}
	}
}

// answer gives the answer to whoever asked, if it is the first one.
func (m busMessage) answer(data []byte) {
	if data == nil || m.answers == nil {
		return
	}
	select {
	case m.answers <- data:
	default:
	}
}
