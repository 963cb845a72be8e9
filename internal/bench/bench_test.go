package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/pawlhq/pawl/runtime/embed"
)

// TestEverythingIsMeasured runs the whole benchmark, but much too briefly for useful figures.
func TestEverythingIsMeasured(t *testing.T) {
	var progress int
	report, err := Run(t.Context(), Config{For: 100 * time.Millisecond, Runs: []int{1, 4}, Progress: func(string) { progress++ }})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Servers) != 2 || progress == 0 {
		t.Fatalf("measured %d servers, reported %d measurements", len(report.Servers), progress)
	}
	for _, s := range report.Servers {
		if s.Version == "" || len(s.Figures) != 16 {
			t.Errorf("%s, version %q, has %d figures", s.Name, s.Version, len(s.Figures))
		}
		for _, f := range s.Figures {
			if f.Value <= 0 {
				t.Errorf("%s: %s with %d runs is %v %s", s.Name, f.Name, f.Runs, f.Value, f.Unit)
			}
		}
	}
}

func TestNothingIsLeftOnTheServer(t *testing.T) {
	server, err := embed.Start(embed.Options{Memory: true})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Shutdown()
	if _, err := measure(t.Context(), Config{For: 10 * time.Millisecond, Runs: []int{1}, Progress: func(string) {}}, "", server.StoreOptions("")); err != nil {
		t.Fatal(err)
	}
	r := &rig{nats: server.StoreOptions("")}
	if err := r.dial(); err != nil {
		t.Fatal(err)
	}
	defer r.conn.Close()
	for name := range r.js.StreamNames(t.Context()).Name() {
		t.Errorf("stream %s was not deleted", name)
	}
}

func TestQuantiles(t *testing.T) {
	var took times
	for i := range 100 {
		took = append(took, time.Duration(100-i)*time.Millisecond)
	}
	if p50, p99 := took.quantile(0.50), took.quantile(0.99); p50 != 51*time.Millisecond || p99 != 100*time.Millisecond {
		t.Errorf("p50 %v, p99 %v", p50, p99)
	}
	if rate := took.rate(); rate < 19.8 || rate > 19.9 {
		t.Errorf("rate %v", rate)
	}
}

// rigs runs a benchmark on the embedded server, with fsync and without.
func rigs(b *testing.B, run func(b *testing.B, r *rig)) {
	for name, sync := range map[string]time.Duration{"fsync": 0, "lazy": lazySync} {
		b.Run(name, func(b *testing.B) {
			dir, err := os.MkdirTemp("", "pawl-bench-")
			if err != nil {
				b.Fatal(err)
			}
			defer os.RemoveAll(dir)
			server, err := embed.Start(embed.Options{Dir: dir, SyncInterval: sync})
			if err != nil {
				b.Fatal(err)
			}
			defer server.Shutdown()
			r, err := newRig(context.Background(), server.StoreOptions(""))
			if err != nil {
				b.Fatal(err)
			}
			defer r.close()
			run(b, r)
		})
	}
}

// BenchmarkSteps keeps runs of ten steps in flight; one operation is one run.
func BenchmarkSteps(b *testing.B) {
	rigs(b, func(b *testing.B, r *rig) {
		for _, workflow := range []string{callsActivities, callsSteps} {
			for _, n := range []int{1, 200, 1000} {
				b.Run(fmt.Sprintf("%s/runs=%d", workflow, n), func(b *testing.B) { benchmarkSteps(b, r, workflow, n) })
			}
		}
	})
}

func benchmarkSteps(b *testing.B, r *rig, workflow string, n int) {
	w := r.code.workflow(workflow)
	runs := make(chan struct{})
	failed := make(chan error, n)
	for range n {
		go func() {
			for range runs {
				if err := r.run(context.Background(), w, stepsPerRun); err != nil {
					failed <- err
					return
				}
			}
			failed <- nil
		}()
	}
	b.ResetTimer()
	for range b.N {
		runs <- struct{}{}
	}
	close(runs)
	for range n {
		if err := <-failed; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*stepsPerRun)/b.Elapsed().Seconds(), "steps/s")
}

// BenchmarkLatency runs workflows of one activity, one after the other.
func BenchmarkLatency(b *testing.B) {
	rigs(b, func(b *testing.B, r *rig) {
		w := r.code.workflow(callsActivities)
		for b.Loop() {
			if err := r.run(context.Background(), w, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReplay replays the history of a run that called a thousand activities.
func BenchmarkReplay(b *testing.B) {
	w := newCode().workflow(callsActivities)
	records, err := record(w)
	if err != nil {
		b.Fatal(err)
	}
	events := 0
	for b.Loop() {
		n, err := replayRecords(w, records)
		if err != nil {
			b.Fatal(err)
		}
		events += n
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
