// The bus: messages between running processes, which are not stored.

package memstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

// subscriberBuffer is how many messages a subscriber may lag behind. It misses those beyond.
const subscriberBuffer = 8192

// bus implements store.Bus.
type bus struct {
	*conn
	topics map[string][]*subscription
}

// subscription is one subscriber of a topic.
type subscription struct {
	ctx      context.Context
	fn       func([]byte) []byte
	messages chan busMessage
}

// busMessage is one message on the bus. answers is nil unless it is a request.
type busMessage struct {
	data    []byte
	answers chan []byte
}

// Publish implements store.Bus.
func (b bus) Publish(topic string, data []byte) error {
	_, err := b.publish(context.Background(), topic, busMessage{data: data})
	return err
}

// Subscribe implements store.Bus.
func (b bus) Subscribe(topic string, fn func(data []byte) []byte) (stop func(), err error) {
	if err := b.lock(context.Background(), nil); err != nil {
		return nil, err
	}
	defer b.unlock()
	ctx, stop := context.WithCancel(b.life)
	sub := &subscription{ctx: ctx, fn: fn, messages: make(chan busMessage, subscriberBuffer)}
	b.topics[topic] = append(b.topics[topic], sub)
	context.AfterFunc(ctx, func() { b.unsubscribe(topic, sub) })
	go sub.run()
	return stop, nil
}

// Request implements store.Bus.
func (b bus) Request(ctx context.Context, topic string, data []byte) ([]byte, error) {
	answers := make(chan []byte, 1)
	subscribers, err := b.publish(ctx, topic, busMessage{data, answers})
	if err != nil {
		return nil, err
	}
	if subscribers > 0 {
		select {
		case answer := <-answers:
			return answer, nil
		case <-b.life.Done():
			return nil, store.ErrClosed
		case <-ctx.Done():
		}
	}
	return nil, fmt.Errorf("request on topic %q: %w: no subscriber answered", topic, store.ErrNotFound)
}

// publish sends m and returns the number of subscribers.
func (b bus) publish(ctx context.Context, topic string, m busMessage) (subscribers int, err error) {
	if err := b.lock(ctx, m.data); err != nil {
		return 0, err
	}
	defer b.unlock()
	for _, sub := range b.topics[topic] {
		if sub.ctx.Err() == nil {
			subscribers++
			sub.deliver(busMessage{bytes.Clone(m.data), m.answers})
		}
	}
	return subscribers, nil
}

func (b bus) unsubscribe(topic string, sub *subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.topics[topic] = slices.DeleteFunc(b.topics[topic], func(other *subscription) bool { return other == sub })
	if len(b.topics[topic]) == 0 {
		delete(b.topics, topic)
	}
}

func (sub *subscription) deliver(m busMessage) {
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

// answer sends the first answer to the requester.
func (m busMessage) answer(data []byte) {
	if data == nil || m.answers == nil {
		return
	}
	select {
	case m.answers <- data:
	default:
	}
}
