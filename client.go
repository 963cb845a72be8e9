// The client: a connection to one namespace.

package pawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/tuning"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Client is a connection to one namespace. It starts workflows, through generated functions, and runs workers. Its
// methods may be called from several goroutines at the same time.
type Client struct {
	client *client.Client
	store  store.Store
	config config
}

// config is what the options of Connect change.
type config struct {
	nats   natsstore.Options
	worker worker.Options
	chain  *payloads.Chain
	logger *slog.Logger
	err    error // what is wrong with the options
}

func newConfig(opts []Option) config {
	c := config{chain: &payloads.Chain{}}
	for _, set := range opts {
		if set != nil {
			set(&c)
		}
	}
	c.refuse("WithTransforms", c.chain.Check())
	c.nats.Logger, c.worker.Logger = c.logger, c.logger
	return c
}

// refuse notes what is wrong with an option. A nil error is nothing.
func (c *config) refuse(option string, err error) {
	if err != nil {
		c.err = errors.Join(c.err, fmt.Errorf("%s: %w", option, err))
	}
}

// atLeast refuses a value that is less than the least one.
func atLeast[T int | time.Duration](c *config, option string, value, least T) {
	if value < least {
		c.refuse(option, fmt.Errorf("%v is too small: use at least %v", value, least))
	}
}

// Connect connects to a namespace and creates it if it does not exist. The url is one or more NATS URLs, separated by
// commas. If it is empty, Connect uses the environment variable NATS_URL. If that is empty too, Connect uses the NATS
// server in this process, for which the program must import the package embed:
//
//	import _ "github.com/pawlhq/pawl/runtime/embed"
func Connect(ctx context.Context, url string, opts ...Option) (*Client, error) {
	c := newConfig(opts)
	if c.err != nil {
		return nil, c.err
	}
	c.nats.URL = cmp.Or(url, os.Getenv("NATS_URL"))
	st, err := open(ctx, c.nats)
	if err != nil {
		return nil, err
	}
	return newClient(st, tuning.Tuning{}, c), nil
}

func open(ctx context.Context, opt natsstore.Options) (store.Store, error) {
	if opt.URL == "" && opt.Conn == nil {
		server, err := natsstore.Embedded()
		if err != nil {
			return nil, err
		}
		opt.InProcess, opt.Unsynced, opt.Memory = server.InProcess, server.Unsynced, server.Memory
	}
	return natsstore.Connect(ctx, opt)
}

// NewClient is like Connect with a store that is already open. Close closes the store. It is for Pawl's own packages, such
// as pawltest: only they can open stores, and use the client that is the second result.
func NewClient(st store.Store, t tuning.Tuning, opts ...Option) (*Client, *client.Client) {
	c := newClient(st, t, newConfig(opts))
	return c, c.client
}

func newClient(st store.Store, t tuning.Tuning, c config) *Client {
	c.chain.Objects = st
	c.worker.SweepEvery = t.LookEvery
	inner := client.NewTuned(st, c.chain, t)
	if c.logger != nil {
		client.SetLogger(inner, c.logger)
	}
	return &Client{inner, st, c}
}

// Close closes the connection. Open runs continue on other workers.
func (c *Client) Close() error { return c.store.Close() }

// Registration registers the annotated functions of one package with a worker. The generated function PawlRegistration
// returns it.
type Registration = abi.Registration

// Work runs the workflows and activities of the registrations until ctx ends. It then waits for work in progress, as
// [WithDrainTimeout] says, and returns. It fails if two registrations contradict each other, if generated code is older
// than its sources, or if the server cannot be reached at the start. Any number of workers may run at the same time, in
// one process or in several.
func (c *Client) Work(ctx context.Context, registrations ...Registration) error {
	if c.config.err != nil {
		return c.config.err
	}
	opt := c.config.worker
	opt.Store, opt.Chain, opt.Registrations = c.store, c.config.chain, registrations
	w, err := worker.New(opt)
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// Start starts a run of a workflow. Generated code calls it: call the generated Start function of the workflow instead.
// If id is empty, the workflow gets a random one. Start returns an *[AlreadyStartedError] if the id is taken. When it
// returns nil, the start is stored and the run will happen.
func (c *Client) Start(ctx context.Context, w *abi.Workflow, id string, in []any, opts ...StartOption) (*Run, error) {
	if c != nil && c.config.err != nil {
		return nil, c.config.err
	}
	run, err := c.inner().Start(ctx, w, id, in, opts...)
	if err != nil {
		return nil, err
	}
	return &Run{run}, nil
}

// Run returns a handle to the newest run of workflow id, without checking that there is one. Generated code calls it:
// call the generated Find function of the workflow instead.
func (c *Client) Run(w *abi.Workflow, id string) *Run { return &Run{c.inner().Run(w, id)} }

// inner is the client inside; nil in workflow code, where stubs have none.
func (c *Client) inner() *client.Client {
	if c == nil {
		return nil
	}
	return c.client
}
