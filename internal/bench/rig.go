// The rig of a measurement: a namespace of its own on a server, a client and a worker, each with a connection.

package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

type rig struct {
	namespace string
	nats      natsstore.Options
	conn      *nats.Conn // for measurements of the server alone
	js        jetstream.JetStream
	store     *natsstore.Store
	client    *client.Client
	code      *code
	stop      func() error // stops the worker
}

func newRig(ctx context.Context, opt natsstore.Options) (r *rig, err error) {
	r = &rig{namespace: "bench-" + strings.ToLower(rand.Text()[:8]), code: newCode(), stop: func() error { return nil }}
	opt.Namespace, opt.Logger = r.namespace, slog.New(slog.DiscardHandler)
	r.nats = opt
	if r.store, err = natsstore.Connect(ctx, opt); err != nil {
		return nil, err
	}
	r.client = client.New(r.store, nil)
	if err := r.dial(); err != nil {
		return nil, errors.Join(err, r.close())
	}
	if err := r.work(ctx); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

// dial opens the connection for measurements of the server alone.
func (r *rig) dial() (err error) {
	opts := append([]nats.Option{nats.Name("pawl bench")}, r.nats.NATS...)
	if r.nats.CredsFile != "" {
		opts = append(opts, nats.UserCredentials(r.nats.CredsFile))
	}
	if r.nats.InProcess != nil {
		opts = append(opts, nats.InProcessServer(r.nats.InProcess))
	}
	if r.conn, err = nats.Connect(r.nats.URL, opts...); err != nil {
		return fmt.Errorf("connect to NATS at %s: %w", r.nats.URL, err)
	}
	r.js, err = jetstream.New(r.conn)
	return err
}

// work starts a worker with a connection of its own, and returns once it has completed a run.
func (r *rig) work(ctx context.Context) error {
	stop, err := r.startWorker(ctx, r.code.registration)
	if err != nil {
		return err
	}
	r.stop = func() error {
		r.stop = func() error { return nil }
		return stop()
	}
	return r.run(ctx, r.code.workflow(callsActivities), 1)
}

// withRemote calls f while another worker takes the tasks of remoteQueue.
func (r *rig) withRemote(ctx context.Context, f func() error) error {
	stop, err := r.startWorker(ctx, r.code.remote)
	if err != nil {
		return err
	}
	err = r.run(ctx, r.code.workflow(callsRemote), 1)
	if err == nil {
		err = f()
	}
	return errors.Join(err, stop())
}

// startWorker starts a worker with a connection of its own. The function that it returns stops the worker.
func (r *rig) startWorker(ctx context.Context, code abi.Registration) (stop func() error, err error) {
	st, err := natsstore.Connect(ctx, r.nats)
	if err != nil {
		return nil, err
	}
	w, err := worker.New(worker.Options{Store: st, Registrations: []abi.Registration{code}, Logger: r.nats.Logger})
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	working, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(working) }()
	return func() error {
		cancel()
		return errors.Join(<-ended, st.Close())
	}, nil
}

// run starts a run and waits until it has closed.
func (r *rig) run(ctx context.Context, w *abi.Workflow, steps int) error {
	run, err := r.client.Start(ctx, w, "", []any{steps})
	if err != nil {
		return err
	}
	return run.Wait(ctx)
}

// close stops the worker and deletes the streams of the namespace from the server.
func (r *rig) close() error {
	errs := []error{r.stop()}
	if r.js != nil {
		errs = append(errs, r.erase())
	}
	if r.conn != nil {
		r.conn.Close()
	}
	return errors.Join(append(errs, r.store.Close())...)
}

func (r *rig) erase() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	list := r.js.StreamNames(ctx)
	for name := range list.Name() {
		if strings.Contains(name, r.namespace) {
			errs = append(errs, r.js.DeleteStream(ctx, name))
		}
	}
	return errors.Join(append(errs, list.Err())...)
}
