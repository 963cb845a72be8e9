package natsstore_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// Concurrent writers share batches, and each has its own result: a conflict or a duplicate does not affect the others.
func TestEachWriterOfABatchHasItsOwnResult(t *testing.T) {
	const writers = 120
	server := serve(t, embed.Options{Dir: t.TempDir()})
	nc, err := nats.Connect("", nats.InProcessServer(server))
	must(t, err)
	defer nc.Close()
	s := connect(t, natsstore.Options{Namespace: "test", Conn: nc, Logger: quiet})
	defer s.Close()

	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() { appendOne(t, s, fmt.Sprint("v", w), 0) })
	}
	wg.Wait()
	if n := inBatches(t, nc, writers); n == 0 {
		t.Errorf("none of %d records was sent in a batch", writers)
	}
	for w := range writers {
		wg.Go(func() { appendOne(t, s, fmt.Sprint("w", w), store.Seq(w%10/9)) })
		wg.Go(func() {
			m := store.Message{Queue: "q", ID: fmt.Sprint("w", w%10), DedupID: fmt.Sprint(w % 60), Data: []byte{byte(w % 60)}}
			if err := s.Send(t.Context(), m); err != nil {
				t.Errorf("send: %v", err)
			}
		})
	}
	wg.Wait()
	checkSent(t, s)
}

// appendOne appends the first record of a journal. If prev is not 0, it expects a conflict.
func appendOne(t *testing.T, s store.Store, id string, prev store.Seq) {
	seq, err := s.Append(t.Context(), id, prev, store.Record{RunID: "r", CommitID: id, Data: []byte(id)})
	if prev != 0 {
		if _, conflict := errors.AsType[*store.ConflictError](err); !conflict {
			t.Errorf("append after a record that does not exist: %v", err)
		}
		return
	}
	if err != nil {
		t.Errorf("append: %v", err)
		return
	}
	last, err := s.Last(t.Context(), id)
	if err != nil || last.Seq != seq || string(last.Data) != id {
		t.Errorf("appended %s at %d, found %q at %d (%v)", id, seq, last.Data, last.Seq, err)
	}
}

// checkSent checks that the messages, which were all sent twice, are pending once.
func checkSent(t *testing.T, s store.Store) {
	n := 0
	for w := range 10 {
		all, err := s.Pending(t.Context(), "q", fmt.Sprint("w", w))
		must(t, err)
		seen := map[byte]bool{}
		for _, m := range all {
			seen[m.Data[0]] = true
		}
		if len(seen) != len(all) {
			t.Errorf("w%d has %d messages, but only %d different ones", w, len(all), len(seen))
		}
		n += len(all)
	}
	if n != 60 {
		t.Errorf("%d messages are pending, want 60", n)
	}
}

// inBatches counts the records whose headers say that they were part of a batch.
func inBatches(t *testing.T, nc *nats.Conn, records int) (n int) {
	js, err := nc.JetStream()
	must(t, err)
	for i := range records {
		m, err := js.GetMsg("PAWL_test_JOURNAL_0", uint64(i+1), nats.DirectGet())
		must(t, err)
		if strings.TrimSpace(m.Header.Get("Nats-Batch-Id")) != "" {
			n++
		}
	}
	return n
}
