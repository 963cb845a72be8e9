// The bus: messages between running processes, over plain NATS.

package natsstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Publish implements store.Bus.
func (s *Store) Publish(topic string, data []byte) error {
	if err := checkTopic(topic); err != nil {
		return err
	}
	if err := s.link.publish(&nats.Msg{Subject: s.name.topic(topic), Data: data}); err != nil {
		return fmt.Errorf("publish on topic %q: %w", topic, err)
	}
	return nil
}

// Subscribe implements store.Bus.
func (s *Store) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	if err := checkTopic(topic); err != nil {
		return nil, err
	}
	stop, err = s.link.subscribe(s.name.topic(topic), func(m *nats.Msg) {
		if answer := fn(m.Data); answer != nil && m.Reply != "" {
			_ = m.Respond(answer)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("subscribe to topic %q: %w", topic, err)
	}
	return stop, nil
}

// Request implements store.Bus.
func (s *Store) Request(ctx context.Context, topic string, data []byte) ([]byte, error) {
	if err := checkTopic(topic); err != nil {
		return nil, err
	}
	if _, err := s.link.await(ctx); err != nil {
		return nil, err
	}
	reply, err := s.link.nc.RequestMsgWithContext(ctx, &nats.Msg{Subject: s.name.topic(topic), Data: data})
	switch {
	case err == nil:
		return reply.Data, nil
	case errors.Is(err, nats.ErrNoResponders), ctx.Err() != nil:
		return nil, fmt.Errorf("request on topic %q: %w: no subscriber answered", topic, store.ErrNotFound)
	}
	return nil, fmt.Errorf("request on topic %q: %w", topic, s.link.unavailable(err))
}
