package natsstore_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/runtime/embed"
	"github.com/pawlhq/pawl/runtime/store"
	"github.com/pawlhq/pawl/runtime/store/natsstore"
)

func TestConnectSaysWhatIsWrong(t *testing.T) {
	noJetStream := serve(t, embed.Options{Dir: t.TempDir(), Port: embed.RandomPort, NoJetStream: true})
	for name, c := range map[string]struct {
		opt  natsstore.Options
		want []string
	}{
		"nobody there":  {natsstore.Options{URL: "nats://127.0.0.1:1"}, []string{"nats://127.0.0.1:1", "pawl dev"}},
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
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}

// oldServer speaks just enough of the protocol to be connected to.
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

// A full disk is an error of the write that met it; what was acknowledged before stays.
func TestNoRoomLeft(t *testing.T) {
	server := serve(t, embed.Options{Dir: t.TempDir(), MaxStore: 1 << 20})
	s := connect(t, server.StoreOptions("test"))
	defer s.Close()
	var stored int
	var prev, first store.Seq
	for {
		seq, err := s.Append(t.Context(), "w", prev, store.Record{RunID: "r", CommitID: fmt.Sprint(stored), First: first, Data: make([]byte, 50_000)})
		if err != nil {
			if errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "free disk space") {
				t.Errorf("error %q does not say what to do", err)
			}
			break
		}
		if prev = seq; first == 0 {
			first = seq
		}
		if stored++; stored > 100 {
			t.Fatal("the limit of the store does not hold")
		}
	}
	run, err := s.Load(t.Context(), "w")
	must(t, err)
	if len(run) != stored {
		t.Errorf("%d records, %d were acknowledged", len(run), stored)
	}
}

func TestProvisionedStreamsAreTakenAsTheyAre(t *testing.T) {
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
