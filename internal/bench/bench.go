// Package bench measures the engine on a NATS server, and holds what it finds against what that server does by
// itself: figures of two machines cannot be compared, ratios can.
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
	// NATS is the server. Without a URL two servers in this process are measured in turn: one that has every write on
	// disk before it acknowledges it, and one that writes to disk every two minutes, as NATS does unless told otherwise.
	NATS natsstore.Options
	// For is how long each measurement takes. Default 5 s.
	For time.Duration
	// Runs are the numbers of runs in flight at which throughput is measured. Default 1, 200, 1000.
	Runs []int
	// Progress is told what is being measured. It may be nil.
	Progress func(what string)
}

// Report is what was measured, server by server.
type Report struct {
	Servers []Server `json:"servers"`
}

// Server is what was measured on one server.
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
	// Ratio is Value as a multiple of what the server does by itself: of its asynchronous publish rate for a rate, of
	// the time that it takes for one publish for a latency. Zero if there is nothing to compare with.
	Ratio float64 `json:"ratio,omitempty"`
}

// lazySync is how often a NATS server writes to disk if it is not told otherwise.
const lazySync = 2 * time.Minute

// Run measures everything there is to measure. It leaves nothing behind on the server.
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

// measureEmbedded measures a server in this process on a folder of its own.
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

	for _, kind := range []struct{ name, workflow string }{{"activity steps", callsActivities}, {"in-process steps", callsSteps}} {
		for _, n := range c.Runs {
			progress("%s, %d runs in flight", kind.name, n)
			steps, err := r.throughput(ctx, kind.workflow, n, c.For)
			if err != nil {
				return s, err
			}
			s.add(kind.name, n, steps, "steps/s", steps/rate)
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

	progress("replay")
	events, err := replayRate(c.For)
	if err != nil {
		return s, err
	}
	s.add("replay", 0, events, "events/s", events/rate)

	progress("memory of runs that wait")
	bytes, err := r.memory(ctx, waiting)
	if err != nil {
		return s, err
	}
	s.add("worker memory per parked run", waiting, bytes, "bytes", 0)
	return s, nil
}

// waiting is how many runs are parked for the measurement of their memory.
const waiting = 1000

func (s *Server) add(name string, runs int, value float64, unit string, ratio float64) {
	s.Figures = append(s.Figures, Figure{name, runs, value, unit, ratio})
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
