// This file closes the store of a worker, or makes it unavailable, in the middle of a turn: that is no fault of the run, and never
// parks it.

package worker_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// failing is a store with a call that fails. Before each call it asks fail for an error.
type failing struct {
	store.Store
	fail func(call string) error
}

func (f failing) Load(ctx context.Context, id string) ([]store.Stored, error) {
	if err := f.fail("Load"); err != nil {
		return nil, err
	}
	return f.Store.Load(ctx, id)
}

func (f failing) Last(ctx context.Context, id string) (store.Stored, error) {
	if err := f.fail("Last"); err != nil {
		return store.Stored{}, err
	}
	return f.Store.Last(ctx, id)
}

func (f failing) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if err := f.fail("Append"); err != nil {
		return 0, err
	}
	return f.Store.Append(ctx, id, prev, rec)
}

func (f failing) Pending(ctx context.Context, queue, id string) ([]store.Pending, error) {
	if err := f.fail("Pending"); err != nil {
		return nil, err
	}
	return f.Store.Pending(ctx, queue, id)
}

func (f failing) GetObject(ctx context.Context, name string) ([]byte, error) {
	if err := f.fail("GetObject"); err != nil {
		return nil, err
	}
	return f.Store.GetObject(ctx, name)
}

func (f failing) PutObject(ctx context.Context, name string, data []byte) error {
	if err := f.fail("PutObject"); err != nil {
		return err
	}
	return f.Store.PutObject(ctx, name, data)
}

func (f failing) EnqueueTask(ctx context.Context, t store.Task) error {
	if err := f.fail("EnqueueTask"); err != nil {
		return err
	}
	return f.Store.EnqueueTask(ctx, t)
}

// lockedBuffer is a buffer that goroutines share.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestStoreThatIsDownParksNoRun(t *testing.T) {
	large := strings.Repeat("x", 300_000) // in the object store
	for _, call := range []string{"Load", "Last", "Append", "Pending", "GetObject", "PutObject", "EnqueueTask"} {
		for _, closed := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/closed=%t", call, closed), func(t *testing.T) {
				world(t, func(b *bench) {
					act, ship := newActivity(abi.Activity{Name: "t.act"}, func(_ context.Context, in string) (string, error) { return in, nil })
					wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
						if _, err := ship(r, ctx, in); err != nil {
							return "", err
						}
						abi.Sleep(r, time.Hour)
						out, err := ship(r, ctx, in)
						return out[:1], err
					})
					m := abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}}
					stop := b.work(m)
					run := b.start(wf, "w1", large)
					time.Sleep(time.Minute)
					stop()

					// The next worker has to load the run, and its store fails.
					var log lockedBuffer
					var failed atomic.Int32
					open, quiet := b.open, b.log
					broken := open()
					b.open = func() store.Store {
						return failing{broken, func(c string) error {
							switch {
							case c != call:
								return nil
							case closed:
								_ = broken.Close()
								failed.Add(1)
								return store.ErrClosed
							case failed.Add(1) <= 3:
								return fmt.Errorf("%s: %w", call, store.ErrUnavailable)
							}
							return nil
						}}
					}
					b.log = slog.New(slog.NewTextHandler(&log, nil))
					end := b.launch(m)
					b.open, b.log = open, quiet
					time.Sleep(2 * time.Hour)
					if failed.Load() == 0 && call != "Last" {
						b.Errorf("%s was not called", call)
					}
					if d, err := b.client.Describe(context.Background(), "w1", ""); err != nil || d.Status == history.StatusParked {
						b.Errorf("the run: %+v, %v", d, err)
					}
					end(nil)
					defer b.work(m)()
					var out string
					if err := run.Wait(context.Background(), &out); out != "x" || err != nil {
						b.Errorf("the run returned %q, %v", out, err)
					}
					if strings.Contains(log.String(), "parked") {
						b.Errorf("the worker has parked the run:\n%s", log.String())
					}
				})
			})
		}
	}
}
