package pawltest_test

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"testing"

	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/everyday"
)

// startPay works, and starts a run.
func startPay(e *pawltest.Env) pawltest.Handle {
	e.Work(everyday.PawlRegistration())
	run, err := everyday.StartPay(e.Context(), e.Client, id)
	if err != nil {
		e.Fatal(err)
	}
	return run
}

func TestAssertions(t *testing.T) {
	pawltest.Run(t, func(e *pawltest.Env) {
		run := startPay(e)
		e.AwaitCalls("Charge", 1)
		e.Completes(run)
		for name, want := range map[string]int{"Charge": 1, "everyday.Charge": 1, "harge": 0, "Double": 0} {
			if n := e.Calls(name); n != want {
				e.Errorf("%d calls of %s, want %d", n, name, want)
			}
		}
	}, pawltest.InMemory())
}

func TestAssertionsFail(t *testing.T) {
	in := func(test func(*pawltest.Env)) func(*testing.T) {
		return func(t *testing.T) { pawltest.Run(t, test, pawltest.InMemory()) }
	}
	testFailing(t, []failing{
		{"completes", []string{"workflow \"order-1\" terminated: no reason", "history of workflow order-1:", "run terminated"}, in(func(e *pawltest.Env) {
			run, err := everyday.StartQuarter(e.Context(), e.Client, id)
			e.Work(everyday.PawlRegistration())
			e.AwaitCalls("Double", 1)
			if err = errors.Join(err, run.Terminate(e.Context(), "no reason")); err != nil {
				e.Fatal(err)
			}
			e.Completes(run)
		})},
		{"fails", []string{"workflow order-1 ended with error <nil>; want context canceled", "history of workflow order-1:", "run completed"}, in(func(e *pawltest.Env) {
			e.Fails(startPay(e), context.Canceled)
		})},
		{"await", []string{"Double was called 0 times within a year; want 1"}, in(func(e *pawltest.Env) {
			startPay(e)
			e.AwaitCalls("Double", 1)
		})},
	})
}

func TestRecord(t *testing.T) {
	must(t, flag.Set("pawltest.record", "true"))
	defer flag.Set("pawltest.record", "false")
	file := filepath.Join(t.TempDir(), "pay.history")
	pawltest.Run(t, func(e *pawltest.Env) {
		e.Completes(startPay(e))
		e.Record(file, id)
	}, pawltest.InMemory())
	must(t, flag.Set("pawltest.record", "false"))
	pawltest.Replay(t, file, everyday.PawlRegistration())
}
