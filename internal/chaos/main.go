// Command chaos tests Pawl's promises with real processes: a NATS server, workers and a client, which it kills, stops and cuts off
// while runs are started. At the end it compares every acknowledged start with its result and with the attempts that were made.
//
//	go run ./internal/chaos -for 60s -seed 17
//	go run ./internal/chaos -for 10m -faults kill-worker,stop-worker -only FanOnce
//
// The faults and the load follow from the seed, but the timing of processes does not: run a seed several times. The exit status is 1
// if a promise is broken. The children end with the program. All traffic stays on loopback.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/chaos/load"
)

func main() { os.Exit(command(os.Args[1:], os.Stdout, os.Stderr)) }

func command(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 && roles[args[0]] != nil {
		return play(args[0], args[1:])
	}
	cfg, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := cfg.makeDir(); err != nil {
		fmt.Fprintln(stderr, "chaos:", err)
		return 1
	}
	report, err := run(ctx, cfg, stdout)
	if report != nil {
		fmt.Fprint(stdout, report)
	}
	if err != nil {
		fmt.Fprintln(stderr, "chaos:", err)
	}
	if err != nil || len(report.Problems) > 0 {
		fmt.Fprintln(stderr, "chaos: the logs are in", cfg.dir)
		return 1
	}
	if cfg.temporary {
		os.RemoveAll(cfg.dir)
	}
	return 0
}

// config is what the flags say.
type config struct {
	dir       string // of the logs and of the server's data
	temporary bool   // whether dir is removed after success
	workers   int
	duration  time.Duration
	rate      float64 // starts per second
	seed      uint64
	faults    []fault
	every     time.Duration // mean time between faults
	bound     time.Duration // how long runs may take once the faults have stopped
	kinds     []load.Kind
}

func parse(args []string, stderr io.Writer) (config, error) {
	cfg := config{}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&cfg.dir, "dir", "", "`folder` for logs and data; empty means a temporary one")
	flags.IntVar(&cfg.workers, "workers", 3, "number of worker processes")
	flags.DurationVar(&cfg.duration, "for", time.Minute, "how long to start runs and to inject faults")
	flags.Float64Var(&cfg.rate, "rate", 8, "starts per second")
	flags.Uint64Var(&cfg.seed, "seed", uint64(time.Now().UnixNano()%1_000_000), "seed of load and faults")
	flags.DurationVar(&cfg.every, "every", 8*time.Second, "mean time between two faults")
	flags.DurationVar(&cfg.bound, "bound", 2*time.Minute, "how long runs may take after the last fault")
	names := flags.String("faults", "all", "comma-separated list of all, none, "+strings.Join(faultNames(), ", "))
	only := flags.String("only", "", "comma-separated `kinds` of workflows; empty means all")
	if err := flags.Parse(args); err != nil {
		return cfg, err
	}
	err := errors.Join(cfg.selectFaults(*names), cfg.selectKinds(*only))
	if flags.NArg() > 0 {
		err = errors.Join(err, fmt.Errorf("unexpected arguments %q", flags.Args()))
	}
	if cfg.workers < 1 || cfg.rate <= 0 || cfg.every <= 0 {
		err = errors.Join(err, errors.New("-workers, -rate and -every must be positive"))
	}
	if err != nil {
		fmt.Fprintln(stderr, "chaos:", err)
	}
	return cfg, err
}

func (cfg *config) selectFaults(names string) error {
	switch names {
	case "none":
		return nil
	case "all":
		cfg.faults = faults
		return nil
	}
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(faults, func(f fault) bool { return f.name == name })
		if i < 0 {
			return fmt.Errorf("unknown fault %q: use %s", name, strings.Join(faultNames(), ", "))
		}
		cfg.faults = append(cfg.faults, faults[i])
	}
	return nil
}

func (cfg *config) selectKinds(names string) error {
	cfg.kinds = load.Kinds()
	if names == "" {
		return nil
	}
	wanted := strings.Split(names, ",")
	cfg.kinds = slices.DeleteFunc(cfg.kinds, func(k load.Kind) bool { return !slices.Contains(wanted, k.Name) })
	if len(cfg.kinds) != len(wanted) {
		return fmt.Errorf("unknown kind of workflow in %q", names)
	}
	return nil
}

// makeDir makes the folder for logs and data, which is a temporary one if none is given.
func (cfg *config) makeDir() (err error) {
	if cfg.dir != "" {
		return os.MkdirAll(cfg.dir, 0o777)
	}
	cfg.temporary = true
	cfg.dir, err = os.MkdirTemp("", "pawl-chaos-")
	return err
}

// run starts the processes, drives load and faults, and checks what came of it.
func run(ctx context.Context, cfg config, out io.Writer) (*Report, error) {
	log := newLog(out)
	log.printf("seed %d, logs in %s", cfg.seed, cfg.dir)
	w, err := startWorld(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	defer w.stop()

	d, err := newDriver(ctx, w.serverURL, filepath.Join(cfg.dir, "client.log"), cfg)
	if err != nil {
		return nil, err
	}
	defer d.close()

	injecting := make(chan error, 1)
	go func() { injecting <- w.inject(ctx, cfg.faults, cfg.duration, cfg.every, random(cfg.seed, 1)) }()
	driving, stop := context.WithCancel(ctx)
	defer stop()
	driven := make(chan struct{})
	go func() {
		defer close(driven)
		d.drive(driving, cfg.duration, cfg.rate, random(cfg.seed, 2))
	}()
	if err := <-injecting; err != nil {
		return nil, err
	}
	log.printf("the faults have stopped")
	time.AfterFunc(cfg.bound, stop)
	<-driven
	results := d.await()
	open, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	attempts, err := readAttempts(cfg.dir)
	if err != nil {
		return nil, err
	}
	return check(results, open, attempts, cfg.severs()), errors.Join(ctx.Err(), w.failed())
}

// severs reports whether a fault kills a process or cuts it off.
func (cfg *config) severs() bool {
	return slices.ContainsFunc(cfg.faults, func(f fault) bool { return f.severs })
}

// random returns one of several independent generators for a seed.
func random(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }
