// This file sends workflows what is not a message, or what its sender may not send. It must change nothing.

package worker_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// garbage returns what is not a message to a run.
func garbage(run *client.Run) map[string]store.Message {
	forged := &history.Message{RunID: run.RunID(), Completed: &history.ActivityCompleted{
		Op: history.OpID{Coroutine: "0", Index: 1}, Outcome: history.Outcome{Attempts: 1},
	}}
	cancel := &history.Message{Cancel: &history.CancelRequest{Reason: "garbage"}}
	terminate := &history.Message{Terminate: &history.TerminateRequest{Reason: "garbage"}}
	return map[string]store.Message{
		"nothing":                       {},
		"nothing, as an outcome":        {Outcome: true},
		"text":                          {Data: []byte("hello")},
		"text, as an outcome":           {Data: []byte("hello"), Outcome: true},
		"json":                          {Data: []byte(`{"cancel":true}`)},
		"half a message":                {Data: cancel.Marshal()[:3]},
		"an outcome from a client":      {Data: forged.Marshal()},
		"a cancellation, as an outcome": {Data: cancel.Marshal(), Outcome: true},
		"a termination, as an outcome":  {Data: terminate.Marshal(), Outcome: true},
	}
}

func TestGarbageParksNoRun(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(_ context.Context, in string) (string, error) {
			time.Sleep(time.Minute)
			return in, nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		run := b.start(wf, "w1", "x")
		time.Sleep(time.Second)
		st := b.open()
		defer st.Close()
		for name, m := range garbage(run) {
			m.Queue, m.ID, m.DedupID = "q", "w1", name
			if err := st.Send(context.Background(), m); err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(10 * time.Second)
		if d, err := run.Describe(context.Background()); err != nil || d.Status != history.StatusRunning || d.Cancelled {
			b.Errorf("the run is %+v (%v), want it running and not cancelled", d, err)
		}
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "x" {
			b.Errorf("got %q, %v", out, err)
		}
		time.Sleep(10 * time.Second)
		if waiting, err := st.Pending(context.Background(), "q", "w1"); err != nil || len(waiting) != 0 {
			b.Errorf("the inbox has %+v (%v), want nothing", waiting, err)
		}
	})
}

func TestGarbageBlocksNoID(t *testing.T) {
	world(t, func(b *bench) {
		other := &history.StartRequest{Type: "t.echo", Queue: "q", ID: "other", RunID: "r", RequestID: "1"}
		nameless := &history.StartRequest{Type: "t.echo", Queue: "q", ID: "2", RequestID: "1"}
		starts := [][]byte{nil, []byte("hello"), other.Marshal(), nameless.Marshal()}
		st := b.open()
		defer st.Close()
		for n, data := range starts {
			id := fmt.Sprint(n)
			if err := st.SendStart(context.Background(), store.Message{Queue: "q", ID: id, DedupID: "garbage", Data: data}); err != nil {
				b.Fatal(err)
			}
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{b.echo()}})()
		for n := range starts {
			if out, err := b.result(b.echo(), fmt.Sprint(n), "fine"); err != nil || out != "fine" {
				b.Errorf("id %d: got %q, %v", n, out, err)
			}
		}
	})
}

// A client with other transforms than the workers can cancel a run all the same.
func TestUnreadableReasonParksNoRun(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act"}, func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		run := b.start(wf, "w1", "x")
		cancel := &history.Message{Cancel: &history.CancelRequest{Sealed: history.Payload{Encoding: "json+unknown", Data: []byte("x")}}}
		st := b.open()
		defer st.Close()
		if err := st.Send(context.Background(), store.Message{Queue: "q", ID: "w1", Data: cancel.Marshal()}); err != nil {
			b.Fatal(err)
		}
		if err := run.Wait(context.Background()); !isCancelled(err) {
			b.Errorf("got %v, want a cancelled run", err)
		}
	})
}

// An entry or a task state that cannot be decoded hides neither its run nor others.
func TestGarbageHidesNoRun(t *testing.T) {
	world(t, func(b *bench) {
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 2}}, func(_ context.Context, in string) (string, error) { return in, nil })
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})
		run := b.start(wf, "w1", "x")
		time.Sleep(time.Second)
		stop()
		st := b.open()
		defer st.Close()
		if err := st.PutEntry(context.Background(), store.Entry{ID: "w1", Version: 1 << 40, Data: []byte("hello")}); err != nil {
			b.Fatal(err)
		}
		task := store.Task{Queue: "qa", ID: "w1", RunID: run.RunID(), Op: "0/1"}
		if _, err := st.PutTaskState(context.Background(), task, 0, store.TaskState{Data: []byte("hello"), Keep: time.Hour}); err != nil {
			b.Fatal(err)
		}
		if d, err := run.Describe(context.Background()); err != nil || d.Status != history.StatusRunning || len(d.Pending) != 1 {
			b.Errorf("described as %+v (%v), want the running run and its activity", d, err)
		}
		if listed, err := b.client.List(context.Background(), client.Filter{}); err != nil || len(listed) != 1 || listed[0].ID != "w1" {
			b.Errorf("listed %+v (%v)", listed, err)
		}
		if err := run.Cancel(context.Background(), "enough"); err != nil {
			b.Error(err)
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		if err := run.Wait(context.Background()); err != nil && !isCancelled(err) {
			b.Error(err)
		}
	})
}

func isCancelled(err error) bool {
	re, ok := err.(*client.RunError)
	return ok && re.Status == history.StatusCancelled
}
