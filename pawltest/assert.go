// What a test says about runs, in the terms of their author.

package pawltest

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/pawlhq/pawl"
)

// Handle is a handle to a run, as generated Start functions return it.
type Handle interface {
	ID() string
	Wait(ctx context.Context, out ...any) error
	History(ctx context.Context) (string, error)
}

// Completes waits until the run has closed. It fails the test, with the history of the run, unless the run completed.
func (e *Env) Completes(run Handle) {
	e.Helper()
	if err := run.Wait(e.Context()); err != nil {
		e.Errorf("%v\n%s", err, e.history(run))
	}
}

// Fails waits until the run has closed. It fails the test, with the history of the run, unless the run did not complete and
// its error matches target, as errors.Is reports it. The error of a cancelled run matches context.Canceled.
func (e *Env) Fails(run Handle, target error) {
	e.Helper()
	err := run.Wait(e.Context())
	var ended *pawl.RunError
	if !errors.As(err, &ended) || !errors.Is(err, target) {
		e.Errorf("workflow %s ended with error %v; want %v\n%s", run.ID(), err, target, e.history(run))
	}
}

func (e *Env) history(run Handle) string {
	text, err := run.History(background)
	if err != nil {
		return "there is no history: " + err.Error()
	}
	return "history of workflow " + run.ID() + ":\n" + text
}

// Calls returns how often the runs of the test have called an activity or step so far. All attempts at a call count as one.
// The name may be shortened from the left: "github.com/acme/shop.Bank.Charge", "shop.Bank.Charge", "Bank.Charge" or "Charge".
func (e *Env) Calls(name string) int {
	n, _ := e.engine.recorder.Calls(named(name))
	return n
}

func named(name string) func(string) bool {
	return func(full string) bool {
		return full == name || strings.HasSuffix(full, "."+name) || strings.HasSuffix(full, "/"+name)
	}
}

// awaitLimit is how long AwaitCalls waits, in virtual time.
const awaitLimit = 365 * 24 * time.Hour

// AwaitCalls waits until the runs of the test have called an activity or step n times. The last call may still be running.
// Use it instead of a sleep before the test cancels a run or stops a worker. After a year, it fails the test.
func (e *Env) AwaitCalls(name string, n int) {
	e.Helper()
	limit := time.NewTimer(awaitLimit)
	defer limit.Stop()
	for {
		calls, changed := e.engine.recorder.Calls(named(name))
		if calls >= n {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			e.Fatalf("%s was called %d times within a year; want %d", name, calls, n)
		case <-e.Context().Done():
			e.Fatalf("%s was called %d times; want %d: %v", name, calls, n, context.Cause(e.Context()))
		}
	}
}
