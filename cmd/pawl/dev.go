// pawl dev: run a NATS server for development.

package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/pawlhq/pawl/cmd/pawl/internal/cli"
	"github.com/pawlhq/pawl/runtime/embed"
)

func newDevCommand() *cobra.Command {
	opt := embed.Options{Host: "127.0.0.1"}
	var syncs syncMode
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a NATS server for development",
		Long: `Dev runs a NATS server with JetStream on this machine until it is interrupted. It keeps its data in a directory, which
survives restarts and crashes. Only one server at a time can use the directory. The URL goes to standard output,
everything else to standard error.`,
		Example: `  pawl dev
  pawl dev --dir /var/tmp/pawl --port 4333 --sync 1s`,
		Args: cli.Args(0, 0, ""),
	}
	cmd.Flags().StringVar(&opt.Dir, "dir", embed.DefaultDir, "directory for the data")
	cmd.Flags().IntVar(&opt.Port, "port", 4222, "port to listen on; 0 selects a free port")
	cmd.Flags().Var(&syncs, "sync", "when to sync writes to disk: always (before they are acknowledged), or at an interval")
	_ = cmd.MarkFlagDirname("dir")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		opt.SyncInterval = syncs.every
		opt.Logger = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
		return dev(cmd, opt)
	}
	return cmd
}

// dev runs a server until the process is interrupted or terminated.
func dev(cmd *cobra.Command, opt embed.Options) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
	defer stop()
	if err := checkPort(opt.Host, opt.Port); err != nil {
		return cli.WithStatus(cli.Conflict, err)
	}
	if opt.Port == 0 {
		opt.Port = embed.RandomPort
	}
	server, err := embed.Start(opt)
	if err != nil {
		return cli.WithStatus(cli.Conflict, err)
	}
	defer server.Shutdown()
	fmt.Fprintln(cmd.OutOrStdout(), server.URL())
	greet(cmd, server.URL(), opt)
	<-ctx.Done()
	cli.Note(cmd.ErrOrStderr(), "stopping; the data remains in %s", opt.Dir)
	return nil
}

// greet prints what to do next.
func greet(cmd *cobra.Command, url string, opt embed.Options) {
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		dir = opt.Dir
	}
	durable := "every write is synced to disk before it is acknowledged"
	if opt.SyncInterval > 0 {
		durable = fmt.Sprintf("writes are synced to disk every %v; a power failure loses the writes since then", opt.SyncInterval)
	}
	cli.Note(cmd.ErrOrStderr(), `
NATS is ready. Data: %s; %s.

  export NATS_URL=%s    for workers, clients and pawl run
  pawl run list                              lists the workflows

Press Ctrl-C to stop the server.`, dir, durable, url)
}

// checkPort returns a clear error if another process listens on the port.
func checkPort(host string, port int) error {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %d is in use, perhaps by another pawl dev: use that server with NATS_URL=nats://%s, or choose another --port", port, address)
	case err != nil:
		return fmt.Errorf("cannot listen on port %d: %w: choose another --port", port, err)
	}
	return l.Close()
}

// syncMode is the value of --sync.
type syncMode struct{ every time.Duration }

// Set, String and Type implement the interface of flag values.
func (s *syncMode) Set(text string) error {
	if text == "always" {
		s.every = 0
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Millisecond {
		return errors.New("must be always, or a duration such as 10s, of at least 1ms")
	}
	s.every = d
	return nil
}

func (s *syncMode) String() string {
	if s.every == 0 {
		return "always"
	}
	return s.every.String()
}

func (s *syncMode) Type() string { return "always|duration" }
