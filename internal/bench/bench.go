// Package bench measures the engine on a NATS server, and compares it with that server alone. The ratios can be compared
// between machines; the figures cannot.
package bench

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store/natsstore"
	"github.com/pawlhq/pawl/runtime/embed"
)

// Config says what to measure.
type Config struct {
	// NATS is the server. Without a URL, two servers in this process are measured: one that syncs every write to disk
	// before it acknowledges it, and one that syncs every two minutes, which is the default of NATS.
	NATS natsstore.Options
	// For is how long each measurement takes. Default 5 s.
	For time.Duration
	// Runs are the numbers of runs in flight at which throughput is measured. Default 1, 200, 1000.
	Runs []int
	// Progress is called at the start of each measurement. It may be nil.
	Progress func(what string)
}

// Report is the result of a benchmark.
type Report struct {
	Servers []Server `json:"servers"`
}

// Server is the result for one server.
type Server struct {
	Name    string   `json:"name"`    // "embedded, fsync always", or its URL
	Version string   `json:"version"` // of NATS
	Figures []Figure `json:"figures"`
}

// Figure is one measurement.
type Figure struct {
	Name  string  `json:"name"`
	Runs  int     `json:"runs,omitempty"` // in flight
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Ratio is Value divided by that of the server alone: the rate of asynchronous publishes for a rate, the latency of
	// one publish for a latency. It is zero if there is nothing to compare with.
	Ratio float64 `json:"ratio,omitempty"`
}

// lazySync is how often a NATS server syncs to disk by default.
const lazySync = 2 * time.Minute

// Run makes all measurements. It deletes everything it stored on the server.
func Run(ctx context.Context, c Config) (*Report, error) {
	c.For = cmp.Or(c.For, 5*time.Second)
	if len(c.Runs) == 0 {
		c.Runs = []int{1, 200, 1000}
	}
	if c.Progress == nil {
		c.Progress = func(string) {}
	}
	if c.NATS.URL != "" {
		s, err := measure(ctx, c, c.NATS.URL, c.NATS)
		return &Report{[]Server{s}}, err
	}
	r := &Report{}
	for _, e := range []struct {
		name string
		sync time.Duration
	}{{"embedded, fsync always", 0}, {"embedded, fsync every 2 min", lazySync}} {
		s, err := measureEmbedded(ctx, c, e.name, e.sync)
		if err != nil {
			return nil, err
		}
		r.Servers = append(r.Servers, s)
	}
	return r, nil
}

// measureEmbedded measures a server in this process, on a temporary folder.
func measureEmbedded(ctx context.Context, c Config, name string, sync time.Duration) (Server, error) {
	dir, err := os.MkdirTemp("", "pawl-bench-")
	if err != nil {
		return Server{}, err
	}
	defer os.RemoveAll(dir)
	server, err := embed.Start(embed.Options{Dir: dir, SyncInterval: sync})
	if err != nil {
		return Server{}, err
	}
	defer server.Shutdown()
	return measure(ctx, c, name, server.StoreOptions(""))
}

// measure measures one server.
func measure(ctx context.Context, c Config, name string, nats natsstore.Options) (s Server, err error) {
	r, err := newRig(ctx, nats)
	if err != nil {
		return s, err
	}
	defer func() { err = cmp.Or(err, r.close()) }()
	s = Server{Name: name, Version: r.conn.ConnectedServerVersion()}
	progress := func(what string, args ...any) { c.Progress(name + ": " + fmt.Sprintf(what, args...)) }

	progress("publish, one at a time")
	latency, err := r.publishOne(ctx, c.For)
	if err != nil {
		return s, err
	}
	progress("publish, asynchronously")
	rate, err := r.publishMany(ctx, c.For)
	if err != nil {
		return s, err
	}
	s.add("raw publish, one at a time", 0, latency.rate(), "msgs/s", 0)
	s.add("raw publish, p50", 0, millis(latency.quantile(0.50)), "ms", 0)
	s.add("raw publish, asynchronous", 0, rate, "msgs/s", 0)

	throughput := func(name, workflow string) error {
		for _, n := range c.Runs {
			progress("%s, %d runs in flight", name, n)
			steps, err := r.throughput(ctx, workflow, n, c.For)
			if err != nil {
				return err
			}
			s.add(name, n, steps, "steps/s", steps/rate)
		}
		return nil
	}
	for _, measurement := range []func() error{
		func() error { return throughput("activity steps", callsActivities) },
		func() error { return throughput("activity steps with a limit of attempts", callsLimited) },
		func() error {
			return r.withRemote(ctx, func() error { return throughput("activity steps in another worker", callsRemote) })
		},
		func() error { return throughput("in-process steps", callsSteps) },
	} {
		if err := measurement(); err != nil {
			return s, err
		}
	}

	progress("latency of a workflow with one activity")
	run, err := r.latency(ctx, c.For)
	if err != nil {
		return s, err
	}
	for _, q := range []struct {
		name string
		q    float64
	}{{"workflow of one activity, p50", 0.50}, {"workflow of one activity, p99", 0.99}} {
		took := run.quantile(q.q)
		s.add(q.name, 1, millis(took), "ms", float64(took)/float64(latency.quantile(0.50)))
	}

	progress("latency of a step in an idle run")
	step, err := r.stepLatency(ctx, c.For)
	if err != nil {
		return s, err
	}
	took := step.quantile(0.50)
	s.add("step in an idle run, p50", 1, millis(took), "ms", float64(took)/float64(latency.quantile(0.50)))

	progress("replay")
	events, err := replayRate(c.For)
	if err != nil {
		return s, err
	}
	s.add("replay", 0, events, "events/s", events/rate)

	progress("memory of waiting runs")
	bytes, err := r.memory(ctx, waitingRuns)
	if err != nil {
		return s, err
	}
	s.add("worker memory per waiting run", waitingRuns, bytes, "bytes", 0)
	return s, nil
}

// waitingRuns is the number of runs in the measurement of memory.
const waitingRuns = 1000

func (s *Server) add(name string, runs int, value float64, unit string, ratio float64) {
	s.Figures = append(s.Figures, Figure{name, runs, value, unit, ratio})
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
