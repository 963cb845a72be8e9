// This file tests that a run that is new makes progress while thousands of others have something to do at the same time.

package worker_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/runtime/abi"
)

// disk is a store whose writes take a millisecond each, one after the other, as the appends to a stream do.
type disk struct {
	store.Store
	busy chan struct{}
}

func (d disk) write() {
	d.busy <- struct{}{}
	time.Sleep(time.Millisecond)
	<-d.busy
}

func (d disk) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	d.write()
	return d.Store.Append(ctx, id, prev, rec)
}

func (d disk) PutEntry(ctx context.Context, e store.Entry) error {
	d.write()
	return d.Store.PutEntry(ctx, e)
}

func (d disk) ScheduleTimer(ctx context.Context, queue, id string, at time.Time) error {
	d.write()
	return d.Store.ScheduleTimer(ctx, queue, id, at)
}

func (d disk) CancelTimer(ctx context.Context, queue, id string, at time.Time) error {
	d.write()
	return d.Store.CancelTimer(ctx, queue, id, at)
}

func TestNewRunIsNotStuckBehindAStormOfTimers(t *testing.T) {
	const n = 3000
	synctest.Test(t, func(t *testing.T) {
		data, busy := memstore.New(), make(chan struct{}, 1)
		inWorld(t, func() store.Store { return disk{data.Open(), busy} }, func(b *bench) {
			due := time.Now().Add(time.Hour)
			sleeper := b.workflow("t.sleeper", func(r *abi.Run, _ context.Context, in string) (string, error) {
				abi.Sleep(r, due.Sub(abi.Now(r)))
				return in, nil
			})
			echo := b.echo()
			defer b.work(abi.Registration{Workflows: []*abi.Workflow{sleeper, echo}})()
			var storm []*client.Run
			for i := range n {
				storm = append(storm, b.start(sleeper, fmt.Sprint("s", i), ""))
			}
			time.Sleep(time.Until(due.Add(100 * time.Millisecond)))
			begun := time.Now()
			if _, err := b.result(echo, "new", "x"); err != nil {
				t.Fatal(err)
			}
			took := time.Since(begun)
			for _, run := range storm {
				if err := run.Wait(context.Background(), new(string)); err != nil {
					t.Fatal(err)
				}
			}
			if all := time.Since(due); took > all/2 {
				t.Errorf("the new run took %v, and the storm %v", took, all)
			}
		})
	})
}
