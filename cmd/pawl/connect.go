// Connection: the flags that say which NATS server, and what its answers mean for the exit status.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// Exit statuses of the commands that talk to a server.
const (
	exitAuth         = 3  // the server refuses this user
	exitNotFound     = 4  // no such workflow or run
	exitConflict     = 5  // the state of things does not allow it
	exitUnavailable  = 6  // the server cannot be reached, or not in time
	exitRunFailed    = 10 // the run failed or timed out
	exitRunCancelled = 11 // the run was cancelled or terminated
)

// connection says how to reach a namespace.
type connection struct {
	url, creds, ca, cert, key, namespace string
	timeout                              time.Duration
}

// addConnection gives a command the flags of a connection. The URL's flag has a name of its own choice.
func addConnection(cmd *cobra.Command, urlFlag string) *connection {
	c := &connection{}
	f := cmd.Flags()
	f.StringVar(&c.url, urlFlag, "", "NATS servers, separated by commas (default $NATS_URL, else "+nats.DefaultURL+")")
	f.StringVar(&c.creds, "creds", "", "file with the user's credentials")
	f.StringVar(&c.ca, "tls-ca", "", "file with the certificates that the server's is checked against")
	f.StringVar(&c.cert, "tls-cert", "", "file with this client's certificate")
	f.StringVar(&c.key, "tls-key", "", "file with the key of this client's certificate")
	return c
}

// addNamespace gives a command the flags of a connection to one namespace.
func addNamespace(cmd *cobra.Command) *connection {
	c := addConnection(cmd, "url")
	cmd.Flags().StringVar(&c.namespace, "namespace", "default", "namespace of the workflows")
	cmd.Flags().DurationVar(&c.timeout, "timeout", 10*time.Second, "how long the server may take to answer")
	return c
}

// options makes of the flags what connects a store.
func (c *connection) options() (natsstore.Options, error) {
	opt := natsstore.Options{Namespace: c.namespace, URL: c.url, CredsFile: c.creds}
	if opt.URL == "" {
		opt.URL = os.Getenv("NATS_URL")
	}
	if (c.cert == "") != (c.key == "") {
		return opt, usageError{errors.New("-tls-cert and -tls-key belong together")}
	}
	if c.ca != "" {
		opt.NATS = append(opt.NATS, nats.RootCAs(c.ca))
	}
	if c.cert != "" {
		opt.NATS = append(opt.NATS, nats.ClientCert(c.cert, c.key))
	}
	return opt, nil
}

// open connects.
func (c *connection) open(ctx context.Context) (*client.Client, func(), error) {
	opt, err := c.options()
	if err != nil {
		return nil, nil, err
	}
	opt.NATS = append(opt.NATS, nats.Timeout(c.timeout))
	st, err := natsstore.Connect(ctx, opt)
	if err != nil {
		return nil, nil, connectError(err)
	}
	return client.New(st, nil), func() { st.Close() }, nil
}

// do connects and has act done, both before the connection's timeout. What fails gets its exit status.
func (c *connection) do(cmd *cobra.Command, act func(ctx context.Context, c *client.Client) error) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), c.timeout)
	defer cancel()
	cl, closeStore, err := c.open(ctx)
	if err == nil {
		defer closeStore()
		err = act(ctx, cl)
	}
	return explained(cmd.Context(), err)
}

// connectError is the error of a connection that was not made: a server that is there but will not do is a precondition
// that is not met.
func connectError(err error) error {
	if explained(context.Background(), err) != err {
		return err
	}
	return statusError{exitConflict, err}
}

// explained gives an error of the client its exit status, and its next step if the error does not name one. The error
// of a command that was interrupted stays as it is.
func explained(ctx context.Context, err error) error {
	var taken *client.AlreadyStartedError
	var status statusError
	switch {
	case err == nil, ctx.Err() != nil, errors.As(err, &status):
		return err
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrPermissionViolation):
		return statusError{exitAuth, err}
	case errors.Is(err, client.ErrNotFound):
		return statusError{exitNotFound, fmt.Errorf("%w: pawl run list shows those there are; one that was just started appears when a worker takes it", err)}
	case errors.As(err, &taken):
		return statusError{exitConflict, err}
	case errors.Is(err, nats.ErrNoServers):
		return statusError{exitUnavailable, err}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return statusError{exitUnavailable, fmt.Errorf("%w: see whether the server is well, or give it longer with -timeout", err)}
	}
	return err
}
