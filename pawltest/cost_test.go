//go:build unix

package pawltest_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/everyday"
)

// Virtual time must cost next to nothing: no part of the engine or of the server may do something every second.
func TestVirtualTimeIsCheap(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector, which runs with -short, costs more than what is measured")
	}
	test := returns(func(ctx context.Context, c *pawl.Client) (everyday.QuarterRun, error) {
		return everyday.StartQuarter(ctx, c, id)
	}, equal(89*90))
	for name, opts := range map[string][]pawltest.Option{"NATS": nil, "memory": {pawltest.InMemory()}} {
		t.Run(name, func(t *testing.T) {
			before := cpuTime(t)
			pawltest.Run(t, test, opts...)
			const hours = 90 * 24
			spent := cpuTime(t) - before
			t.Logf("90 days took %v of CPU time, %v per hour", spent, spent/hours)
			if spent > hours*time.Millisecond {
				t.Errorf("90 days took %v of CPU time: more than a millisecond per hour", spent)
			}
		})
	}
}

func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
