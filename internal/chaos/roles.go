// The roles of the child processes: the NATS server and a worker.

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"sync"
	"syscall"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/chaos/load"
	"github.com/pawlhq/pawl/runtime/embed"
)

// roles are the roles of child processes. A role calls ready when it is ready, and runs until the process ends.
var roles = map[string]func(args []string, ready func()) error{
	"server": serve,
	"worker": work,
}

// play runs a role in this process until its standard input, a pipe from the parent, is closed.
func play(role string, args []string) int {
	signal.Ignore(os.Interrupt)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := roles[role](args, func() { fmt.Println("ready") }); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		return 1
	}
	return 0
}

// serve runs a NATS server: args are its data folder and its port. Every write is synced to disk.
func serve(args []string, ready func()) error {
	port, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	s, err := embed.Start(embed.Options{Dir: args[0], Port: port, Logger: logger(os.Stderr)})
	if err != nil {
		return err
	}
	ready()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	s.Shutdown()
	return nil
}

// work runs a worker: args are the URL of the server, the worker's id, and the file for its attempts.
func work(args []string, ready func()) error {
	file, err := os.OpenFile(args[2], os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer file.Close()
	var mu sync.Mutex
	load.Report = func(a load.Attempt) {
		line, err := json.Marshal(a)
		if err != nil {
			panic(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if _, err := file.Write(append(line, '\n')); err != nil {
			panic(err) // an attempt that is not recorded would make the check worthless
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := pawl.Connect(ctx, args[0], pawl.WithLogger(logger(os.Stderr)), pawl.WithWorkerID(args[1]))
	if err != nil {
		return err
	}
	defer c.Close()
	ready()
	return c.Work(ctx, load.PawlRegistration())
}

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }
