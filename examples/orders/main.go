// Command orders processes orders through three suppliers: one is slow, one is overloaded, and one is down. Meanwhile it
// kills the worker and the NATS server. At the end it counts what was lost and what was done twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"
)

func main() {
	os.Exit(command(os.Args[1:]))
}

// command runs the role that args name (in a child process), or else the example itself.
func command(args []string) (status int) {
	if len(args) > 0 && roles[args[0]] != nil {
		return play(args[0], args[1:])
	}
	opts, err := parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	_, err = run(ctx, opts, os.Stdout)
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "orders: interrupted")
		return 130
	case err != nil:
		fmt.Fprintln(os.Stderr, "orders:", err)
		return 1
	}
	return 0
}

// roles are the roles of child processes. A role calls ready with one line when it is ready, and runs until the process ends.
var roles = map[string]func(args []string, ready func(string)) error{
	"services": serveCompanies,
	"nats":     serveNATS,
	"worker":   work,
}

// play runs a role in this process. Its standard input is a pipe that is never written to. The pipe is closed when the parent
// ends, and then the child ends, too. The parent handles interrupts.
func play(role string, args []string) (status int) {
	signal.Ignore(os.Interrupt)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := roles[role](args, func(line string) { fmt.Println(line) }); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", role, err)
		return 1
	}
	return 0
}

// run places the orders, kills processes meanwhile, and prints to out how the orders ended.
func run(ctx context.Context, opts options, out io.Writer) (s summary, err error) {
	began := time.Now()
	w, err := startWorld(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = w.stop(err) }()
	e, err := connect(ctx, w.natsURL, w.log)
	if err != nil {
		return nil, err
	}
	defer e.close()

	orders := makeUp(opts)
	if err := e.startAll(ctx, orders); err != nil {
		return nil, err
	}
	sights, err := watch(ctx, opts, w, e, orders, newScreen(out))
	if err != nil {
		return nil, err
	}
	if s, err = sumUp(ctx, w, e, sights); err != nil {
		return nil, err
	}
	if err := e.printHistory(ctx, out, s.telling()); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "\n%s It took %.0f s.\n\n%s", w.damage(), time.Since(began).Seconds(), s)
	return s, s.err()
}
