package natsstore_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// A stream that is gone from a namespace with data must not come back empty: its runs would seem never to have existed.
func TestConnectDoesNotHideLostStreams(t *testing.T) {
	server := serve(t, embed.Options{Memory: true})
	opt := server.StoreOptions("test")
	opt.Logger = quiet
	connect(t, opt).Close()
	js := jetStream(t, server)
	must(t, js.DeleteStream(t.Context(), "PAWL_test_JOURNAL_0"))
	connect(t, opt).Close() // nothing is lost: the namespace has never held a message

	_, err := js.Publish(t.Context(), "pawl.test.x.0.0.id", []byte("an entry"))
	must(t, err)
	must(t, js.DeleteStream(t.Context(), "PAWL_test_JOURNAL_0"))
	_, err = natsstore.Connect(t.Context(), opt)
	var missing *natsstore.MissingStreamError
	if !errors.As(err, &missing) || missing.Stream != "PAWL_test_JOURNAL_0" || !strings.Contains(err.Error(), "WithRecreateStreams") {
		t.Fatalf("connecting without the journal: %v, want a MissingStreamError that names it and the option", err)
	}
	if _, err := js.Stream(t.Context(), "PAWL_test_JOURNAL_0"); !errors.Is(err, jetstream.ErrStreamNotFound) {
		t.Errorf("the journal exists after the refused connect: %v", err)
	}

	opt.Recreate = true
	connect(t, opt).Close()
	if _, err := js.Stream(t.Context(), "PAWL_test_JOURNAL_0"); err != nil {
		t.Errorf("with Recreate, the journal is not created: %v", err)
	}
}

// A client needs no permission to update streams: it could use that to remove all data of a stream.
func TestConnectUpdatesNoStreamThatIsUpToDate(t *testing.T) {
	server := serve(t, embed.Options{Memory: true})
	opt := server.StoreOptions("test")
	connect(t, opt).Close()
	nc := dial(t, server)
	requests, err := nc.SubscribeSync("$JS.API.STREAM.>")
	must(t, err)
	connect(t, opt).Close()
	must(t, nc.Flush())
	for {
		m, err := requests.NextMsg(0)
		if errors.Is(err, nats.ErrTimeout) {
			break
		}
		must(t, err)
		if !strings.HasPrefix(m.Subject, "$JS.API.STREAM.INFO.") {
			t.Errorf("connecting again sends %s", m.Subject)
		}
	}
}

func jetStream(t *testing.T, server *embed.Server) jetstream.JetStream {
	t.Helper()
	js, err := jetstream.New(dial(t, server))
	must(t, err)
	return js
}

// A worker whose journal was deleted says so, once. It does not create an empty one.
func TestDeletedStreamIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server, err := embed.Start(embed.Options{Memory: true})
		must(t, err)
		defer server.Shutdown()
		var log bytes.Buffer
		opt := server.StoreOptions("test")
		opt.Logger = slog.New(slog.NewTextHandler(&log, nil))
		s := connect(t, opt)
		defer s.Close()
		nc, err := nats.Connect("", nats.InProcessServer(server))
		must(t, err)
		defer nc.Close()
		js, err := jetstream.New(nc)
		must(t, err)
		must(t, js.DeleteStream(t.Context(), "PAWL_test_JOURNAL_0"))
		for call, try := range map[string]func(ctx context.Context) error{
			"Append": func(ctx context.Context) error {
				_, err := s.Append(ctx, "w", 0, store.Record{RunID: "r", CommitID: "1"})
				return err
			},
			"Load": func(ctx context.Context) error { _, err := s.Load(ctx, "w"); return err },
		} {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			err := try(ctx)
			cancel()
			if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "PAWL_test_JOURNAL_0") && !strings.Contains(err.Error(), "stream") {
				t.Errorf("%s without the journal: %v", call, err)
			}
		}
		if n := strings.Count(log.String(), "stream=PAWL_test_JOURNAL_0"); n != 1 {
			t.Errorf("the log names the missing stream %d times, want once:\n%s", n, &log)
		}
		if _, err := js.Stream(t.Context(), "PAWL_test_JOURNAL_0"); !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Errorf("the journal exists again: %v", err)
		}
	})
}

// The server of a worker comes back with an empty data folder. The worker says once of each stream that it is gone, makes few
// requests meanwhile, and creates nothing: other clients see what is there. When the data is back, the worker goes on.
func TestEmptyDataFolder(t *testing.T) {
	server := newOutages(t)
	var log lockedBuffer
	s := connect(t, natsstore.Options{Namespace: "test", InProcess: server, Logger: slog.New(slog.NewTextHandler(&log, nil))})
	t.Cleanup(func() { s.Close() })
	wakeups := make(chan store.Wakeup, 10)
	ctx := t.Context()
	must(t, s.Receive(ctx, store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { wakeups <- w }}))
	must(t, s.ReceiveTasks(ctx, store.TaskOptions{Queue: "q", Slots: 2, Handler: func(store.TaskDelivery) {}}))
	seq, err := s.Append(ctx, "w", 0, store.Record{RunID: "r", CommitID: "1", Data: []byte("first")})
	must(t, err)
	full := server.opt.Dir

	server.stop()
	server.opt.Dir = t.TempDir()
	server.start()
	limited, cancel := context.WithTimeout(ctx, 6*time.Second)
	defer cancel()
	_, err = s.Append(limited, "w", seq, store.Record{RunID: "r", CommitID: "2", First: seq})
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "stream") {
		t.Errorf("append without the data: %v", err)
	}
	js := jetStream(t, server.server)
	if names := js.StreamNames(ctx); len(drain(names.Name())) > 0 {
		t.Error("the worker has created streams")
	}
	text := log.String()
	if n := strings.Count(text, "stream=PAWL_test_JOURNAL_0"); n != 1 || !strings.Contains(text, "restore") {
		t.Errorf("the log names the missing journal %d times, want once, with what to do:\n%s", n, text)
	}
	if n := strings.Count(text, "\n"); n > 30 {
		t.Errorf("the log has %d lines:\n%s", n, text)
	}

	server.stop()
	server.opt.Dir = full
	server.start()
	_, err = s.Append(ctx, "w", seq, store.Record{RunID: "r", CommitID: "2", First: seq, Data: []byte("second")})
	must(t, err)
	must(t, s.Send(ctx, store.Message{Queue: "q", ID: "w", Data: []byte("hi")}))
	if w := receive(t, wakeups); string(w.Data) != "hi" {
		t.Errorf("delivered %q", w.Data)
	}
}

// drain returns all that a channel gives until it is closed.
func drain[T any](from <-chan T) (all []T) {
	for v := range from {
		all = append(all, v)
	}
	return all
}

// lockedBuffer is a buffer that goroutines share.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
