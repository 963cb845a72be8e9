package natsstore_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/embed"
)

// A server that crashes may forget what it has removed. Then the records of a closed run are there again, below the one that
// closed it. When that one expires, they must not be read as an open run.
func TestClosedRunsStayClosedAfterACrash(t *testing.T) {
	before := serve(t, embed.Options{Dir: t.TempDir()})
	s := connect(t, before.StoreOptions("test"))
	defer s.Close()
	written, err := dial(t, before).SubscribeSync("pawl.test.h.>")
	must(t, err)
	appended := func(id string, prev store.Seq, rec store.Record) store.Seq {
		t.Helper()
		seq, err := s.Append(t.Context(), id, prev, rec)
		must(t, err)
		return seq
	}
	first := appended("w", 0, store.Record{RunID: "r", CommitID: "1"})
	second := appended("w", first, store.Record{RunID: "r", CommitID: "2", First: first})
	appended("w", second, store.Record{RunID: "r", CommitID: "3", First: first, Close: &store.Close{Retention: time.Second}})
	_, err = s.Expire(t.Context(), "w", "r")
	must(t, err)

	after := serve(t, embed.Options{Dir: t.TempDir()})
	opt := after.StoreOptions("test")
	restored := connect(t, opt)
	defer restored.Close()
	js := jetStream(t, after)
	for restore(t, js, written) {
	}
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		run, err := restored.Load(t.Context(), "w")
		if err == nil && run[len(run)-1].Close != nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("loaded an open run of %d records (%v), want none or a closed one", len(run), err)
		}
	}
	if _, err := restored.Append(t.Context(), "w", 0, store.Record{RunID: "next", CommitID: "4"}); err != nil {
		t.Errorf("the id cannot be used again: %v", err)
	}
	if run, err := restored.Load(t.Context(), "w"); err != nil || len(run) != 1 || run[0].RunID != "next" {
		t.Errorf("loaded %+v (%v), want the new run", run, err)
	}
}

// restore stores the next message that was written, without what makes it remove others. It reports false if there is none.
func restore(t *testing.T, js jetstream.JetStream, written *nats.Subscription) bool {
	t.Helper()
	m, err := written.NextMsg(time.Second)
	if errors.Is(err, nats.ErrTimeout) {
		return false
	}
	must(t, err)
	for name := range m.Header {
		if name == "Nats-Rollup" || strings.HasPrefix(name, "Nats-Expected-") {
			delete(m.Header, name)
		}
	}
	_, err = js.PublishMsg(t.Context(), m)
	must(t, err)
	return true
}
