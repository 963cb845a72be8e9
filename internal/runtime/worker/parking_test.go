// This file counts how often parked runs are tried.

package worker_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/runtime/abi"
)

// A parked run is tried about ten times in its first five minutes, and at a constant rate after that, however it came to be
// parked and whatever arrives in the meantime.
func TestParkedRunIsTriedAtAConstantRate(t *testing.T) {
	act, call := newActivity(abi.Activity{Name: "t.act"}, func(context.Context, string) (string, error) { return "7", nil })
	cases := map[string]func(r *abi.Run, ctx context.Context){
		"at its start":        func(*abi.Run, context.Context) {},
		"after a short timer": func(r *abi.Run, _ context.Context) { abi.Sleep(r, 500*time.Millisecond) },
		"after a long timer":  func(r *abi.Run, _ context.Context) { abi.Sleep(r, time.Minute) },
		"after an activity":   func(r *abi.Run, ctx context.Context) { _, _ = call(r, ctx, "") },
	}
	for name, before := range cases {
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) {
				var tries atomic.Int64
				wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
					before(r, ctx)
					tries.Add(1)
					panic("bug")
				})
				m := abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}}
				defer b.work(m)()
				defer b.work(m)() // another worker, which may receive some of the messages
				run := b.start(wf, "w1", "")
				time.Sleep(10 * time.Millisecond) // until it has begun
				var perPeriod []int64
				for range 24 {
					// A further message to the run.
					if err := run.Cancel(context.Background(), fmt.Sprint("in period ", len(perPeriod))); err != nil {
						b.Fatal(err)
					}
					time.Sleep(5 * time.Minute)
					perPeriod = append(perPeriod, tries.Swap(0))
				}
				if first := perPeriod[0]; first < 5 || first > 12 {
					b.Errorf("tried %d times in the first 5 minutes, want about ten", first)
				}
				if low, high := slices.Min(perPeriod[1:]), slices.Max(perPeriod[1:]); low < 3 || high > 12 {
					b.Errorf("tries in each 5 minutes: %v, want a constant rate of five, or ten if both workers try", perPeriod)
				}
			})
		})
	}
}
