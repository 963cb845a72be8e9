// pawl dev: a NATS server for development, its data in a folder.

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

	"github.com/pawlhq/pawl/runtime/embed"
)

func newDevCommand() *cobra.Command {
	opt := embed.Options{Host: "127.0.0.1"}
	var syncs syncMode
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Run a NATS server for development",
		Long: `Dev runs a NATS server with JetStream on this machine until it is interrupted. Its data is in a folder and survives
restarts and kills; one server at a time may use it. The URL goes to standard output, all else to standard error.`,
		Example: `  pawl dev
  pawl dev -dir /var/tmp/pawl -port 4333 -sync 1s`,
		Args: args(cobra.NoArgs),
	}
	cmd.Flags().StringVar(&opt.Dir, "dir", embed.DefaultDir, "folder of the data")
	cmd.Flags().IntVar(&opt.Port, "port", 4222, "port to listen on; 0 takes a free one")
	cmd.Flags().Var(&syncs, "sync", "when writes reach the disk: always, before they are acknowledged, or every so often")
	_ = cmd.MarkFlagDirname("dir")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		opt.SyncInterval = syncs.every
		opt.Logger = slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: slog.LevelWarn}))
		return dev(cmd, opt)
	}
	return cmd
}

// dev runs a server until the command is interrupted or told to end.
func dev(cmd *cobra.Command, opt embed.Options) error {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGTERM)
	defer stop()
	if err := checkPort(opt.Host, opt.Port); err != nil {
		return statusError{exitConflict, err}
	}
	if opt.Port == 0 {
		opt.Port = embed.RandomPort
	}
	server, err := embed.Start(opt)
	if err != nil {
		return statusError{exitConflict, err}
	}
	defer server.Shutdown()
	fmt.Fprintln(cmd.OutOrStdout(), server.URL())
	greet(cmd, server.URL(), opt)
	<-ctx.Done()
	note(cmd.ErrOrStderr(), "stopping; the data stays in %s", opt.Dir)
	return nil
}

// greet says what can be done next.
func greet(cmd *cobra.Command, url string, opt embed.Options) {
	dir, err := filepath.Abs(opt.Dir)
	if err != nil {
		dir = opt.Dir
	}
	durable := "every write is on disk before it is acknowledged"
	if opt.SyncInterval > 0 {
		durable = fmt.Sprintf("writes reach the disk every %v: a power failure loses those since", opt.SyncInterval)
	}
	note(cmd.ErrOrStderr(), `
NATS is ready. Data: %s; %s.

  export NATS_URL=%s    for your workers and clients, and for pawl run
  pawl run list                              shows the workflows

Ctrl-C stops the server.`, dir, durable, url)
}

// checkPort fails with a clear error if another process listens on the port.
func checkPort(host string, port int) error {
	address := net.JoinHostPort(host, strconv.Itoa(port))
	l, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("port %d is in use, maybe by another pawl dev: use that server by NATS_URL=nats://%s, or choose another -port", port, address)
	case err != nil:
		return fmt.Errorf("cannot listen on port %d: %w: choose another -port", port, err)
	}
	return l.Close()
}

// syncMode is the value of -sync.
type syncMode struct{ every time.Duration }

// Set, String and Type make a syncMode the value of a flag.
func (s *syncMode) Set(text string) error {
	if text == "always" {
		s.every = 0
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("must be always, or a duration such as 10s")
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
