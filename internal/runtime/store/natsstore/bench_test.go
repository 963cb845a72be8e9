package natsstore_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/embed"
)

// BenchmarkAppend measures appends per second by writers with a journal each.
func BenchmarkAppend(b *testing.B) {
	for _, disk := range []struct {
		name string
		opt  embed.Options
	}{
		{"synced", embed.Options{}},
		{"unsynced", embed.Options{SyncInterval: time.Minute}},
	} {
		for _, writers := range []int{1, 8, 32, 200, 1000} {
			b.Run(fmt.Sprintf("%s/%d", disk.name, writers), func(b *testing.B) {
				disk.opt.Dir = b.TempDir()
				s := connect(b, serve(b, disk.opt).StoreOptions("bench"))
				defer s.Close()
				appendAll(b, s, writers)
			})
		}
	}
}

// appendAll has the writers append b.N records in total.
func appendAll(b *testing.B, s store.Store, writers int) {
	data := make([]byte, 300)
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			id := "w" + strconv.Itoa(w)
			rec := store.Record{RunID: "run", Data: data}
			var prev store.Seq
			for n := 0; left.Add(-1) >= 0; n++ {
				rec.CommitID = id + "/" + strconv.Itoa(n)
				seq, err := s.Append(context.Background(), id, prev, rec)
				if err != nil {
					b.Error(err)
					return
				}
				if rec.First == 0 {
					rec.First = seq
				}
				prev = seq
			}
		})
	}
	wg.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

// BenchmarkRead measures the reads that a worker makes for a wake-up, one after the other.
func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	s := connect(b, serve(b, embed.Options{Dir: b.TempDir(), SyncInterval: time.Minute}).StoreOptions("bench"))
	defer s.Close()
	var first, prev store.Seq
	for n := range 20 {
		seq, err := s.Append(ctx, "w", prev, store.Record{RunID: "run", CommitID: strconv.Itoa(n), First: first, Data: make([]byte, 300)})
		if err != nil {
			b.Fatal(err)
		}
		if prev = seq; first == 0 {
			first = seq
		}
	}
	if err := s.Send(ctx, store.Message{Queue: "q", ID: "w", DedupID: "1", Data: make([]byte, 300)}); err != nil {
		b.Fatal(err)
	}
	b.Run("Last", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Last(ctx, "w"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Load/20", func(b *testing.B) {
		for b.Loop() {
			if run, err := s.Load(ctx, "w"); err != nil || len(run) != 20 {
				b.Fatal(len(run), err)
			}
		}
	})
	b.Run("Pending/1", func(b *testing.B) {
		for b.Loop() {
			if all, err := s.Pending(ctx, "q", "w"); err != nil || len(all) != 1 {
				b.Fatal(len(all), err)
			}
		}
	})
}
