package natsstore_test

// Messages on the subjects of the store that the store did not write. They must not stop it.

import (
	"bufio"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/embed"
)

// dial opens a connection that the store does not use.
func dial(t testing.TB, server *embed.Server) *nats.Conn {
	t.Helper()
	nc, err := nats.Connect("", nats.InProcessServer(server))
	must(t, err)
	t.Cleanup(nc.Close)
	return nc
}

func inject(t testing.TB, js jetstream.JetStream, subject, data string, header ...string) {
	t.Helper()
	m := &nats.Msg{Subject: subject, Data: []byte(data), Header: nats.Header{}}
	for i := 0; i < len(header); i += 2 {
		m.Header[header[i]] = []string{header[i+1]}
	}
	_, err := js.PublishMsg(t.Context(), m)
	must(t, err)
}

// stored waits until a stream holds n messages.
func stored(t testing.TB, js jetstream.JetStream, stream string, n uint64) {
	t.Helper()
	var have uint64
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		s, err := js.Stream(t.Context(), stream)
		must(t, err)
		if have = s.CachedInfo().State.Msgs; have == n {
			return
		}
	}
	t.Errorf("stream %s holds %d messages, want %d", stream, have, n)
}

func TestUnexpectedSubjectsAreTerminated(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	opt := server.StoreOptions("test")
	opt.Logger = quiet
	s := connect(t, opt)
	defer s.Close()
	js, err := jetstream.New(dial(t, server))
	must(t, err)
	for _, subject := range []string{
		"i.0.0.q.q", "i.0.0.q.w.c", "i.0.0.q.w.other", "i.0.0.q.w.c.more", "f.0.0.q.w.more", "f.0.0.q.w",
		"a.q.short", "a.q.0.0.w.r", "a.q.0.0.w.r.1", "a.q.0.0.w.r.1.more",
	} {
		inject(t, js, "pawl.test."+subject, "x")
	}
	wakeups, tasks := make(chan store.Wakeup, 20), make(chan store.TaskDelivery, 20)
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { wakeups <- w }}))
	must(t, s.ReceiveTasks(t.Context(), store.TaskOptions{Queue: "q", Slots: 1, Handler: func(d store.TaskDelivery) { tasks <- d }}))
	must(t, s.Send(t.Context(), store.Message{Queue: "q", ID: "w", Data: []byte("hi")}))
	must(t, s.ScheduleTimer(t.Context(), "q", "w", time.Now()))
	must(t, s.EnqueueTask(t.Context(), store.Task{Queue: "q", ID: "w", RunID: "r", Op: "1", Data: []byte("task")}))

	for range 2 {
		w := receive(t, wakeups)
		if w.ID != "w" || !w.Timer && string(w.Data) != "hi" {
			t.Errorf("wake-up %+v, want the message or the timer", w)
		}
		w.Ack()
	}
	d := receive(t, tasks)
	if string(d.Data) != "task" {
		t.Errorf("got task %+v", d)
	}
	d.Ack()
	for _, stream := range []string{"INBOX", "TIMERS", "TASKS"} {
		stored(t, js, "PAWL_test_"+stream+"_0", 0)
	}
}

// A message may have headers that the server uses for its own messages to the store.
func TestStatusHeadersOfMessagesAreIgnored(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	s := connect(t, server.StoreOptions("test"))
	defer s.Close()
	js, err := jetstream.New(dial(t, server))
	must(t, err)
	must(t, s.Send(t.Context(), store.Message{Queue: "q", ID: "w", Data: []byte("first")}))
	wakeups := make(chan store.Wakeup, 10)
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { wakeups <- w }}))
	first := receive(t, wakeups)
	inbox, err := js.Stream(t.Context(), "PAWL_test_INBOX_0")
	must(t, err)
	m, err := inbox.GetMsg(t.Context(), first.Seq)
	must(t, err)
	first.Ack()
	inject(t, js, m.Subject, "second", "Status", "409", "Nats-Sequence", "x")
	second := receive(t, wakeups)
	if string(second.Data) != "second" {
		t.Errorf("wake-up %+v, want the second message", second)
	}
	var pending []store.Pending
	for deadline := time.Now().Add(20 * time.Second); len(pending) != 1 && time.Now().Before(deadline); { // answers are asynchronous
		pending, err = s.Pending(t.Context(), "q", "w")
		must(t, err)
	}
	if len(pending) != 1 || pending[0].Seq != second.Seq {
		t.Errorf("pending: %+v, want the second message", pending)
	}
}

// If a handler panics, its message is delayed, and the next message is handled.
func TestHandlersMayPanic(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	opt := server.StoreOptions("test")
	opt.Logger = quiet
	s := connect(t, opt)
	defer s.Close()
	var calls atomic.Int32
	wakeups, tasks := make(chan store.Wakeup, 10), make(chan store.TaskDelivery, 10)
	must(t, s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) {
		if calls.Add(1) == 1 {
			panic("bad message")
		}
		wakeups <- w
	}}))
	must(t, s.ReceiveTasks(t.Context(), store.TaskOptions{Queue: "q", Slots: 1, Handler: func(d store.TaskDelivery) {
		if d.Op == "0" {
			panic("bad task")
		}
		tasks <- d
	}}))
	for i := range 2 {
		must(t, s.Send(t.Context(), store.Message{Queue: "q", ID: "w", Data: fmt.Append(nil, i)}))
		must(t, s.EnqueueTask(t.Context(), store.Task{Queue: "q", ID: "w", RunID: "r", Op: fmt.Sprint(i)}))
	}
	if w := receive(t, wakeups); string(w.Data) != "1" {
		t.Errorf("wake-up by %q before the delay is over, want the next message", w.Data)
	}
	if d := receive(t, tasks); d.Op != "1" {
		t.Errorf("got task %s, want the next one", d.Op)
	}
}

// An entry that cannot be parsed is listed, returned, and replaced by the next one.
func TestUnreadableEntries(t *testing.T) {
	for name, header := range map[string]string{
		"no version":            "",
		"bad version":           "Pawl-Version: x\r\nPawl-Keep: y\r\n",
		"too high":              "Pawl-Version: 99999999999999999999999\r\n",
		"headers of the server": "Nats-Sequence: x\r\nNats-Subject: y\r\nNats-Time-Stamp: z\r\nStatus: 204\r\n",
		"no responders":         "Status: 503\r\n",
		"unreadable headers":    "no colon\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := serve(t, embed.Options{Dir: t.TempDir()})
			opt := server.StoreOptions("test")
			opt.Logger = quiet // the client library reports the header
			s := connect(t, opt)
			defer s.Close()
			other := connect(t, opt) // one that has not written the entry
			defer other.Close()
			js, err := jetstream.New(dial(t, server))
			must(t, err)
			data := "garbage"
			if name == "no responders" {
				data = ""
			}
			must(t, s.PutEntry(t.Context(), store.Entry{ID: "a", Version: 1}))
			must(t, s.PutEntry(t.Context(), store.Entry{ID: "w", Version: 1}))
			for _, subject := range []string{entrySubject(t, js, "w"), "pawl.test.x.short", "pawl.test.x.0.0.w.long"} {
				injectRaw(t, server, subject, header, data)
			}
			stored(t, js, "PAWL_test_VISIBILITY_0", 5) // the garbage is above the entry that it hides
			must(t, s.PutEntry(t.Context(), store.Entry{ID: "b", Version: 1}))

			want := map[string]string{"a": "", "w": data, "b": ""}
			got := map[string]string{}
			must(t, s.ListEntries(t.Context(), func(e store.Entry) bool { got[e.ID] = string(e.Data); return true }))
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("listed %v, want %v", got, want)
			}
			e, err := s.GetEntry(t.Context(), "w")
			must(t, err)
			if e.ID != "w" || e.Version != 0 || string(e.Data) != data {
				t.Errorf("got %+v", e)
			}
			for _, writer := range []store.Store{other, s} {
				must(t, writer.PutEntry(t.Context(), store.Entry{ID: "w", Version: 2, Data: []byte("good")}))
			}
			if e, err = s.GetEntry(t.Context(), "w"); err != nil || e.Version != 2 || string(e.Data) != "good" {
				t.Errorf("got %+v (%v), want the new entry", e, err)
			}
		})
	}
}

// injectRaw publishes a message with a header that a client library would not send. It does not wait until it is stored.
func injectRaw(t testing.TB, server *embed.Server, subject, header, data string) {
	t.Helper()
	c, err := server.InProcessConn()
	must(t, err)
	defer c.Close()
	in := bufio.NewReader(c)
	_, err = in.ReadString('\n') // INFO
	must(t, err)
	header = "NATS/1.0\r\n" + header + "\r\n"
	_, err = fmt.Fprintf(c, "CONNECT {\"verbose\":false,\"headers\":true}\r\nHPUB %s %d %d\r\n%s%s\r\nPING\r\n",
		subject, len(header), len(header)+len(data), header, data)
	must(t, err)
	for line := ""; !strings.HasPrefix(line, "PONG"); {
		line, err = in.ReadString('\n')
		must(t, err)
	}
}

func entrySubject(t testing.TB, js jetstream.JetStream, id string) string {
	t.Helper()
	visibility, err := js.Stream(t.Context(), "PAWL_test_VISIBILITY_0")
	must(t, err)
	m, err := visibility.GetLastMsgForSubject(t.Context(), "pawl.test.x.*.*."+id)
	must(t, err)
	return m.Subject
}

// An object with an unreadable head is replaced when it is stored again.
func TestUnreadableObjects(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	s := connect(t, server.StoreOptions("test"))
	defer s.Close()
	js, err := jetstream.New(dial(t, server))
	must(t, err)
	for _, head := range []string{"garbage", `{"chunks":-1}`, `{"chunks":1000000000000}`} {
		inject(t, js, "pawl.test.o.blob", head)
		if _, err := s.GetObject(t.Context(), "blob"); err == nil {
			t.Errorf("head %s: read an object", head)
		}
		must(t, s.PutObject(t.Context(), "blob", []byte("good")))
		if data, err := s.GetObject(t.Context(), "blob"); string(data) != "good" {
			t.Errorf("head %s: got %q (%v)", head, data, err)
		}
	}
}

// A store that uses an existing connection leaves it open when it is closed, but removes its subscriptions.
func TestClosedStoreOnAnOpenConnection(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	opt := server.StoreOptions("test")
	opt.InProcess, opt.Conn = nil, dial(t, server)
	s, other := connect(t, opt), connect(t, opt)
	defer other.Close()
	closed, open := make(chan string, 1), make(chan string, 1)
	_, err := s.Subscribe("news", func(data []byte) []byte { closed <- string(data); return nil })
	must(t, err)
	_, err = other.Subscribe("news", func(data []byte) []byte { open <- string(data); return nil })
	must(t, err)
	must(t, s.Close())
	for call, err := range map[string]error{
		"publish":   s.Publish("news", nil),
		"subscribe": func() error { _, err := s.Subscribe("news", nil); return err }(),
		"request":   func() error { _, err := s.Request(t.Context(), "news", nil); return err }(),
	} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s on a closed store: %v", call, err)
		}
	}
	must(t, other.Publish("news", []byte("hello")))
	receive(t, open)
	if len(closed) != 0 {
		t.Error("a closed store received a message")
	}
}
