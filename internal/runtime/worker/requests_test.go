// This file starts workflows again with the request ids of earlier starts.

package worker_test

import (
	"context"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// newest returns the run id of the newest run of a workflow id.
func (b *bench) newest(id string) string {
	b.Helper()
	d, err := b.client.Describe(context.Background(), id, "")
	if err != nil {
		b.Fatal(err)
	}
	return d.RunID
}

// A request starts nothing as long as a record of its run is kept, and no two runs share a run id.
func TestRequestIsRemembered(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.workflow("t.wf", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Sleep(r, time.Minute)
			return in, nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		request := func(id string, opts ...client.StartOption) string {
			b.Helper()
			run := b.start(wf, "w1", "x", append(opts, client.RequestID(id), client.RunRetention(time.Hour))...)
			time.Sleep(time.Second)
			return run.RunID()
		}
		first := request("r1")
		time.Sleep(5 * time.Minute) // longer than the server detects repeated messages
		second := request("r2")
		again := map[string]client.StartOption{
			"without options":  client.RequestID("r1"),
			"ReuseReject":      client.OnReuse(history.ReuseReject),
			"ReuseIfFailed":    client.OnReuse(history.ReuseIfFailed),
			"UseExisting":      client.OnConflict(history.ConflictUseExisting),
			"ConflictTerminat": client.OnConflict(history.ConflictTerminate),
		}
		repeat := func(when string) {
			b.Helper()
			for name, opt := range again {
				if got := request("r1", opt); got != first {
					b.Errorf("%s, %s: the request returns run %s, want the one that it began, %s", when, name, got, first)
				}
			}
			// A request that is sent although its client could know better.
			input, err := payloads.Encode("", []any{"x"})
			if err != nil {
				b.Fatal(err)
			}
			late := &history.StartRequest{
				Type: "t.wf", Queue: "q", ID: "w1", RunID: "late", RequestID: "r1", Input: input, Named: true,
				Retention: time.Hour, Conflict: history.ConflictTerminate,
			}
			st := b.open()
			defer st.Close()
			if err := st.SendStart(ctx, store.Message{Queue: "q", ID: "w1", DedupID: when, Data: late.Marshal()}); err != nil {
				b.Fatal(err)
			}
			time.Sleep(time.Second)
			if got := b.newest("w1"); got != second {
				b.Errorf("%s: the newest run is %s, want %s", when, got, second)
			}
		}
		repeat("the next run is open")
		time.Sleep(5 * time.Minute)
		repeat("the next run has ended")

		// When all is gone, the request begins a new run.
		time.Sleep(2 * time.Hour)
		third := request("r1")
		if third == first || third == second || b.newest("w1") != third {
			b.Errorf("after the retention: run %s, the runs before were %s and %s", third, first, second)
		}
		if got := request("r1"); got != third {
			b.Errorf("the request returns run %s, want the one that it began, %s", got, third)
		}
	})
}

// The record of a run may outlive that of the next one.
func TestRequestIsRememberedWhenTheNextRunIsForgotten(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(_ *abi.Run, _ context.Context, in string) (string, error) { return in, nil })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		first := b.start(wf, "w1", "x", client.RequestID("r1"), client.RunRetention(time.Hour))
		time.Sleep(time.Second)
		b.start(wf, "w1", "x", client.RequestID("r2"), client.RunRetention(time.Second))
		time.Sleep(10 * time.Minute)
		again := b.start(wf, "w1", "x", client.RequestID("r1"))
		if again.RunID() != first.RunID() {
			b.Errorf("the request returns run %s, want the one that it began, %s", again.RunID(), first.RunID())
		}
		var out string
		if err := again.Wait(context.Background(), &out); err != nil || out != "x" {
			b.Errorf("its result is %q, %v", out, err)
		}
	})
}
