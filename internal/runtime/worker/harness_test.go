// This file is what the tests of the worker share: a store, a client, workers, workflows and activities in virtual time.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/memstore"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/embed"
)

var errDeclined = errors.New("declined")

// bench is a test in virtual time, with a store, a client, and workers that start and stop.
type bench struct {
	*testing.T
	open   func() store.Store // another connection to the store
	client *client.Client
	errors abi.Errors
	log    *slog.Logger // of workers
}

func TestMain(m *testing.M) {
	if url := os.Getenv(workerEnv); url != "" {
		fmt.Fprintln(os.Stderr, workAsProcess(url))
		os.Exit(1)
	}
	embed.RegisterClock()
	os.Exit(m.Run())
}

// world runs test twice, in synctest bubbles: over the in-memory store, and over a real NATS server.
func world(t *testing.T, test func(b *bench)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			data := memstore.New()
			inWorld(t, func() store.Store { return data.Open() }, test)
		})
	})
	t.Run("nats", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server, err := embed.Start(embed.Options{Memory: true})
			if err != nil {
				t.Fatal(err)
			}
			defer server.Shutdown()
			inWorld(t, func() store.Store {
				opt := server.StoreOptions("")
				opt.Logger = slog.New(slog.DiscardHandler)
				st, err := natsstore.Connect(context.Background(), opt)
				if err != nil {
					t.Fatal(err)
				}
				return st
			}, test)
		})
	})
}

func inWorld(t *testing.T, open func() store.Store, test func(b *bench)) {
	st := open()
	defer st.Close()
	test(&bench{
		T: t, open: open, client: client.New(st, nil), errors: abi.Errors{abi.Sentinel("t.errDeclined", errDeclined)},
		log: slog.New(slog.DiscardHandler),
	})
}

// work starts a worker and returns a function that stops it.
func (b *bench) work(m abi.Registration) (stop func()) {
	end := b.launch(m)
	return func() { end(nil) }
}

// launch starts a worker and returns a function that ends it with a cause.
func (b *bench) launch(m abi.Registration) (end func(why error)) {
	st := b.open()
	m.Package, m.Errors = "t", b.errors
	w, err := worker.New(worker.Options{Store: st, Registrations: []abi.Registration{m}, Logger: b.log, Drain: time.Second})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	done := make(chan error)
	go func() { done <- w.Run(ctx) }()
	return func(why error) {
		cancel(why)
		if err := <-done; err != nil {
			b.Error(err)
		}
		st.Close()
	}
}

// workflow returns a workflow that takes and returns a string.
func (b *bench) workflow(name string, run func(r *abi.Run, ctx context.Context, in string) (string, error)) *abi.Workflow {
	return &abi.Workflow{Name: name, Queue: "q", Errors: b.errors, Run: func(ctx context.Context, r *abi.Run, in abi.Values) ([]any, error) {
		var s string
		if err := in.Decode(&s); err != nil {
			return nil, err
		}
		out, err := run(r, ctx, s)
		return []any{out}, err
	}}
}

// newActivity returns an activity that takes and returns a string, and the function with which lowered code calls it.
func newActivity(a abi.Activity, run func(ctx context.Context, in string) (string, error)) (abi.Handler, func(r *abi.Run, ctx context.Context, in string) (string, error)) {
	if a.Policy.StartToClose == 0 {
		a.Policy.StartToClose = time.Minute
	}
	if a.Policy.BackoffMin == 0 {
		a.Policy.BackoffMin, a.Policy.BackoffMax, a.Policy.BackoffFactor = time.Second, time.Minute, 2
	}
	a.Queue = "qa"
	h := abi.Handler{Activity: &a, Run: func(ctx context.Context, in abi.Values) ([]any, error) {
		var s string
		if err := in.Decode(&s); err != nil {
			return nil, err
		}
		out, err := run(ctx, s)
		return []any{out}, err
	}}
	return h, func(r *abi.Run, ctx context.Context, in string) (out string, err error) {
		err = abi.Call(ctx, r, &a, []any{in}, &out)
		return
	}
}

// result starts a workflow and waits for it.
func (b *bench) result(w *abi.Workflow, id, in string) (out string, err error) {
	run := b.start(w, id, in)
	err = run.Wait(context.Background(), &out)
	return
}

func (b *bench) start(w *abi.Workflow, id, in string, opts ...client.StartOption) *client.Run {
	run, err := b.client.Start(context.Background(), w, id, []any{in}, opts...)
	if err != nil {
		b.Fatal(err)
	}
	return run
}

func (b *bench) events(id string) string {
	h, err := b.client.History(context.Background(), id, "")
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, e := range h.Events {
		names = append(names, strings.TrimPrefix(fmt.Sprintf("%T", e.Body), "*history."))
	}
	return strings.Join(names, " ")
}
