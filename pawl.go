// Package pawl makes plain Go functions durable.
//
// Write activities, steps and workflows as ordinary functions, annotate them with //pawl:activity, //pawl:step and
// //pawl:workflow, run go generate, and use this package to connect, to work and, through the generated stubs, to
// start workflows and wait for their results. What it needs is a NATS server with JetStream, 2.15 or newer: one by
// URL, or the one in this process if the program imports github.com/pawlhq/pawl/runtime/embed.
//
// In workflow code, call plain Go; of this package Info, Final and WaitUntil are meant for it. In activities, ActivityInfo,
// Heartbeat, LastHeartbeat and Final are.
package pawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/runtime/abi"
	"github.com/pawlhq/pawl/runtime/codec"
)

// Registration is everything annotated in one package, for a worker to run. The generated function PawlRegistration makes it.
type Registration = abi.Registration

// Run is a handle on a run. Generated handles embed it and add a typed Result.
type Run = client.Run

// Client is a connection to one namespace: it starts workflows, acts on runs, and works. Its methods may be called
// from many goroutines.
type Client struct {
	*client.Client
	store store.Store
	opt   options
}

// Connect opens a namespace. url is one or more NATS URLs separated by commas; if it is empty, the environment
// variable NATS_URL is used, and if that is empty too, the NATS server in this process, for which the program must
// import github.com/pawlhq/pawl/runtime/embed:
//
//	import _ "github.com/pawlhq/pawl/runtime/embed"
func Connect(ctx context.Context, url string, opts ...Option) (*Client, error) {
	opt := options{natsstore: natsstore.Options{URL: cmp.Or(url, os.Getenv("NATS_URL"))}, chain: &codec.Chain{}}
	for _, o := range opts {
		o(&opt)
	}
	opt.natsstore.Logger = opt.logger
	st, err := open(ctx, &opt)
	if err != nil {
		return nil, err
	}
	return NewClient(st, opts...), nil
}

func open(ctx context.Context, opt *options) (store.Store, error) {
	if opt.natsstore.URL != "" || opt.natsstore.Conn != nil || opt.natsstore.InProcess != nil {
		return natsstore.Connect(ctx, opt.natsstore)
	}
	server, err := natsstore.Embedded()
	if err != nil {
		return nil, err
	}
	merged := opt.natsstore
	merged.InProcess, merged.Unsynced, merged.Memory = server.InProcess, server.Unsynced, server.Memory
	return natsstore.Connect(ctx, merged)
}

// NewClient is Connect on a store that the caller opened. Close closes it.
func NewClient(st store.Store, opts ...Option) *Client {
	opt := options{chain: &codec.Chain{}}
	for _, o := range opts {
		o(&opt)
	}
	opt.chain.Objects = st
	return &Client{client.New(st, opt.chain), st, opt}
}

// Work runs the workflows and activities of registrations until ctx ends, then lets what is under way come to an end, and
// returns. It fails if the registrations do not fit together, if their generated code is older than its sources, or if NATS
// cannot be reached at the start. Many workers may run side by side, in one process or in many.
func (c *Client) Work(ctx context.Context, registrations ...Registration) error {
	opt := c.opt.worker
	opt.Store, opt.Chain, opt.Registrations, opt.Logger = c.store, c.opt.chain, registrations, c.opt.logger
	w, err := worker.New(opt)
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// Close ends the connection. Runs go on with the workers that are left.
func (c *Client) Close() error { return c.store.Close() }

// options are what Option changes.
type options struct {
	natsstore natsstore.Options
	worker    worker.Options
	chain     *codec.Chain
	logger    *slog.Logger
}

// Option changes how a Client connects and works.
type Option func(*options)

// Namespace separates workflows that share a NATS account. Default "default".
func Namespace(name string) Option { return func(o *options) { o.natsstore.Namespace = name } }

// Credentials names the file that holds the NATS user's credentials.
func Credentials(file string) Option { return func(o *options) { o.natsstore.CredsFile = file } }

// NATS adds options of nats.go, such as nats.ClientCert or nats.RootCAs for TLS.
func NATS(opts ...nats.Option) Option {
	return func(o *options) { o.natsstore.NATS = append(o.natsstore.NATS, opts...) }
}

// Conn uses a connection that exists. Close leaves it open.
func Conn(nc *nats.Conn) Option { return func(o *options) { o.natsstore.Conn = nc } }

// Replicas is how many servers of a cluster keep each message, when the namespace is created. Default 1.
func Replicas(n int) Option { return func(o *options) { o.natsstore.Replicas = n } }

// Logger is where workers and connections log. Default slog.Default.
func Logger(l *slog.Logger) Option { return func(o *options) { o.logger = l } }

// Transforms stand between serialised payloads and the store, in this order on the way out: Gzip, then AES, say. All
// clients and workers of a namespace need the same ones, or more.
func Transforms(list ...codec.Transform) Option {
	return func(o *options) { o.chain.Transforms = append(o.chain.Transforms, list...) }
}

// ClaimCheck is the length in bytes from which a payload is kept in the object store, and only its name travels.
// Default codec.DefaultThreshold.
func ClaimCheck(threshold int) Option { return func(o *options) { o.chain.Threshold = threshold } }

// WorkerID names this worker in histories. It must be unique among the living. Default: host, process, random word.
func WorkerID(id string) Option { return func(o *options) { o.worker.ID = id } }

// Concurrency bounds how many activities run at once per task queue. Default 500.
func Concurrency(n int) Option { return func(o *options) { o.worker.Activities = n } }

// Cache bounds how many runs a worker keeps in memory between wake-ups. Default 10,000.
func Cache(n int) Option { return func(o *options) { o.worker.Cache = n } }

// Drain is how long activities may take to end when a worker is told to stop. Default 10 s.
func Drain(d time.Duration) Option { return func(o *options) { o.worker.Drain = d } }

// RunInfo is what a workflow's code, or a step's or activity's test, can learn about its run.
type RunInfo struct {
	ID      string
	RunID   string
	Type    string
	Started time.Time
}

// Info tells a workflow about its run. In a plain call, outside of a run, it is zero.
func Info(ctx context.Context) RunInfo { return RunInfo(abi.Info(ctx)) }

// ActivityDetails is what an activity or step can learn about itself.
type ActivityDetails = worker.Info

// ActivityInfo tells an activity or step about itself: above all its idempotency key, which is the same in every
// attempt. In a plain call it is zero.
func ActivityInfo(ctx context.Context) ActivityDetails { return worker.ActivityInfo(ctx) }

// Heartbeat says that the activity is alive, and keeps details for its next attempt. In a plain call it does nothing.
func Heartbeat(ctx context.Context, details ...any) error { return worker.Heartbeat(ctx, details...) }

// LastHeartbeat fills details from the last heartbeat of an earlier attempt. It reports false if there was none.
func LastHeartbeat(ctx context.Context, details ...any) (bool, error) {
	return worker.LastHeartbeat(ctx, details...)
}

// Final marks err as not to be retried. Final(nil) is nil.
func Final(err error) error { return codec.Final(err) }

// The errors of activities and runs.
type (
	// TimeoutError is the error of an activity that timed out; it names which of its four limits passed.
	TimeoutError = codec.TimeoutError
	// PanicError is the error of an activity that panicked.
	PanicError = codec.PanicError
	// RunError is the error of a run that did not complete.
	RunError = client.RunError
	// AlreadyStartedError says that a workflow id is taken.
	AlreadyStartedError = client.AlreadyStartedError
)

// ErrNotFound says that no run of a workflow id is known.
var ErrNotFound = client.ErrNotFound

// IsNotFound reports whether err says that a workflow is not known.
func IsNotFound(err error) bool { return errors.Is(err, ErrNotFound) }

// StartOption changes how a workflow is started.
type StartOption = client.StartOption

// RequestID makes a start idempotent: starting again with the same id and request id starts nothing and succeeds.
func RequestID(id string) StartOption { return client.RequestID(id) }

// Timeout closes the run as timed out when it is still open this long after its start.
func Timeout(d time.Duration) StartOption { return client.Timeout(d) }

// Retention is how long the closed run stays readable. Default 72 h.
func Retention(d time.Duration) StartOption { return client.Retention(d) }

// OnReuse says whether the id of a closed run may be used again. Default ReuseAllow.
func OnReuse(p ReusePolicy) StartOption { return client.OnReuse(p) }

// OnConflict says what to do if a run of that id is open. Default ConflictFail.
func OnConflict(p ConflictPolicy) StartOption { return client.OnConflict(p) }

// OnQueue has the run worked on by the workers of another task queue than the workflow's own.
func OnQueue(queue string) StartOption { return client.OnQueue(queue) }

// Status is how a run stands.
type Status = history.Status

// ReusePolicy says whether the id of a closed workflow may be used again; ConflictPolicy what to do if one is open.
type (
	ReusePolicy    = history.ReusePolicy
	ConflictPolicy = history.ConflictPolicy
)

// The values of Status, ReusePolicy and ConflictPolicy.
const (
	Running    = history.StatusRunning
	Parked     = history.StatusParked
	Completed  = history.StatusCompleted
	Failed     = history.StatusFailed
	Cancelled  = history.StatusCancelled
	Terminated = history.StatusTerminated
	TimedOut   = history.StatusTimedOut

	ReuseAllow    = history.ReuseAllow
	ReuseIfFailed = history.ReuseIfFailed
	ReuseReject   = history.ReuseReject

	ConflictFail        = history.ConflictFail
	ConflictUseExisting = history.ConflictUseExisting
	ConflictTerminate   = history.ConflictTerminate
)

// Description says how a run stands and what it waits for.
type Description = client.Description

// RegisterCodec makes a serializer known under its name, for directives that say codec=NAME. Call it from an init
// function.
func RegisterCodec(s codec.Serializer) { codec.Register(s) }

// Gzip compresses payloads.
func Gzip() codec.Transform { return codec.Gzip{} }

// AES encrypts payloads with AES-GCM under a key of 16, 24 or 32 bytes. Put it last.
func AES(key []byte) (codec.Transform, error) {
	t, err := codec.AES(key)
	if err != nil {
		return nil, fmt.Errorf("payload encryption: %w", err)
	}
	return t, nil
}
