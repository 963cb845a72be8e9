package natsstore_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
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
