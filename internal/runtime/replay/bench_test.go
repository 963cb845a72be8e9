package replay_test

import (
	"context"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// BenchmarkLoopWithDeadline is a loop whose every turn makes a timer that never fires: the price of a turn must not grow
// with those before it.
func BenchmarkLoopWithDeadline(b *testing.B) {
	const turns = 10_000
	w := &abi.Workflow{Name: "t.flow", Run: func(_ context.Context, r *abi.Run, _ abi.Values) ([]any, error) {
		for range turns {
			tick, deadline := abi.After(r, time.Second), abi.After(r, 1000*time.Hour)
			abi.Select(r, abi.OnRecv(tick), abi.OnRecv(deadline))
		}
		return nil, nil
	}}
	for b.Loop() {
		x := abi.NewExecution(w, failures.NewErrors(), "id", "run")
		in := history.Event{Time: begin, Body: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: w.Name}}
		for x.Closed() == nil {
			if _, err := x.Step(in); err != nil {
				b.Fatal(err)
			}
			if open := x.Open(); len(open) > 0 {
				in = history.Event{Time: open[0].Due, Body: &history.TimerFired{Op: open[0].ID}}
			}
		}
		x.Kill()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*turns), "ns/turn")
}
