// The client: it starts runs, cancels some, and waits for their results.

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/chaos/load"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
)

// start is one run that was started.
type start struct {
	id    string
	kind  load.Kind
	input load.Input
	time  time.Time // of the first request
	run   load.Run
	err   error // the start was never acknowledged
}

// result is how a run ended.
type result struct {
	start
	value int
	err   error
	ended time.Time // when the client knew the result
}

type driver struct {
	c     *pawl.Client
	st    store.Store // to list runs
	kinds []load.Kind
	log   *os.File
	bound time.Duration

	waiting sync.WaitGroup // for results
	mu      sync.Mutex
	results []result
}

func newDriver(ctx context.Context, url, logFile string, cfg config) (*driver, error) {
	log, err := os.Create(logFile)
	if err != nil {
		return nil, err
	}
	c, err := pawl.Connect(ctx, url, pawl.WithLogger(logger(log)))
	if err != nil {
		return nil, err
	}
	st, err := natsstore.Connect(ctx, natsstore.Options{URL: url, Logger: logger(log)})
	if err != nil {
		return nil, err
	}
	return &driver{c: c, st: st, kinds: cfg.kinds, log: log, bound: cfg.bound}, nil
}

func (d *driver) close() {
	d.c.Close()
	d.st.Close()
	d.log.Close()
}

// drive starts runs for a while, and begins to wait for their results. It returns when every start is acknowledged, or ctx ends.
func (d *driver) drive(ctx context.Context, duration time.Duration, rate float64, r *rand.Rand) {
	var starting sync.WaitGroup
	defer starting.Wait()
	end := time.After(duration)
	next := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer next.Stop()
	for i := 0; ; i++ {
		kind, input := d.kinds[r.IntN(len(d.kinds))], load.RandomInput(r)
		starting.Go(func() { d.start(ctx, start{id: fmt.Sprintf("run-%d", i), kind: kind, input: input}) })
		select {
		case <-next.C:
		case <-end:
			return
		case <-ctx.Done():
			return
		}
	}
}

// start starts one run. It repeats the request, under one request id, until the start is acknowledged.
func (d *driver) start(ctx context.Context, s start) {
	s.time = time.Now()
	for {
		attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
		s.run, s.err = s.kind.Start(attempt, d.c, s.id, s.input, pawl.RequestID("request-"+s.id))
		cancel()
		if s.err == nil || ctx.Err() != nil {
			break
		}
	}
	if s.err == nil && s.kind.Cancel {
		s.err = d.cancel(ctx, s)
	}
	d.waiting.Go(func() {
		r := result{start: s, err: s.err}
		if s.err == nil {
			r.value, r.err = s.run.Result(ctx)
			r.ended = time.Now()
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.results = append(d.results, r)
	})
}

// cancel cancels a run after a while. It repeats the request until it is acknowledged. The run may have ended by then.
func (d *driver) cancel(ctx context.Context, s start) error {
	select {
	case <-time.After(s.input.Wait / 2):
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		attempt, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := s.run.Cancel(attempt, "chaos")
		cancel()
		if err == nil || errors.Is(err, pawl.ErrNotFound) {
			return nil
		}
		if ctx.Err() != nil {
			return err
		}
	}
}

// await returns the results of all runs once they have ended, or the context of drive has.
func (d *driver) await() []result {
	d.waiting.Wait()
	return d.results
}

// settleTime is how long the list of runs may lag behind their ends: the next owner of a run whose worker died brings it up to date.
const settleTime = 30 * time.Second

// open returns the ids of runs that stay listed as open.
func (d *driver) open(ctx context.Context) (open []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	for {
		if open, err = d.listOpen(ctx); err == nil && len(open) == 0 {
			return nil, nil
		}
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return open, err
		}
	}
}

func (d *driver) listOpen(ctx context.Context) (open []string, err error) {
	runs, err := client.New(d.st, nil).List(ctx, client.Filter{})
	for _, r := range runs {
		if !r.Status.Closed() {
			open = append(open, fmt.Sprintf("%s (%s)", r.ID, r.Status))
		}
	}
	return open, err
}
