package natsstore_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

func TestConnectErrors(t *testing.T) {
	noJetStream := serve(t, embed.Options{Dir: t.TempDir(), Port: embed.RandomPort, NoJetStream: true})
	for name, c := range map[string]struct {
		opt  natsstore.Options
		want []string
	}{
		"no server":     {natsstore.Options{URL: "nats://127.0.0.1:1"}, []string{"nats://127.0.0.1:1", "pawl dev"}},
		"no JetStream":  {natsstore.Options{URL: noJetStream.URL()}, []string{noJetStream.URL(), "jetstream not enabled", "-js"}},
		"too old":       {natsstore.Options{URL: oldServer(t)}, []string{"2.10.4", "needs 2.15"}},
		"bad namespace": {natsstore.Options{URL: noJetStream.URL(), Namespace: "a.b"}, []string{`"a.b"`, "letters"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.opt.Logger = quiet
			_, err := natsstore.Connect(t.Context(), c.opt)
			if err == nil {
				t.Fatal("connected")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not contain %q", err, want)
				}
			}
		})
	}
}

// oldServer runs a server that implements just enough of the protocol for a client to connect.
func oldServer(t *testing.T) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go greet(c)
		}
	}()
	return "nats://" + l.Addr().String()
}

func greet(c net.Conn) {
	defer c.Close()
	fmt.Fprintf(c, "INFO {\"server_id\":\"X\",\"version\":\"2.10.4\",\"headers\":true,\"max_payload\":1048576}\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "PING") {
			fmt.Fprint(c, "PONG\r\n")
		}
	}
}

func TestShardsAreFixed(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	opt := server.StoreOptions("test")
	opt.Shards = 2
	connect(t, opt).Close()
	opt.Shards = 3
	_, err := natsstore.Connect(t.Context(), opt)
	if err == nil || !strings.Contains(err.Error(), "2 shards") {
		t.Errorf("connected with another number of shards: %v", err)
	}
}

// Writes to a full server fail without retries. What was acknowledged before remains, and the same writes succeed when there
// is room again.
func TestNoRoomLeft(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir(), MaxStore: 2 << 20})
	s := connect(t, server.StoreOptions("test"))
	defer s.Close()
	must(t, s.PutObject(t.Context(), "ballast", make([]byte, 1<<20)))
	var stored []store.Seq
	appendNext := func() error {
		rec := store.Record{RunID: "r", CommitID: fmt.Sprint(len(stored)), Data: make([]byte, 50_000)}
		var prev store.Seq
		if n := len(stored); n > 0 {
			rec.First, prev = stored[0], stored[n-1]
		}
		seq, err := s.Append(t.Context(), "w", prev, rec)
		if err == nil {
			stored = append(stored, seq)
		}
		return err
	}
	err := appendNext()
	for err == nil && len(stored) < 100 {
		err = appendNext()
	}
	wantNoRoom(t, "append", err, "PAWL_test_JOURNAL_0")
	m := store.Message{Queue: "q", ID: "w", DedupID: "1", Data: make([]byte, 100_000)}
	wantNoRoom(t, "send", s.Send(t.Context(), m), "PAWL_test_INBOX_0")
	wantNoRoom(t, "start", s.SendStart(t.Context(), m), "PAWL_test_INBOX_0")
	wantNoRoom(t, "task", s.EnqueueTask(t.Context(), store.Task{Queue: "q", ID: "w", RunID: "r", Op: "1", Data: m.Data}), "PAWL_test_TASKS_0")

	must(t, s.DeleteObject(t.Context(), "ballast"))
	must(t, appendNext())
	must(t, s.Send(t.Context(), m))
	run, err := s.Load(t.Context(), "w")
	must(t, err)
	var loaded []store.Seq
	for _, rec := range run {
		loaded = append(loaded, rec.Seq)
	}
	if !slices.Equal(loaded, stored) {
		t.Errorf("loaded records %v, but %v were acknowledged", loaded, stored)
	}
}

func wantNoRoom(t *testing.T, call string, err error, stream string) {
	t.Helper()
	if !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("%s: %v, want ErrUnavailable", call, err)
		return
	}
	for _, want := range []string{stream, "no room left", "free disk space"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %q does not contain %q", call, err, want)
		}
	}
}

// A stream that has reached a limit that an operator set has no room either.
func TestNoRoomInAStream(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	s := connect(t, server.StoreOptions("test"))
	defer s.Close()
	js, err := jetstream.New(dial(t, server))
	must(t, err)
	limit := func(bytes int64) {
		t.Helper()
		inbox, err := js.Stream(t.Context(), "PAWL_test_INBOX_0")
		must(t, err)
		c := inbox.CachedInfo().Config
		c.MaxBytes, c.Discard = bytes, jetstream.DiscardNew
		_, err = js.UpdateStream(t.Context(), c)
		must(t, err)
	}
	limit(1000)
	m := store.Message{Queue: "q", ID: "w", DedupID: "1", Data: make([]byte, 2000)}
	wantNoRoom(t, "send", s.Send(t.Context(), m), "PAWL_test_INBOX_0")
	wantNoRoom(t, "start", s.SendStart(t.Context(), m), "PAWL_test_INBOX_0")
	limit(-1)
	must(t, s.Send(t.Context(), m))
}

func TestProvisionedStreamsAreUsedUnchanged(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir()})
	operator := connect(t, server.StoreOptions("test"))
	defer operator.Close()
	opt := server.StoreOptions("test")
	opt.Provisioned = true
	s := connect(t, opt)
	defer s.Close()
	_, err := s.Append(t.Context(), "w", 0, store.Record{RunID: "r", CommitID: "1"})
	must(t, err)
	if _, err := operator.Load(t.Context(), "w"); err != nil {
		t.Error(err)
	}
}
