// This file tests workflows with several goroutines: where their goroutines are, and what happens if they cannot continue.

package worker_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestDeadlockedRunIsParkedAndCanBeTerminated(t *testing.T) {
	world(t, func(b *bench) {
		stuck := b.workflow("t.stuck", func(r *abi.Run, _ context.Context, in string) (string, error) {
			results := make(chan string)
			abi.Go(r, func() { abi.Recv(r, results) })
			abi.Sleep(r, time.Second)
			abi.Recv(r, results)
			return in, nil
		})
		echo := b.echo()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{stuck, echo}})()
		run := b.start(stuck, "w1", "x")
		b.expectParked(echo, "w1", "deadlock", "goroutine 0 waits for chan receive at worker_test/coroutines_test.go:", "goroutine 0.0", "started at")
		b.expectTerminated(run)
	})
}

func TestWarningsOfARunAreLoggedOnce(t *testing.T) {
	world(t, func(b *bench) {
		var log bytes.Buffer
		b.log = slog.New(slog.NewTextHandler(&log, nil))
		hasty := b.workflow("t.hasty", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Go(r, func() { abi.Sleep(r, time.Second) })
			return in, nil
		})
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{hasty}})
		if _, err := b.result(hasty, "w1", "x"); err != nil {
			t.Fatal(err)
		}
		stop()
		if n := strings.Count(log.String(), "goroutine 0.0, started at worker_test/coroutines_test.go:"); n != 1 {
			t.Errorf("the warning was logged %d times:\n%s", n, log.String())
		}
	})
}

func TestStackOfARun(t *testing.T) {
	world(t, func(b *bench) {
		waits := b.workflow("t.waits", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Go(r, func() { abi.Sleep(r, time.Hour) })
			abi.Recv(r, ctx.Done())
			return in, ctx.Err()
		})
		m := abi.Registration{Workflows: []*abi.Workflow{waits}}
		stop := b.work(m)
		b.start(waits, "w1", "x")
		synctest.Wait()
		b.expectStack("w1")
		stop()
		defer b.work(m)() // which does not have the run in memory
		b.expectStack("w1")
	})
}

func TestNoStack(t *testing.T) {
	world(t, func(b *bench) {
		waits := b.workflow("t.waits", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Sleep(r, time.Hour)
			return in, nil
		})
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{waits}})
		run := b.start(waits, "w1", "x")
		synctest.Wait()
		stop()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if _, err := b.client.Stack(ctx, "unknown", ""); !errors.Is(err, client.ErrNotFound) {
			t.Errorf("unknown workflow: %v", err)
		}
		var none *client.NoWorkerError
		if _, err := b.client.Stack(ctx, "w1", ""); !errors.As(err, &none) || none.ID != "w1" || none.Queue != waits.Queue {
			t.Errorf("without a worker: %v", err)
		}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{waits}})()
		b.expectTerminated(run)
		if _, err := b.client.Stack(context.Background(), "w1", ""); err == nil || !strings.Contains(err.Error(), `workflow "w1" has ended (terminated)`) {
			t.Errorf("closed run: %v", err)
		}
	})
}

func (b *bench) expectStack(id string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	stack, err := b.client.Stack(ctx, id, "")
	if err != nil {
		b.Fatal(err)
	}
	if len(stack.Coroutines) != 2 || stack.Worker == "" {
		b.Fatalf("got %+v, want two goroutines", stack)
	}
	for i, want := range []string{"goroutine 0 waits for chan receive at worker_test/coroutines_test.go:", "goroutine 0.0 waits for sleep at worker_test/coroutines_test.go:"} {
		if got := stack.Coroutines[i].String(); !strings.HasPrefix(got, want) {
			b.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestWatchdogNamesTheLineThatBlocks needs real time: virtual time stands still while a goroutine runs.
func TestWatchdogNamesTheLineThatBlocks(t *testing.T) {
	data := memstore.New()
	b := &bench{T: t, open: nil, client: client.New(data.Open(), nil)}
	release := make(chan struct{})
	blocks := b.workflow("t.blocks", func(r *abi.Run, _ context.Context, in string) (string, error) {
		abi.Gosched(r)
		blocksHere(release)
		return in, nil
	})
	echo := b.echo()
	w, err := worker.New(worker.Options{
		Store: data.Open(), Registrations: []abi.Registration{{Package: "t", Workflows: []*abi.Workflow{blocks, echo}}},
		Logger: slog.New(slog.DiscardHandler), Turn: 20 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	run := b.start(blocks, "w1", "x")
	b.eventually(func(d *client.Description) bool {
		return d.Status == history.StatusRunning && strings.Contains(d.Parked, "coroutines_test.go:") && strings.Contains(d.Parked, "blocksHere")
	})
	stack, err := b.client.Stack(ctx, "w1", "")
	if err != nil || len(stack.Coroutines) != 1 || !strings.Contains(strings.Join(stack.Coroutines[0].Stack, "\n"), "blocksHere") {
		t.Errorf("stack: %+v, %v", stack, err)
	}
	if out, err := b.result(echo, "healthy", "fine"); out != "fine" || err != nil {
		t.Errorf("another run: %q, %v", out, err)
	}
	close(release)
	var out string
	if err := run.Wait(ctx, &out); err != nil || out != "x" {
		t.Errorf("the run ends with %q, %v", out, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// blocksHere waits in a way that the scheduler does not know.
func blocksHere(release <-chan struct{}) { <-release }

// eventually waits until ok accepts the description of the run w1.
func (b *bench) eventually(ok func(*client.Description) bool) {
	b.Helper()
	var last *client.Description
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		d, err := b.client.Describe(context.Background(), "w1", "")
		if err == nil && ok(d) {
			return
		}
		last = d
	}
	b.Fatalf("the description stays %+v", last)
}

// A run that blocks its turn can be closed without running its code, in its first turn and in later ones. Its id can be
// used again.
func TestBlockedRunCanBeTerminated(t *testing.T) {
	for name, before := range map[string]time.Duration{"first turn": 0, "later turn": time.Second} {
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) {
				release := make(chan struct{})
				blocks := b.workflow("t.blocks", func(r *abi.Run, _ context.Context, in string) (string, error) {
					if abi.Sleep(r, before); in == "block" {
						blocksHere(release)
					}
					return in, nil
				})
				defer b.work(abi.Registration{Workflows: []*abi.Workflow{blocks, b.echo()}})()
				run := b.start(blocks, "w1", "block")
				time.Sleep(10 * time.Second)
				b.expectTerminated(run)
				if out, err := b.result(blocks, "w1", "again"); out != "again" || err != nil {
					t.Errorf("the next run of the id: %q, %v", out, err)
				}
				close(release)
				time.Sleep(time.Minute)
				var re *client.RunError
				if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated {
					t.Errorf("after its code has returned: %v", err)
				}
				if out, err := b.result(b.echo(), "healthy", "fine"); out != "fine" || err != nil {
					t.Errorf("another run: %q, %v", out, err)
				}
			})
		})
	}
}

// The termination is requested before the watchdog has noticed anything, and again afterwards.
func TestRunThatIsAboutToBlockCanBeTerminated(t *testing.T) {
	world(t, func(b *bench) {
		release := make(chan struct{})
		blocks := b.workflow("t.blocks", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Sleep(r, time.Second)
			blocksHere(release)
			return in, nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{blocks}})()
		defer close(release)
		run := b.start(blocks, "w1", "")
		time.Sleep(3 * time.Second)
		if err := run.Terminate(context.Background(), "beyond repair"); err != nil {
			t.Fatal(err)
		}
		b.expectTerminated(run)
	})
}

// Deferred calls of a closed run do not block anything else.
func TestDeferThatDoesNotReturn(t *testing.T) {
	world(t, func(b *bench) {
		release := make(chan struct{})
		never := func(r *abi.Run) {
			defer blocksHere(release)
			abi.Sleep(r, time.Hour)
		}
		leaves := b.workflow("t.leaves", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Go(r, func() { never(r) })
			abi.Sleep(r, time.Second)
			return in, nil
		})
		waits := b.workflow("t.waits", func(r *abi.Run, _ context.Context, in string) (string, error) {
			never(r)
			return in, nil
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{leaves, waits}})()
		defer close(release)
		begun := time.Now()
		if out, err := b.result(leaves, "w1", "done"); out != "done" || err != nil {
			t.Errorf("abandoned goroutine: %q, %v", out, err)
		}
		run := b.start(waits, "w2", "")
		time.Sleep(time.Second)
		b.expectTerminated(run)
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
	})
}
