package natsstore_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// outages is a server that can be stopped and started, and whose connections can be cut.
type outages struct {
	t   testing.TB
	opt embed.Options

	mu     sync.Mutex
	server *embed.Server // nil while it is stopped
	conns  []net.Conn
}

func newOutages(t testing.TB) *outages {
	s := &outages{t: t, opt: embed.Options{Dir: t.TempDir()}}
	s.start()
	t.Cleanup(s.stop)
	return s
}

func (s *outages) start() {
	server, err := embed.Start(s.opt)
	if err != nil {
		s.t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
}

func (s *outages) stop() {
	s.mu.Lock()
	server := s.server
	s.server = nil
	s.mu.Unlock()
	if server != nil {
		server.Shutdown()
	}
}

// cut closes the connections. The server does not notice that its answers are lost.
func (s *outages) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
}

func (s *outages) InProcessConn() (net.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server == nil {
		return nil, errors.New("stopped")
	}
	c, err := s.server.InProcessConn()
	if err == nil {
		s.conns = append(s.conns, c)
	}
	return c, err
}

func (s *outages) connect() *natsstore.Store {
	store := connect(s.t, natsstore.Options{Namespace: "test", InProcess: s, Logger: quiet})
	s.t.Cleanup(func() { store.Close() })
	return store
}

func TestDataAndConsumersSurviveARestart(t *testing.T) {
	ctx := t.Context()
	server := newOutages(t)
	s := server.connect()
	wakeups, tasks := make(chan store.Wakeup, 10), make(chan store.TaskDelivery, 10)
	must(t, s.Receive(ctx, store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { wakeups <- w }}))
	must(t, s.ReceiveTasks(ctx, store.TaskOptions{Queue: "q", Slots: 2, Handler: func(d store.TaskDelivery) { tasks <- d }}))
	seq, err := s.Append(ctx, "w", 0, store.Record{RunID: "r", CommitID: "1", Data: []byte("first")})
	must(t, err)
	must(t, s.ScheduleTimer(ctx, "q", "w", time.Now().Add(time.Second)))

	server.stop()
	server.start()

	must(t, s.Send(ctx, store.Message{Queue: "q", ID: "w", Data: []byte("hi")}))
	must(t, s.EnqueueTask(ctx, store.Task{Queue: "q", ID: "w", RunID: "r", Op: "1"}))
	got := map[bool]store.Wakeup{}
	for range 2 {
		w := receive(t, wakeups)
		w.Ack()
		got[w.Timer] = w
	}
	if string(got[false].Data) != "hi" || got[true].ID != "w" {
		t.Errorf("wake-ups %+v, want the message and the timer", got)
	}
	receive(t, tasks).Ack()
	run, err := s.Load(ctx, "w")
	must(t, err)
	if len(run) != 1 || run[0].Seq != seq || string(run[0].Data) != "first" {
		t.Errorf("loaded %+v, want the record from before the restart", run)
	}
}

// Calls during an outage wait for its end, and then succeed.
func TestCallsWaitForTheEndOfAnOutage(t *testing.T) {
	ctx := t.Context()
	server := newOutages(t)
	s := server.connect()
	must(t, s.PutObject(ctx, "o", []byte("object")))
	server.stop()

	calls := map[string]func() error{
		"append": func() error { _, err := s.Append(ctx, "w", 0, store.Record{RunID: "r", CommitID: "1"}); return err },
		"send":   func() error { return s.Send(ctx, store.Message{Queue: "q", ID: "w"}) },
		"start":  func() error { return s.SendStart(ctx, store.Message{Queue: "q", ID: "w", DedupID: "1"}) },
		"task":   func() error { return s.EnqueueTask(ctx, store.Task{Queue: "q", ID: "w", RunID: "r", Op: "1"}) },
		"timer":  func() error { return s.ScheduleTimer(ctx, "q", "w", time.Now()) },
		"entry":  func() error { return s.PutEntry(ctx, store.Entry{ID: "w"}) },
		"object": func() error { _, err := s.GetObject(ctx, "o"); return err },
	}
	var wg sync.WaitGroup
	for name, call := range calls {
		wg.Go(func() {
			if err := call(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	server.start()
	wg.Wait()
	run, err := s.Load(ctx, "w")
	must(t, err)
	if len(run) != 1 {
		t.Errorf("%d records after one append", len(run))
	}
}

func TestCallsEndWithTheirContextDuringAnOutage(t *testing.T) {
	server := newOutages(t)
	s := server.connect()
	server.stop()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	for name, call := range map[string]func() error{
		"append": func() error { _, err := s.Append(ctx, "w", 0, store.Record{RunID: "r"}); return err },
		"load":   func() error { _, err := s.Load(ctx, "w"); return err },
		"send":   func() error { return s.Send(ctx, store.Message{Queue: "q", ID: "w"}) },
		"object": func() error { return s.PutObject(ctx, "o", nil) },
	} {
		if err := call(); !errors.Is(err, store.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v, want ErrUnavailable and DeadlineExceeded", name, err)
		}
	}
}

// Writers append while their connection is cut again and again. A lost acknowledgement must neither make an append fail nor
// duplicate it.
func TestAppendsSurviveLostAcknowledgements(t *testing.T) {
	const writers, records = 20, 30
	server := newOutages(t)
	s := server.connect()
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() { appendRun(t, s, fmt.Sprint("w", w), records) })
		}
		wg.Wait()
	}()
	cuts := time.NewTicker(15 * time.Millisecond)
	defer cuts.Stop()
	for cutting := true; cutting; {
		select {
		case <-cuts.C:
			server.cut()
		case <-done:
			cutting = false
		}
	}
	for w := range writers {
		checkRun(t, s, fmt.Sprint("w", w), records)
	}
}

// appendRun appends n records without another writer, so that no append may conflict.
func appendRun(t *testing.T, s store.Store, id string, n int) {
	var first, prev store.Seq
	for i := range n {
		seq, err := s.Append(t.Context(), id, prev, store.Record{RunID: "r", CommitID: id + strconv.Itoa(i), First: first, Data: []byte(strconv.Itoa(i))})
		if err != nil {
			t.Errorf("append %d to %s: %v", i, id, err)
			return
		}
		if prev = seq; first == 0 {
			first = seq
		}
	}
}

func checkRun(t *testing.T, s store.Store, id string, n int) {
	t.Helper()
	run, err := s.Load(t.Context(), id)
	if err != nil || len(run) != n {
		t.Errorf("loaded %d records of %s, want %d (%v)", len(run), id, n, err)
		return
	}
	for i, rec := range run {
		if string(rec.Data) != strconv.Itoa(i) {
			t.Errorf("record %d of %s holds %s", i, id, rec.Data)
		}
	}
}

// Wake-ups that are lost with a connection are delivered again.
func TestReceiveSurvivesCuts(t *testing.T) {
	const n = 200
	server := newOutages(t)
	s := server.connect()
	all := make(chan struct{})
	var mu sync.Mutex
	seen := map[string]bool{}
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) {
		w.Ack()
		mu.Lock()
		defer mu.Unlock()
		if seen[string(w.Data)] = true; len(seen) == n {
			select {
			case <-all:
			default:
				close(all)
			}
		}
	}}))
	for i := range n {
		must(t, s.Send(t.Context(), store.Message{Queue: "q", ID: fmt.Sprint("w", i%7), DedupID: strconv.Itoa(i), Data: []byte(strconv.Itoa(i))}))
		if i%20 == 19 {
			server.cut()
		}
	}
	select {
	case <-all:
	case <-time.After(30 * time.Second):
		t.Fatalf("%d of %d messages arrived", len(seen), n)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func receive[V any](t testing.TB, from <-chan V) (v V) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing arrived")
	}
	return v
}
