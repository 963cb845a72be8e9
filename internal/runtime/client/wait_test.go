package client_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
)

// countingStore counts the reads of whole journals.
type countingStore struct {
	store.Store
	loads atomic.Int64
}

func (s *countingStore) Load(ctx context.Context, id string) ([]store.Stored, error) {
	s.loads.Add(1)
	return s.Store.Load(ctx, id)
}

func (s *countingStore) LoadRun(ctx context.Context, id, runID string) ([]store.Stored, error) {
	s.loads.Add(1)
	return s.Store.LoadRun(ctx, id, runID)
}

// appendEvent appends a record with one event.
func appendEvent(t *testing.T, st store.Store, prev, first store.Seq, body history.Body, end *store.Close) store.Seq {
	t.Helper()
	rec := &history.Record{Format: history.Format, ID: "order", RunID: "r1", FirstEvent: 1, Events: []history.Event{{Time: time.Now(), Body: body}}}
	seq, err := st.Append(t.Context(), "order", prev, store.Record{RunID: "r1", CommitID: time.Now().String(), First: first, Data: rec.Marshal(), Close: end})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// Waiting for an hour must not read the history again and again: its cost would grow with the square of the run's length.
func TestWaitingReadsNoHistory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := &countingStore{Store: memstore.New().Open()}
		first := appendEvent(t, st, 0, 0, &history.RunStarted{Type: "t", Queue: "q"}, nil)
		c := client.New(st, &payloads.Chain{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for _, runID := range []string{"", "r1"} {
			if _, err := c.Result(ctx, "order", runID); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("waiting for an open run: %v", err)
			}
			if n := st.loads.Load(); n != 0 {
				t.Errorf("waiting for run %q read the history %d times", runID, n)
			}
			ctx, cancel = context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
		}
		// A run that ends without an announcement is noticed within the time between two looks.
		ended := time.Now()
		time.AfterFunc(30*time.Minute, func() {
			ended = time.Now()
			appendEvent(t, st, first, first, &history.RunCompleted{}, &store.Close{Retention: time.Hour})
		})
		info, err := c.Result(ctx, "order", "r1")
		if err != nil || info.Status != history.StatusCompleted || time.Since(ended) > 5*time.Second {
			t.Errorf("the result %v, %v came %v after the end", info, err, time.Since(ended))
		}
		if n := st.loads.Load(); n != 1 {
			t.Errorf("the history was read %d times, want once at the end", n)
		}
	})
}
