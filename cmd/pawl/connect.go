// The connection to a NATS server: its flags, and the exit statuses of its errors.

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// connection is what the flags say about reaching a namespace.
type connection struct {
	url, creds, ca, cert, key, namespace string
	timeout                              time.Duration
}

// addConnection adds the flags of a connection to a command. urlFlag is the name of the flag for the URL.
func addConnection(cmd *cobra.Command, urlFlag string) *connection {
	c := &connection{}
	f := cmd.Flags()
	f.StringVar(&c.url, urlFlag, "", "NATS servers, separated by commas (default $NATS_URL, otherwise "+nats.DefaultURL+")")
	f.StringVar(&c.creds, "creds", "", "file with the credentials of the user")
	f.StringVar(&c.ca, "tls-ca", "", "file with the CA certificates to verify the server with")
	f.StringVar(&c.cert, "tls-cert", "", "file with the client certificate")
	f.StringVar(&c.key, "tls-key", "", "file with the key of the client certificate")
	return c
}

// addNamespace adds the flags of a connection to one namespace to a command.
func addNamespace(cmd *cobra.Command) *connection {
	c := addConnection(cmd, "url")
	cmd.Flags().StringVar(&c.namespace, "namespace", "default", "namespace of the workflows")
	cmd.Flags().DurationVar(&c.timeout, "timeout", 10*time.Second, "how long to wait for the server")
	return c
}

// options returns the options of a store for the flags.
func (c *connection) options() (natsstore.Options, error) {
	opt := natsstore.Options{Namespace: c.namespace, URL: c.url, CredsFile: c.creds}
	if opt.URL == "" {
		opt.URL = os.Getenv("NATS_URL")
	}
	if (c.cert == "") != (c.key == "") {
		return opt, cli.Usagef("--tls-cert and --tls-key must be used together")
	}
	if c.ca != "" {
		opt.NATS = append(opt.NATS, nats.RootCAs(c.ca))
	}
	if c.cert != "" {
		opt.NATS = append(opt.NATS, nats.ClientCert(c.cert, c.key))
	}
	return opt, nil
}

// open connects, and returns a function that closes the connection.
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

// do connects and calls act, both within the timeout of the connection. Its error has an exit status.
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

// connectError adds an exit status to the error of a failed connection attempt. The errors that explained doesn't know
// are those of a server that can be reached but cannot be used.
func connectError(err error) error {
	if explained(context.Background(), err) != err {
		return err
	}
	return cli.WithStatus(cli.Conflict, err)
}

// explained adds an exit status to an error of the client, and the next step if the error does not name one. It does
// not change the error of a command that was interrupted.
func explained(ctx context.Context, err error) error {
	var taken *client.AlreadyStartedError
	switch {
	case err == nil, ctx.Err() != nil, cli.HasStatus(err):
		return err
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrPermissionViolation):
		return cli.WithStatus(cli.Auth, err)
	case errors.Is(err, client.ErrNotFound):
		return cli.WithStatus(cli.NotFound, fmt.Errorf("%w: pawl run list shows the workflows", err))
	case errors.As(err, &taken):
		flag := "--conflict use-existing"
		if taken.Status.Closed() {
			flag = "--reuse allow"
		}
		return cli.WithStatus(cli.Conflict, fmt.Errorf("workflow %q already has a run (%s, %s): use another id, or %s", taken.ID, taken.RunID, taken.Status, flag))
	case errors.Is(err, nats.ErrNoServers):
		return cli.WithStatus(cli.Unavailable, err)
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, nats.ErrTimeout):
		return cli.WithStatus(cli.Unavailable, fmt.Errorf("%w: check the server, or wait longer with --timeout", err))
	}
	return err
}
