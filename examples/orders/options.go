// The command line of the example.

package main

import (
	"flag"
	"fmt"
	"time"

	"github.com/pawlhq/pawl/examples/orders/services"
)

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
