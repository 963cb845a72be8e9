package embed_test

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

func TestMain(m *testing.M) {
	if use := uses[os.Getenv(processUse)]; use != nil {
		useDir(os.Getenv(processDir), use)
	}
	embed.RegisterClock()
	os.Exit(m.Run())
}

func TestDataSurvivesRestart(t *testing.T) {
	dir := t.TempDir()
	for n := range 3 {
		server := start(t, embed.Options{Dir: dir})
		s := connect(t, server)
		run, err := s.Load(t.Context(), "w")
		if n > 0 && (err != nil || len(run) != n) {
			t.Fatalf("loaded %d records after %d restarts (%v)", len(run), n, err)
		}
		var prev, first store.Seq
		if n > 0 {
			prev, first = run[n-1].Seq, run[0].Seq
		}
		if _, err := s.Append(t.Context(), "w", prev, store.Record{RunID: "r", CommitID: strconv.Itoa(n), First: first}); err != nil {
			t.Fatal(err)
		}
		s.Close()
		server.Shutdown()
	}
}

func TestOneServerPerFolder(t *testing.T) {
	dir := t.TempDir()
	first := start(t, embed.Options{Dir: dir})
	_, err := embed.Start(embed.Options{Dir: dir})
	if err == nil {
		t.Fatal("two servers share a data folder")
	}
	for _, want := range []string{dir, "in use", strconv.Itoa(os.Getpid())} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not contain %q", err, want)
		}
	}
	first.Shutdown()
	start(t, embed.Options{Dir: dir})
}

func TestPort(t *testing.T) {
	server := start(t, embed.Options{Dir: t.TempDir(), Port: embed.RandomPort})
	s, err := natsstore.Connect(t.Context(), natsstore.Options{URL: server.URL(), Namespace: "test"})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if url := start(t, embed.Options{Dir: t.TempDir()}).URL(); url != "" {
		t.Errorf("a server without a port has URL %q", url)
	}
}

func TestStartErrors(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, c := range map[string]struct {
		opt  embed.Options
		want []string
	}{
		"no folder":    {embed.Options{}, []string{"no data folder", "Options.Dir"}},
		"not a folder": {embed.Options{Dir: file}, []string{file, "not a directory"}},
		"port taken":   {embed.Options{Dir: dir, Port: port}, []string{strconv.Itoa(port), "address already in use"}},
	} {
		t.Run(name, func(t *testing.T) {
			server, err := embed.Start(c.opt)
			if err == nil {
				server.Shutdown()
				t.Fatal("started")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not contain %q", err, want)
				}
			}
		})
	}
	start(t, embed.Options{Dir: dir}) // the failed start unlocked the folder
}

// Each option works at its extremes, or is refused by its name.
func TestExtremes(t *testing.T) {
	for name, opts := range map[string][]embed.Options{
		"Port":         {{Port: -2}, {Port: 65536}, {Port: math.MaxInt}, {Port: math.MinInt}},
		"SyncInterval": {{SyncInterval: -1}, {SyncInterval: 1}, {SyncInterval: math.MinInt64}},
		"MaxStore":     {{MaxStore: -1}, {MaxStore: math.MinInt64}},
		"MaxPayload":   {{MaxPayload: -1}, {MaxPayload: math.MinInt32}, {MaxPayload: math.MaxInt32}},
	} {
		for _, opt := range opts {
			opt.Dir = t.TempDir()
			if server, err := embed.Start(opt); err == nil {
				server.Shutdown()
				t.Errorf("%+v was accepted", opt)
			} else if !strings.Contains(err.Error(), "option "+name+" ") {
				t.Errorf("%+v: %v", opt, err)
			}
		}
	}
	for _, opt := range []embed.Options{
		{SyncInterval: time.Millisecond}, {SyncInterval: math.MaxInt64}, {MaxStore: math.MaxInt64}, {MaxPayload: 64 << 10}, {MaxPayload: 64 << 20},
	} {
		opt.Dir = t.TempDir()
		server := start(t, opt)
		s, err := server.Connect(t.Context(), "test")
		if err != nil {
			t.Errorf("%+v: %v", opt, err)
			continue
		}
		message := store.Message{Queue: "q", ID: "w", Data: make([]byte, 32<<10)}
		if err := s.Send(t.Context(), message); err != nil {
			t.Errorf("%+v: %v", opt, err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("%+v: %v", opt, err)
		}
	}
}

// In a bubble the server follows the clock of the bubble. Two bubbles in one process work, too.
func TestVirtualTime(t *testing.T) {
	for _, opt := range []embed.Options{{Memory: true}, {Dir: t.TempDir()}} {
		synctest.Test(t, func(t *testing.T) {
			s := connect(t, start(t, opt))
			woken := make(chan store.Wakeup)
			err := s.Receive(t.Context(), store.ReceiveOptions{Queue: "q", Worker: "a", Handler: func(w store.Wakeup) { woken <- w }})
			if err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			if err := s.ScheduleTimer(t.Context(), "q", "w", begin.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			w := <-woken
			if late := time.Since(begin) - time.Hour; late < 0 || late > 300*time.Millisecond || !w.Timer || w.ID != "w" {
				t.Errorf("woken up %v after the hour by %+v", late, w)
			}
			w.Ack()
		})
	}
}

func start(t *testing.T, opt embed.Options) *embed.Server {
	t.Helper()
	server, err := embed.Start(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	return server
}

func connect(t *testing.T, server *embed.Server) *natsstore.Store {
	t.Helper()
	opt := server.StoreOptions("test")
	opt.Logger = slog.New(slog.DiscardHandler)
	s, err := natsstore.Connect(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// After an error of the storage, a server that keeps its data on disk is restarted. One that keeps it in memory would lose it.
func TestMemoryIsNeverRestarted(t *testing.T) {
	for _, memory := range []bool{false, true} {
		t.Run(fmt.Sprintf("memory=%t", memory), func(t *testing.T) {
			server := start(t, embed.Options{Memory: memory, Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
			s, err := server.Connect(t.Context(), "test")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.Append(t.Context(), "w", 0, store.Record{RunID: "r", CommitID: "1", Data: []byte("kept")}); err != nil {
				t.Fatal(err)
			}
			first := server.Running()
			server.Errorf("write error: no space left on device")
			restarted := func() bool { return server.Running() != first }
			for deadline := time.Now().Add(10 * time.Second); !memory && !restarted() && time.Now().Before(deadline); {
				time.Sleep(10 * time.Millisecond)
			}
			if memory {
				time.Sleep(2 * time.Second) // longer than a restart takes
			}
			if restarted() == memory {
				t.Errorf("the server was restarted: %t", restarted())
			}
			if err := server.Health(); memory && err != nil {
				t.Errorf("health: %v", err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if run, err := s.Load(ctx, "w"); err != nil || len(run) != 1 || string(run[0].Data) != "kept" {
				t.Errorf("loaded %+v, %v", run, err)
			}
		})
	}
}
