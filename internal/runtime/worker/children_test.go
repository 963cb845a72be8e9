// This file tests children: how they end with their parents, what is repaired, ids that are taken, and how many there may be.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

// call calls a workflow as a child.
func call(ctx context.Context, r *abi.Run, w *abi.Workflow, in string) (out string, err error) {
	err = abi.Child(ctx, r, w, []any{in}, nil, &out)
	return out, err
}

// sleeper returns a workflow that sleeps, and then returns its input, or the error of its context.
func (b *bench) sleeper(name string, d time.Duration) *abi.Workflow {
	return b.workflow(name, func(r *abi.Run, ctx context.Context, in string) (string, error) {
		select {
		case <-ctx.Done():
		default:
			abi.Select(r, abi.OnRecv(abi.After(r, d)), abi.OnRecv(ctx.Done()))
		}
		if in == "declined" {
			return "late", fmt.Errorf("slept: %w", errDeclined)
		}
		return in, ctx.Err()
	})
}

func childID(parent *client.Run, op string) string {
	return parent.ID() + "/" + parent.RunID() + "/" + op
}

func (b *bench) status(id string) history.Status {
	b.Helper()
	d, err := b.client.Describe(context.Background(), id, "")
	if err != nil {
		b.Fatalf("workflow %s: %v", id, err)
	}
	return d.Status
}

func TestErrorsOfChildren(t *testing.T) {
	world(t, func(b *bench) {
		child := b.sleeper("t.child", time.Hour)
		child.Queue = "other"
		lazy := b.sleeper("t.lazy", 24*time.Hour)
		lazy.Timeout = time.Minute
		parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			if out, err := call(ctx, r, child, "declined"); !errors.Is(err, errDeclined) || out != "late" {
				return "", fmt.Errorf("declined: %q, %w", out, err)
			}
			var ended *failures.RunError
			if _, err := call(ctx, r, lazy, "x"); !errors.As(err, &ended) || ended.Status != history.StatusTimedOut || !errors.Is(err, context.DeadlineExceeded) {
				return "", fmt.Errorf("timed out: %w", err)
			}
			if _, err := call(ctx, r, child, "terminated"); !errors.As(err, &ended) || ended.Status != history.StatusTerminated || ended.Reason != "enough" {
				return "", fmt.Errorf("terminated: %w", err)
			}
			ctx, cancel := abi.WithCancel(r, ctx)
			abi.Go(r, func() { abi.Sleep(r, time.Minute); cancel() })
			if _, err := call(ctx, r, child, "cancelled"); !errors.Is(err, context.Canceled) {
				return "", fmt.Errorf("cancelled: %w", err)
			}
			if _, err := call(ctx, r, child, "never"); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "t.child") {
				return "", fmt.Errorf("under an ended context: %w", err)
			}
			if _, err := call(abi.WithoutCancel(r, ctx), r, child, "last"); err != nil {
				return "", err
			}
			return "done", abi.Child(abi.WithoutCancel(r, ctx), r, child, []any{"x"}, []any{make(<-chan int)})
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{parent, lazy}})()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{child}})()
		run := b.start(parent, "w", "")
		time.Sleep(time.Hour + 2*time.Minute)
		if err := b.client.Terminate(context.Background(), childID(run, "0/3"), "", "enough"); err != nil {
			b.Fatal(err)
		}
		var out string
		if err := run.Wait(context.Background(), &out); err == nil || !strings.Contains(err.Error(), "is passed a <-chan int") || out != "done" {
			b.Errorf("got %q, %v", out, err)
		}
	})
}

// A parent that closes cancels, terminates or leaves alone what it has started, however it closes.
func TestClosePolicies(t *testing.T) {
	world(t, func(b *bench) {
		child := b.sleeper("t.child", time.Hour)
		parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			for _, ctx := range []context.Context{ctx, abi.Detached(ctx), abi.With(ctx, abi.OnClose(history.CloseTerminate))} {
				abi.Go(r, func() { call(ctx, r, child, "x") })
			}
			abi.Sleep(r, time.Minute)
			switch in {
			case "panic":
				panic("no further")
			case "wait":
				abi.Sleep(r, time.Hour)
			case "cancel":
				_, err := call(ctx, r, child, "x")
				return "", err
			}
			return in, nil
		})
		parent.Timeout = 30 * time.Minute
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{parent, child}})()
		ctx := context.Background()
		for id, end := range map[string]func(run *client.Run){
			"return": func(*client.Run) {},
			"wait":   func(*client.Run) {}, // until it times out
			"panic":  func(run *client.Run) { b.must(run.Terminate(ctx, "enough")) },
			"cancel": func(run *client.Run) { b.must(run.Cancel(ctx, "enough")) },
		} {
			run := b.start(parent, id, id)
			time.Sleep(2 * time.Minute)
			end(run)
			_ = run.Wait(ctx)
			time.Sleep(time.Minute)
			want := []history.Status{history.StatusCancelled, history.StatusRunning, history.StatusTerminated}
			if id == "cancel" {
				want[2] = history.StatusCancelled // with the context of its call, before the parent closes
			}
			for i, want := range want {
				if got := b.status(childID(run, fmt.Sprintf("0.%d/1", i))); got != want {
					b.Errorf("%s: child %d is %v, want %v", id, i, got, want)
				}
			}
		}
		time.Sleep(2 * time.Hour)
	})
}

func (b *bench) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// An id that the author chooses may be taken, before the parent comes to its call or at the same time.
func TestChildWhoseIDIsTaken(t *testing.T) {
	world(t, func(b *bench) {
		child := b.sleeper("t.child", time.Hour)
		parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			var results [3]string
			var wg sync.WaitGroup
			for i := range results {
				abi.WaitGroupGo(r, &wg, func() {
					out, err := call(abi.With(ctx, abi.ChildID("one")), r, child, strconv.Itoa(i))
					var taken *failures.AlreadyStartedError
					if errors.As(err, &taken) && taken.ID == "one" {
						out = "taken"
					}
					results[i] = out
				})
			}
			abi.WaitGroupWait(r, &wg)
			return strings.Join(results[:], " "), nil
		})
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{parent, child}})
		if out, err := b.result(parent, "w1", ""); err != nil || strings.Count(out, "taken") != 2 {
			b.Errorf("at the same time: %q, %v", out, err)
		}
		first := b.start(child, "one", "x")
		if out, err := b.result(parent, "w2", ""); err != nil || out != "taken taken taken" {
			b.Errorf("after another start: %q, %v", out, err)
		}
		b.must(first.Wait(context.Background()))
		if out, err := b.result(parent, "w3", ""); err != nil || strings.Count(out, "taken") != 2 {
			b.Errorf("after its end: %q, %v", out, err)
		}
		stop()
	})
}

// forgetful is a store that loses messages, and says that it has stored them.
type forgetful struct {
	store.Store
	loses func(start bool, m store.Message) bool
}

func (f forgetful) Send(ctx context.Context, m store.Message) error {
	if f.loses(false, m) {
		return nil
	}
	return f.Store.Send(ctx, m)
}

func (f forgetful) SendStart(ctx context.Context, m store.Message) error {
	if f.loses(true, m) {
		return nil
	}
	return f.Store.SendStart(ctx, m)
}

// Whatever is lost between a parent and its child is found when the parent is repaired.
func TestLostMessagesOfChildren(t *testing.T) {
	for name, lost := range map[string]func(start bool, m store.Message) bool{
		"start":   func(start bool, m store.Message) bool { return start && strings.HasPrefix(m.ID, "w/") },
		"outcome": func(_ bool, m store.Message) bool { return m.Outcome },
		"cancel":  func(start bool, m store.Message) bool { return !start && !m.Outcome && strings.HasPrefix(m.ID, "w/") },
	} {
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) {
				var mu sync.Mutex
				losses := 0
				open := b.open
				b.open = func() store.Store {
					return forgetful{open(), func(start bool, m store.Message) bool {
						mu.Lock()
						defer mu.Unlock()
						if losses > 0 || !lost(start, m) {
							return false
						}
						losses++
						return true
					}}
				}
				starts := map[string]int{}
				child := b.workflow("t.child", func(r *abi.Run, ctx context.Context, in string) (string, error) {
					mu.Lock()
					starts[in]++
					mu.Unlock()
					abi.Recv(r, ctx.Done())
					return in, ctx.Err()
				})
				parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
					ctx, cancel := abi.WithTimeout(r, ctx, time.Minute)
					defer cancel()
					_, err := call(ctx, r, child, "x")
					return fmt.Sprint(errors.Is(err, context.DeadlineExceeded)), nil
				})
				stop := b.work(abi.Registration{Workflows: []*abi.Workflow{parent, child}})
				run := b.start(parent, "w", "")
				time.Sleep(2 * time.Minute)
				stop()
				synctest.Wait()
				defer b.work(abi.Registration{Workflows: []*abi.Workflow{parent, child}})()
				var out string
				if err := run.Wait(context.Background(), &out); err != nil || out != "true" {
					b.Errorf("got %q, %v", out, err)
				}
				if losses != 1 {
					b.Errorf("%d messages were lost", losses)
				}
			})
		})
	}
}

// A parent may have ten thousand children: two events for each, in records that hold many of them.
func TestTenThousandChildren(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 500
	}
	world(t, func(b *bench) {
		square := b.workflow("t.square", func(_ *abi.Run, _ context.Context, in string) (string, error) {
			i, err := strconv.Atoi(in)
			return strconv.Itoa(i * i), err
		})
		sum := b.workflow("t.sum", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			results := make(chan int)
			for i := range n {
				abi.Go(r, func() {
					out, _ := call(ctx, r, square, strconv.Itoa(i))
					square, _ := strconv.Atoi(out)
					abi.Send(r, results, square)
				})
			}
			total := 0
			for range n {
				total += abi.Recv(r, results)
			}
			return strconv.Itoa(total), nil
		})
		var writes counters
		open := b.open
		b.open = func() store.Store { return counting{open(), &writes} }
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{sum, square}})()
		out, err := b.result(sum, "w", "")
		if want := (n - 1) * n * (2*n - 1) / 6; err != nil || out != strconv.Itoa(want) {
			b.Errorf("the sum is %q, %v; want %d", out, err, want)
		}
		h, err := b.client.History(context.Background(), "w", "")
		if err != nil || len(h.Events) > 2*n+10 {
			b.Errorf("%d events, %v", len(h.Events), err)
		}
		bytes := 0
		for _, e := range h.Events {
			bytes += len(history.MarshalBody(e.Body))
		}
		// Of each child: its start, its record, its outcome, and its entry in visibility.
		if total := writes.total(); total > 4*n+n/4+100 {
			b.Errorf("%d messages for %d children", total, n)
		}
		b.Logf("%d children: %d events of %d bytes; %d starts, %d messages, %d records, %d entries", n, len(h.Events), bytes,
			writes.starts.Load(), writes.messages.Load(), writes.records.Load(), writes.entries.Load())
	})
}

// counters counts what is written to a store.
type counters struct{ starts, messages, records, entries atomic.Int64 }

func (c *counters) total() int {
	return int(c.starts.Load() + c.messages.Load() + c.records.Load() + c.entries.Load())
}

// counting is a store that counts what is written to it.
type counting struct {
	store.Store
	*counters
}

func (c counting) SendStart(ctx context.Context, m store.Message) error {
	c.starts.Add(1)
	return c.Store.SendStart(ctx, m)
}

func (c counting) Send(ctx context.Context, m store.Message) error {
	c.messages.Add(1)
	return c.Store.Send(ctx, m)
}

func (c counting) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	c.records.Add(1)
	return c.Store.Append(ctx, id, prev, rec)
}

func (c counting) PutEntry(ctx context.Context, e store.Entry) error {
	c.entries.Add(1)
	return c.Store.PutEntry(ctx, e)
}

// Names that no store accepts are an error of the call, and deep families have short ids.
func TestNamesOfChildren(t *testing.T) {
	world(t, func(b *bench) {
		var nest *abi.Workflow
		nest = b.workflow("t.nest", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			depth, err := strconv.Atoi(in)
			if err != nil || depth == 0 {
				return abi.Info(ctx).ID, err
			}
			return call(ctx, r, nest, strconv.Itoa(depth-1))
		})
		parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			long := strings.Repeat("ж", 200)
			for _, ctx := range []context.Context{abi.With(ctx, abi.ChildID(long)), abi.With(ctx, abi.OnQueue(long))} {
				if _, err := call(ctx, r, nest, "0"); err == nil || !strings.Contains(err.Error(), "use at most") {
					return "", fmt.Errorf("a long name: %w", err)
				}
			}
			if id, err := call(abi.With(ctx, abi.OnQueue("q")), r, nest, "0"); err != nil || id == "" {
				return "", err
			}
			return call(ctx, r, nest, "20")
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{parent, nest}})()
		id := strings.Repeat("ж", 120)
		out, err := b.result(parent, id, "")
		if err != nil || len(out) > 255 || !strings.HasPrefix(out, id[:60]) {
			b.Errorf("got %q, %v", out, err)
		}
	})
}

// Workers are killed while a parent starts thousands of children and collects their results. None is lost, and none starts twice.
func TestThousandsOfChildrenWithKills(t *testing.T) {
	n := 2_000
	if testing.Short() {
		n = 200
	}
	world(t, func(b *bench) {
		var mu sync.Mutex
		runs := map[string]map[string]bool{} // by input
		child := b.workflow("t.child", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			info := abi.Info(ctx)
			mu.Lock()
			if runs[in] == nil {
				runs[in] = map[string]bool{}
			}
			runs[in][info.RunID] = true
			mu.Unlock()
			i, err := strconv.Atoi(in)
			if i%2 == 0 {
				abi.Sleep(r, time.Duration(i%40)*time.Second)
			}
			return strconv.Itoa(i * i), err
		})
		parent := b.workflow("t.parent", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			results := make(chan int)
			for i := range n {
				abi.Go(r, func() {
					abi.Sleep(r, time.Duration(i%10)*time.Second)
					out, _ := call(ctx, r, child, strconv.Itoa(i))
					square, _ := strconv.Atoi(out)
					abi.Send(r, results, square)
				})
			}
			total := 0
			for range n {
				total += abi.Recv(r, results)
			}
			return strconv.Itoa(total), nil
		})
		both := abi.Registration{Workflows: []*abi.Workflow{parent, child}}
		ends := []func(error){b.launch(both), b.launch(both)}
		done := make(chan struct{})
		var out string
		var err error
		go func() {
			defer close(done)
			out, err = b.result(parent, "w", "")
		}()
		kills := 0
		for over := false; !over; {
			select {
			case <-done:
				over = true
			case <-time.After(1500 * time.Millisecond):
				ends[kills%2](worker.ErrKilled)
				ends[kills%2] = b.launch(both)
				kills++
			}
		}
		if want := (n - 1) * n * (2*n - 1) / 6; err != nil || out != strconv.Itoa(want) {
			b.Errorf("the sum is %q, %v; want %d", out, err, want)
		}
		for in, of := range runs {
			if len(of) != 1 {
				b.Errorf("child %s has %d runs", in, len(of))
			}
		}
		if len(runs) != n {
			b.Errorf("%d children ran, want %d", len(runs), n)
		}
		b.Logf("%d kills", kills)
		for _, end := range ends {
			end(nil)
		}
	})
}
