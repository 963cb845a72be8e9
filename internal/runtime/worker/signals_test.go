// This file sends signals to runs: before their worker, together, twice, too late, and as garbage.

package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// collector returns a workflow that joins the words that it is sent, up to "end".
func (b *bench) collector() *abi.Workflow {
	w := b.workflow("t.collect", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		words, all := abi.Signals[string](r, "words"), []string{in}
		for {
			word := abi.Recv(r, words)
			if word == "end" {
				return strings.Join(all, " "), nil
			}
			all = append(all, word)
		}
	})
	w.Channels = []abi.Channel{abi.SignalOf[string]("words")}
	return w
}

// send sends words to the newest run of an id.
func (b *bench) send(w *abi.Workflow, id string, words ...string) {
	b.Helper()
	for _, word := range words {
		if err := b.client.Run(w, id).Signal(context.Background(), "words", word); err != nil {
			b.Fatal(err)
		}
	}
}

func TestSignalsAreReceivedInTheirOrder(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.collector()
		run := b.start(wf, "early", "0", client.SignalWithStart(wf, "words", "1"))
		b.send(wf, "early", "2", "3") // no worker has taken the run yet
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		time.Sleep(time.Minute)
		b.send(wf, "early", "4", "end")
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "0 1 2 3 4" {
			b.Errorf("got %q, %v\n%s", out, err, b.events("early"))
		}
	})
}

// TestSignalsSurviveCrashes has several senders send while workers die, and checks that each word arrives once, in the order
// of its sender.
func TestSignalsSurviveCrashes(t *testing.T) {
	const senders, each = 4, 50
	world(t, func(b *bench) {
		wf := b.workflow("t.count", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			words, next := abi.Signals[[2]int](r, "words"), [senders]int{}
			for range senders * each {
				word := abi.Recv(r, words)
				if next[word[0]] != word[1] {
					return "", fmt.Errorf("sender %d: got %d, want %d", word[0], word[1], next[word[0]])
				}
				next[word[0]]++
			}
			return fmt.Sprint(abi.Len(r, words)), nil
		})
		wf.Channels = []abi.Channel{abi.SignalOf[[2]int]("words")}
		run := b.start(wf, "busy", "")
		var sending sync.WaitGroup
		for sender := range senders {
			sending.Go(func() {
				for i := range each {
					// The same signal again is no other one.
					for range 1 + i%2 {
						if err := run.Signal(context.Background(), "words", [2]int{sender, i}, client.DedupID(fmt.Sprint(sender, i))); err != nil {
							b.Error(err)
							return
						}
					}
					time.Sleep(time.Duration(sender+1) * 37 * time.Millisecond)
				}
			})
		}
		for range 8 {
			end := b.launch(abi.Registration{Workflows: []*abi.Workflow{wf}})
			time.Sleep(time.Second)
			end(errors.New("crash"))
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		sending.Wait()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "0" {
			b.Errorf("got %q, %v", out, err)
		}
	})
}

func TestSignalsThatNoRunCanReceive(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		wf := b.collector()
		if err := b.client.Run(wf, "nobody").Signal(ctx, "words", "x"); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("to an id without a run: %v", err)
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		run := b.start(wf, "w", "a")
		if err := run.Signal(ctx, "other", "x"); err == nil || !strings.Contains(err.Error(), "no channel of that name") {
			b.Errorf("an unknown signal: %v", err)
		}
		if err := run.Signal(ctx, "words", make(chan int)); err == nil {
			b.Error("a value that cannot be encoded was sent")
		}
		if err := run.Signal(ctx, "words", "x", client.DedupID("")); err == nil {
			b.Error("a signal with an empty id was sent")
		}
		if _, err := b.client.Start(ctx, wf, "v", []any{"a"}, client.SignalWithStart(wf, "other", "x")); err == nil {
			b.Error("a start with an unknown signal was accepted")
		}
		for _, m := range []history.SignalRequest{
			{Name: "other", Value: encoded(b, "x")}, {Name: "words", Value: encoded(b, 7)}, {Name: "words", Value: history.Payload{Encoding: "json+rot13", Data: []byte("x")}}, {},
		} {
			b.sendRaw("w", &history.Message{RunID: run.RunID(), Signal: &m})
		}
		b.send(wf, "w", "b", "end")
		var out string
		if err := run.Wait(ctx, &out); err != nil || out != "a b" {
			b.Errorf("after garbage: %q, %v", out, err)
		}
		if err := run.Signal(ctx, "words", "late"); !errors.Is(err, client.ErrNotFound) {
			b.Errorf("to a closed run: %v", err)
		}
	})
}

func encoded(b *bench, value any) history.Payload {
	p, err := payloads.Encode("", []any{value})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// sendRaw sends a message as a client without a stub may do.
func (b *bench) sendRaw(id string, m *history.Message) {
	st := b.open()
	defer st.Close()
	if err := st.Send(context.Background(), store.Message{Queue: "q", ID: id, Data: m.Marshal()}); err != nil {
		b.Fatal(err)
	}
}

// TestSignalWithStartOfAnOpenRun sends the signal to the run that is open, and once if the start is repeated.
func TestSignalWithStartOfAnOpenRun(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.collector()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		first := b.start(wf, "w", "a")
		use := client.OnConflict(history.ConflictUseExisting)
		second := b.start(wf, "w", "ignored", use, client.SignalWithStart(wf, "words", "b"))
		if first.RunID() != second.RunID() {
			b.Errorf("two runs: %s and %s", first.RunID(), second.RunID())
		}
		for range 2 {
			b.start(wf, "v", "c", client.RequestID("once"), client.SignalWithStart(wf, "words", "d"))
		}
		b.send(wf, "w", "end")
		b.send(wf, "v", "end")
		for id, want := range map[string]string{"w": "a b", "v": "c d"} {
			var out string
			if err := b.client.Run(wf, id).Wait(context.Background(), &out); err != nil || out != want {
				b.Errorf("%s: got %q, %v, want %q", id, out, err, want)
			}
		}
	})
}

// TestSignalsKeepTheirOrderBesideFrozenWorkers sends signals that are delivered to workers that do nothing, and then others
// that are delivered to the worker that has the runs.
func TestSignalsKeepTheirOrderBesideFrozenWorkers(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.collector()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		var ids []string
		for n := range 20 {
			ids = append(ids, fmt.Sprint("w", n))
			b.start(wf, ids[n], ids[n])
		}
		time.Sleep(time.Minute)
		frozen, end := context.WithCancel(context.Background())
		var stuck atomic.Int64
		st := b.open()
		defer st.Close()
		for n := range 9 {
			err := st.Receive(frozen, store.ReceiveOptions{Queue: "q", Worker: fmt.Sprint("frozen", n), Handler: func(w store.Wakeup) {
				if bytes.Contains(w.Data, []byte(`["1"]`)) {
					stuck.Add(1)
				}
			}})
			if err != nil {
				b.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		for _, id := range ids {
			b.send(wf, id, "1")
		}
		synctest.Wait()
		end()
		synctest.Wait()
		b.Logf("%d of 20 signals were delivered to frozen workers", stuck.Load())
		for _, id := range ids {
			b.send(wf, id, "2", "end")
		}
		for _, id := range ids {
			var out string
			if err := b.client.Run(wf, id).Wait(context.Background(), &out); err != nil || out != id+" 1 2" {
				b.Errorf("%s: got %q, %v", id, out, err)
			}
		}
	})
}

// TestRequestsBeforeTheEndAreRead cancels runs whose cancellation is delivered to a worker that does nothing, and that end by
// a timer of the worker that has them.
func TestRequestsBeforeTheEndAreRead(t *testing.T) {
	world(t, func(b *bench) {
		wf := b.workflow("t.nap", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, 2*time.Minute+time.Second)
			return in, ctx.Err()
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}})()
		var runs []*client.Run
		for n := range 20 {
			runs = append(runs, b.start(wf, fmt.Sprint("w", n), ""))
		}
		time.Sleep(time.Minute)
		st := b.open()
		defer st.Close()
		frozen, end := context.WithCancel(context.Background())
		defer end()
		if err := st.Receive(frozen, store.ReceiveOptions{Queue: "q", Worker: "frozen", Handler: func(store.Wakeup) {}}); err != nil {
			b.Fatal(err)
		}
		time.Sleep(time.Minute)
		for _, run := range runs {
			if err := run.Cancel(context.Background(), "not needed"); err != nil {
				b.Error(err)
			}
		}
		time.Sleep(time.Minute)
		for _, run := range runs {
			if d, err := run.Describe(context.Background()); err != nil || d.Status != history.StatusCancelled {
				b.Errorf("%s is %v, %v", run.ID(), d.Status, err)
			}
		}
	})
}
