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

	"github.com/pawlhq/pawl/examples/orders/services"
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

type options struct {
	orders  int
	kill    bool
	nats    string
	timeout time.Duration
	trouble services.Trouble
}

func parse(args []string) (options, error) {
	o := options{trouble: services.Trouble{
		Latency: 150 * time.Millisecond,
		Admit:   4,
		Hang:    5 * time.Second,
		Refuse:  5 * time.Second,
	}}
	flags := flag.NewFlagSet("orders", flag.ContinueOnError)
	flags.IntVar(&o.orders, "n", 20, "number of orders to place")
	flags.BoolVar(&o.kill, "kill", true, "kill the worker several times, and our own NATS server once")
	flags.StringVar(&o.nats, "nats", "", "`URL` of a NATS server to use; empty starts one")
	flags.DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long to wait; orders that have not ended by then count as lost")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 || o.orders < 1 {
		err := fmt.Errorf("-n must be at least 1, and there must be no arguments: got -n %d and %q", o.orders, flags.Args())
		fmt.Fprintln(flags.Output(), "orders:", err)
		return o, err
	}
	return o, nil
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
