package natsstore_test

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/runtime/embed"
	"github.com/pawlhq/pawl/runtime/store"
)

// BenchmarkAppend measures appends per second by writers that each have a journal of their own.
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

// appendAll has the writers append b.N records among them.
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
