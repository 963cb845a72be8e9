// Options of a store, and the connection that they describe.

package natsstore

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

// Options says which namespace of which NATS server to use. The server is given by URL, Conn or InProcess; the default is
// nats.DefaultURL.
type Options struct {
	// Namespace separates the workflows of one NATS account. It has letters, digits, - and _. Empty means "default".
	Namespace string
	// URL lists the servers, separated by commas.
	URL string
	// CredsFile is a file with the user's credentials, if the server requires them.
	CredsFile string
	// NATS holds further options of the connection, such as TLS.
	NATS []nats.Option
	// Conn is an existing connection to use. It stays open when the store is closed.
	Conn *nats.Conn
	// InProcess is a server in this process to use.
	InProcess nats.InProcessConnProvider

	// Shards is the number of streams of each kind; 0 means 1. It is fixed when the namespace is created.
	Shards int
	// Replicas is the number of servers that store each message; 0 means 1. It is used when streams are created.
	Replicas int
	// Memory keeps the streams in memory, for tests. It is used when streams are created.
	Memory bool
	// Provisioned says that an operator created the streams and consumers. The store neither creates nor inspects them.
	Provisioned bool
	// Recreate allows Connect to create missing streams in a namespace that has held data. Without it, that is a
	// MissingStreamError.
	Recreate bool
	// Unsynced says that the server acknowledges writes before they are on disk. Single writes are then cheap, and the
	// store does not combine concurrent writes into batches.
	Unsynced bool
	// OneGroup puts all workflows of a queue into one group, with one consumer instead of eight. One worker then owns all of
	// them. It is for tests.
	OneGroup bool
	// AnnounceEvery is how often a worker announces itself to the others of its queues; 0 means 10 s.
	AnnounceEvery time.Duration

	denials *denials // what the server has refused

	// Logger gets reports of what the store recovers from, such as a lost connection. Nil means slog.Default.
	Logger *slog.Logger
}

func (o Options) complete() (Options, error) {
	if o.Namespace == "" {
		o.Namespace = "default"
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.denials = &denials{}
	o.Shards, o.Replicas = max(o.Shards, 1), max(o.Replicas, 1)
	if o.Shards > slotsPerGroup {
		return o, fmt.Errorf("%d shards are too many: use at most %d", o.Shards, slotsPerGroup)
	}
	return o, checkNamespace(o.Namespace)
}

// dial connects, or returns the connection of the options.
func (o Options) dial() (*nats.Conn, error) {
	if o.Conn != nil {
		return o.Conn, nil
	}
	url := cmp.Or(o.URL, nats.DefaultURL)
	nc, err := nats.Connect(url, o.connOptions()...)
	switch {
	case err == nil:
		return nc, nil
	case o.InProcess != nil:
		return nil, fmt.Errorf("cannot connect to the NATS server in this process: %w", err)
	}
	return nil, dialError(url, err)
}

func (o Options) connOptions() []nats.Option {
	opts := []nats.Option{
		nats.Name("pawl " + o.Namespace),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait, reconnectWait),
		// Publishes are not buffered while disconnected: calls wait until the connection is restored.
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(o.asyncError),
	}
	if o.InProcess != nil { // such a server cannot fail without the connection failing too
		opts = append(opts, nats.PingInterval(-1))
	}
	if o.CredsFile != "" {
		opts = append(opts, nats.UserCredentials(o.CredsFile))
	}
	if o.InProcess != nil {
		opts = append(opts, nats.InProcessServer(o.InProcess))
	}
	return append(opts, o.NATS...)
}

func (o Options) asyncError(_ *nats.Conn, _ *nats.Subscription, err error) {
	if o.denials.note(err) {
		o.Logger.Warn("NATS reported an error", "namespace", o.Namespace, "error", err)
	}
}

func dialError(url string, err error) error {
	var next string
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		next = "check the user, token or credentials file"
	default:
		next = "start a server there (for example with `pawl dev`), or set NATS_URL. The server inside a program has no port: " +
			"run the program with NATS_URL, too"
	}
	return fmt.Errorf("cannot connect to NATS at %s: %w: %s", url, err, next)
}

// embedded returns the options of the server in this process. It is set by package embed, which a program imports as it
// would a database driver.
var embedded func() (Options, error)

// RegisterEmbedded is called by package embed when it is imported.
func RegisterEmbedded(options func() (Options, error)) { embedded = options }

// Embedded returns the options that connect to the server in this process, and starts the server if necessary. It fails if
// the program does not import package embed.
func Embedded() (Options, error) {
	if embedded == nil {
		return Options{}, errors.New(`no NATS server: set NATS_URL, or run a server in this program with import _ "github.com/pawlhq/pawl/runtime/embed"`)
	}
	return embedded()
}
