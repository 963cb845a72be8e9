package embed_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// syncBuffer is a log that several goroutines write to.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// smallDisk mounts a file system of 32 MiB.
func smallDisk(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=32m"); err != nil {
		t.Skipf("no permission to mount a small file system: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// A full disk is reported once, with what to do. When there is room again, the server continues by itself, and everything that
// was acknowledged is there.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t)
	log := &syncBuffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	server := start(t, embed.Options{Dir: filepath.Join(dir, "data"), MaxStore: 1 << 30, Logger: logger})
	opt := server.StoreOptions("test")
	s, err := natsstore.Connect(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	var seqs []store.Seq
	appendNext := func(timeout time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), timeout)
		defer cancel()
		rec := store.Record{RunID: "r", CommitID: fmt.Sprint(len(seqs)), Data: make([]byte, 500<<10)}
		var prev store.Seq
		if n := len(seqs); n > 0 {
			rec.First, prev = seqs[0], seqs[n-1]
		}
		seq, err := s.Append(ctx, "w", prev, rec)
		if err == nil {
			seqs = append(seqs, seq)
		}
		return err
	}
	if err := appendNext(10 * time.Second); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 26<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for err == nil && len(seqs) < 100 {
		err = appendNext(7 * time.Second)
	}
	if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "free") {
		t.Errorf("the append to a full disk fails with %v, want ErrUnavailable and what to do\n%s", err, log)
	}
	if err := server.Health(); err == nil || !strings.Contains(err.Error(), "free disk space") {
		t.Errorf("health of a server with a full disk: %v", err)
	}
	if n := strings.Count(log.String(), "storage has failed"); n != 1 {
		t.Errorf("the log reports the full disk %d times, want once:\n%s", n, log)
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	// The outcome of the append that failed is unknown: it is repeated with the same CommitID.
	if err := appendNext(30 * time.Second); err != nil {
		t.Fatalf("append when there is room again: %v\n%s", err, log)
	}
	if err := appendNext(10 * time.Second); err != nil {
		t.Error(err)
	}
	if err := server.Health(); err != nil {
		t.Errorf("health when there is room again: %v", err)
	}
	run, err := s.Load(t.Context(), "w")
	if err != nil || len(run) != len(seqs) {
		t.Errorf("loaded %d records (%v), %d were acknowledged", len(run), err, len(seqs))
	}
}
