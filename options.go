// The options of Connect.

package pawl

import (
	"errors"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go"

	"github.com/pawlhq/pawl/runtime/codec"
)

// Option is an option of [Connect]. Some concern the connection, others the workers that the client runs. Connect refuses a
// value that cannot work.
type Option func(*config)

// WithNamespace selects the namespace. Namespaces separate workflows that share a NATS account. A name consists of
// letters, digits, - and _. Default "default".
func WithNamespace(name string) Option { return func(c *config) { c.nats.Namespace = name } }

// WithCredentials names the file with the credentials of the NATS user.
func WithCredentials(file string) Option { return func(c *config) { c.nats.CredsFile = file } }

// WithNATS adds options of nats.go, such as nats.ClientCert or nats.RootCAs for TLS.
func WithNATS(opts ...nats.Option) Option {
	return func(c *config) { c.nats.NATS = append(c.nats.NATS, opts...) }
}

// WithConn uses an existing connection instead of a URL. Close leaves it open.
func WithConn(nc *nats.Conn) Option {
	return func(c *config) {
		if c.nats.Conn = nc; nc == nil {
			c.refuse("WithConn", errors.New("the connection is nil"))
		}
	}
}

// WithReplicas sets how many servers of a cluster store each message. It has an effect only when Connect creates the
// namespace. Default 1.
func WithReplicas(n int) Option {
	return func(c *config) { c.nats.Replicas = n; atLeast(c, "WithReplicas", n, 1) }
}

// WithProvisioned says that an operator has created the streams and consumers of the namespace with the command pawl
// provision. Connect and the workers then neither create nor inspect them, so that the NATS user needs no permission to. See
// docs/permissions.md.
func WithProvisioned() Option { return func(c *config) { c.nats.Provisioned = true } }

// WithRecreateStreams allows Connect to create streams that are missing from a namespace that has held data. Without it,
// Connect fails then, because an empty stream in place of a lost one would hide that runs are lost.
func WithRecreateStreams() Option { return func(c *config) { c.nats.Recreate = true } }

// WithLogger sets the logger of the connection and of the workers. Default slog.Default().
func WithLogger(l *slog.Logger) Option { return func(c *config) { c.logger = l } }

// WithTransforms adds transforms of payloads, for example [Gzip] and then [AES]. They are applied in this order before
// a payload is stored, and in reverse order after it is read. A client or worker can read only payloads whose
// transforms it has.
func WithTransforms(list ...codec.Transform) Option {
	return func(c *config) { c.chain.Transforms = append(c.chain.Transforms, list...) }
}

// WithClaimCheck sets the size in bytes above which a payload is kept in the object store, so that messages carry only
// its name. The default is 256 KiB. It is never more than a quarter of the largest message that the server accepts.
func WithClaimCheck(threshold int) Option {
	return func(c *config) { c.chain.Threshold = threshold; atLeast(c, "WithClaimCheck", threshold, 1) }
}

// WithWorkerID sets the name of the worker in histories. No other running worker may have the same name. Default: the
// host name, the process id and a random word.
// It has at most 255 bytes.
func WithWorkerID(id string) Option {
	return func(c *config) {
		if c.worker.ID = id; len(id) > 255 || !utf8.ValidString(id) {
			c.refuse("WithWorkerID", fmt.Errorf("%.40q has more than 255 bytes, or is not UTF-8", id))
		}
	}
}

// WithConcurrency sets how many activities a worker runs at the same time on each task queue. Default 500.
func WithConcurrency(n int) Option {
	return func(c *config) { c.worker.Activities = n; atLeast(c, "WithConcurrency", n, 1) }
}

// WithCacheSize sets how many waiting runs a worker keeps in memory. A run that is not in memory is replayed when it
// continues. Default 10,000.
func WithCacheSize(runs int) Option {
	return func(c *config) { c.worker.Cache = runs; atLeast(c, "WithCacheSize", runs, 1) }
}

// WithDrainTimeout sets how long activities may continue after the worker was told to stop. Their contexts are then
// cancelled. With 0, that happens immediately. Default 10 s.
func WithDrainTimeout(d time.Duration) Option {
	return func(c *config) { c.worker.Drain = max(d, 1); atLeast(c, "WithDrainTimeout", d, 0) }
}
