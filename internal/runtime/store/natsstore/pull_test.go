package natsstore_test

// Workers that are suspended, or whose network stalls, and workers that come. The connections are TCP connections.

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// stalling is a dialer whose connections can stall: what the server sends arrives when they go on.
type stalling struct {
	mu    sync.Mutex
	going chan struct{} // closed while the connections do not stall
	conns []net.Conn
}

func newStalling() *stalling {
	s := &stalling{going: make(chan struct{})}
	close(s.going)
	return s
}

func (s *stalling) Dial(network, address string) (net.Conn, error) {
	c, err := net.Dial(network, address)
	sc := &stallingConn{c, s, make(chan []byte, 10_000)}
	go sc.send()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns = append(s.conns, c)
	return sc, err
}

// cut closes the connections.
func (s *stalling) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
}

func (s *stalling) stall() (goOn func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.going = make(chan struct{})
	return func() { close(s.going) }
}

func (s *stalling) wait() {
	s.mu.Lock()
	going := s.going
	s.mu.Unlock()
	<-going
}

type stallingConn struct {
	net.Conn
	dialer *stalling
	sent   chan []byte
}

func (c *stallingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.dialer.wait()
	return n, err
}

// Write does not wait: the operating system has buffers.
func (c *stallingConn) Write(p []byte) (int, error) {
	c.sent <- bytes.Clone(p)
	return len(p), nil
}

func (c *stallingConn) send() {
	for p := range c.sent {
		c.dialer.wait()
		if _, err := c.Conn.Write(p); err != nil {
			return
		}
	}
}

// overTCP returns a function that connects to a server over TCP.
func overTCP(t *testing.T) func(d *stalling) *natsstore.Store {
	server := serve(t, embed.Options{Dir: t.TempDir(), Port: embed.RandomPort})
	return func(d *stalling) *natsstore.Store {
		s := connect(t, natsstore.Options{URL: server.URL(), Logger: quiet, NATS: []nats.Option{nats.SetCustomDialer(d)}})
		t.Cleanup(func() { s.Close() })
		return s
	}
}

// arrival is a delivery to one of several workers.
type arrival struct {
	worker string
	store.Wakeup
}

// arrivals receives wake-ups of a queue in a worker, and acknowledges them.
func arrivals(t *testing.T, s store.Store, worker string, to chan<- arrival) {
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: worker, Handler: func(w store.Wakeup) {
		w.Ack()
		to <- arrival{worker, w}
	}}))
}

// ids are workflow ids of all groups.
func ids() (ids []string) {
	for i := range 64 {
		ids = append(ids, fmt.Sprint("w", i))
	}
	return ids
}

// A worker whose network stalls loses its groups within seconds, and takes nothing that was delivered to it before.
func TestStalledWorkerLosesItsGroupsWithinSeconds(t *testing.T) {
	t.Parallel()
	open, dialer := overTCP(t), newStalling()
	from := make(chan arrival, 1000)
	sender := open(newStalling())
	arrivals(t, open(dialer), "stalled", from)
	time.Sleep(500 * time.Millisecond)
	arrivals(t, open(newStalling()), "healthy", from)
	time.Sleep(7 * time.Second) // until both have their ranks

	goOn := dialer.stall()
	time.Sleep(100 * time.Millisecond)
	stalled := time.Now()
	for _, id := range ids() {
		must(t, sender.Send(t.Context(), store.Message{Queue: "q", ID: id}))
	}
	for range ids() {
		a := receive(t, from)
		if a.worker != "healthy" {
			t.Fatalf("%s was delivered to the stalled worker", a.ID)
		}
	}
	if took := time.Since(stalled); took > store.AckWait+4*time.Second {
		t.Errorf("the messages to the stalled worker were delivered to the other one after %v", took)
	}
	goOn()
	select {
	case a := <-from:
		t.Errorf("%s was delivered to %s after it was acknowledged", a.ID, a.worker)
	case <-time.After(2 * time.Second):
	}
}

// While a worker joins, no message of a group is delivered to its old owner after the new one got one: that would have both of
// them run the same workflows.
func TestGroupsChangeHandsOnce(t *testing.T) {
	t.Parallel()
	open := overTCP(t)
	from := make(chan arrival, 10_000)
	sender := open(newStalling())
	arrivals(t, open(newStalling()), "old", from)
	time.Sleep(4 * time.Second)
	arrivals(t, open(newStalling()), "new", from)
	ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
	defer cancel()
	for ctx.Err() == nil {
		for _, id := range ids() {
			must(t, sender.Send(t.Context(), store.Message{Queue: "q", ID: id}))
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(time.Second)
	moved := map[string]bool{}
	returned := 0
	for range len(from) {
		a := <-from
		if a.worker == "old" && moved[a.ID] {
			returned++
		}
		moved[a.ID] = moved[a.ID] || a.worker == "new"
	}
	if returned > 0 {
		t.Errorf("%d messages were delivered to the old owner after the new one had got some", returned)
	}
	if !slices.Contains(slices.Collect(maps.Values(moved)), true) {
		t.Error("the new worker has got nothing")
	}
}

// What has arrived before or during a suspension is not handled and not answered: another worker may have it.
func TestDeliveriesFromBeforeASuspensionAreIgnored(t *testing.T) {
	t.Parallel()
	s := overTCP(t)(newStalling())
	tasks, wakeups := make(chan store.TaskDelivery, 10), make(chan store.Wakeup, 10)
	must(t, s.ReceiveTasks(t.Context(), store.TaskOptions{Queue: "q", Worker: "a", Slots: 2, Handler: func(d store.TaskDelivery) { tasks <- d }}))
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { wakeups <- w }}))
	s.Suspend(time.Minute)
	must(t, s.EnqueueTask(t.Context(), store.Task{Queue: "q", ID: "w", RunID: "r", Op: "1"}))
	must(t, s.Send(t.Context(), store.Message{Queue: "q", ID: "w"}))
	deadline := time.After(store.AckWait + 10*time.Second)
	for range 2 {
		select {
		case d := <-tasks:
			d.Ack()
			if d.Delivered != 2 {
				t.Errorf("delivery %d of the task was handled, want only the second", d.Delivered)
			}
		case w := <-wakeups:
			w.Ack()
			if w.Delivered != 2 || time.Since(w.Received) > time.Second {
				t.Errorf("delivery %d of the message was handled, received %v ago; want only the second", w.Delivered, time.Since(w.Received))
			}
		case <-deadline:
			t.Fatal("what was ignored is not delivered again")
		}
	}
}

// A connection that is lost while a subscription is made does not make that fail: the client library subscribes again.
func TestSubscriptionSurvivesACut(t *testing.T) {
	t.Parallel()
	open, dialer := overTCP(t), newStalling()
	s, other := open(dialer), open(newStalling())
	goOn := dialer.stall()
	subscribed := make(chan error, 1)
	go func() {
		_, err := s.Subscribe("news", func([]byte) []byte { return []byte("yes") })
		subscribed <- err
	}()
	time.Sleep(200 * time.Millisecond) // the subscription waits for the server
	dialer.cut()
	goOn()
	must(t, receive(t, subscribed))
	for deadline := time.Now().Add(20 * time.Second); ; {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		_, err := other.Request(ctx, "news", nil)
		cancel()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}
