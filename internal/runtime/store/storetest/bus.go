// Requirements of the bus: fan-out, requests, and subscribers that have gone.

package storetest

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
)

var bus = []requirement{
	{name: "every subscriber of a topic gets what is published", test: busFansOut},
	{name: "a message reaches its topic only", test: busTopics},
	{name: "a subscriber gets nothing after stop", test: busStops},
	{name: "publishing without subscribers succeeds", test: busNoSubscriber},
	{name: "a request gets the first answer", test: busAnswers},
	{name: "a request without an answer fails with ErrNotFound", test: busNoAnswer},
	{name: "each request gets its own answer", test: busRequests},
	{name: "a subscription ends with its connection", test: busClosed},
	{name: "a topic may contain the longest workflow id and a prefix", test: busLongTopics},
}

// subscribe collects the messages on topic that arrive through s.
func (t *T) subscribe(s store.Store, topic string) (c calls[string], stop func()) {
	t.Helper()
	c = newCalls[string]()
	stop, err := s.Subscribe(topic, func(data []byte) []byte {
		c.handle(string(data))
		return nil
	})
	t.ok(err)
	return c, stop
}

func (t *T) expect(c calls[string], want string) {
	t.Helper()
	if got := c.next(t).got; got != want {
		t.Errorf("the subscriber got %q, want %q", got, want)
	}
}

func busFansOut(t *T) {
	other := t.open()
	here, _ := t.subscribe(t.Store, "news")
	hereToo, _ := t.subscribe(t.Store, "news")
	there, _ := t.subscribe(other, "news")
	for _, publisher := range []store.Store{t.Store, other, t.open()} {
		t.ok(publisher.Publish("news", []byte("hello")))
		t.expect(here, "hello")
		t.expect(hereToo, "hello")
		t.expect(there, "hello")
	}
}

func busTopics(t *T) {
	news, _ := t.subscribe(t.open(), "news")
	sports, _ := t.subscribe(t.open(), "sports")
	t.ok(t.Publish("sports", []byte("1:0")))
	t.ok(t.Publish("news", []byte("hello")))
	t.expect(news, "hello")
	t.expect(sports, "1:0")
}

func busStops(t *T) {
	s := t.open()
	c, stop := t.subscribe(s, "news")
	other, _ := t.subscribe(s, "news")
	t.ok(t.Publish("news", []byte("before")))
	t.expect(c, "before")
	t.expect(other, "before")
	stop()
	stop()
	t.ok(t.Publish("news", []byte("after")))
	t.expect(other, "after")
	c.none(t, 100*time.Millisecond)
}

func busNoSubscriber(t *T) { t.ok(t.Publish("news", []byte("hello"))) }

func busAnswers(t *T) {
	t.subscribe(t.open(), "question") // does not answer
	_, err := t.open().Subscribe("question", func(data []byte) []byte { return append([]byte("answer to "), data...) })
	t.ok(err)
	got, err := t.Request(t.ctx, "question", []byte("q"))
	t.ok(err)
	if string(got) != "answer to q" {
		t.Errorf("answered %q", got)
	}
}

func busNoAnswer(t *T) {
	ask := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.ctx, 300*time.Millisecond)
		defer cancel()
		_, err := t.Request(ctx, "question", []byte("q"))
		t.is(err, store.ErrNotFound)
	}
	ask()
	c, _ := t.subscribe(t.open(), "question")
	ask()
	t.expect(c, "q")
}

func busRequests(t *T) {
	for range 2 {
		_, err := t.open().Subscribe("echo", func(data []byte) []byte {
			return data
		})
		t.ok(err)
	}
	together(50, func(i int) {
		want := fmt.Appendf(nil, "request %d", i)
		switch got, err := t.Request(t.ctx, "echo", want); {
		case err != nil:
			t.Errorf("request %d: %v", i, err)
		case !bytes.Equal(got, want):
			t.Errorf("request %d was answered %q", i, got)
		}
	})
}

func busClosed(t *T) {
	s := t.open()
	c, stop := t.subscribe(s, "news")
	other, _ := t.subscribe(t.open(), "news")
	t.ok(s.Close())
	t.ok(t.Publish("news", []byte("hello")))
	t.expect(other, "hello")
	c.none(t, 100*time.Millisecond)
	stop()
}

func busLongTopics(t *T) {
	for _, c := range []string{"n", "."} {
		topic := "closed." + strings.Repeat(c, 255)
		news, _ := t.subscribe(t.open(), topic)
		t.ok(t.Publish(topic, []byte("hello")))
		t.expect(news, "hello")
	}
}
