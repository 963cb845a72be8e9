// Package pawltest tests workflows. A test runs the complete engine on a real NATS server in virtual time, and can crash
// workers at every point where a crash might matter.
//
// Run runs a test with an engine. Time is virtual: 90 days take less than a second. The page docs/testing.md has more
// examples:
//
//	func TestCheckout(t *testing.T) {
//		pawltest.Run(t, checkout)
//	}
//
//	func checkout(e *pawltest.Env) {
//		bank := &fakeBank{}
//		e.Work(shop.PawlRegistration(bank))
//		run, err := shop.StartCheckout(e.Context(), e.Client, "order-81", order)
//		if err != nil {
//			e.Fatal(err)
//		}
//		if got, err := run.Result(e.Context()); got != "TRK1" || err != nil {
//			e.Errorf("got %q, %v", got, err)
//		}
//		e.Effects(func() any { return bank.payments })
//	}
//
// CrashEverywhere takes the same function. It runs the function once and records every point at which the worker could have
// crashed. Then it runs the function again for each of these points, kills the worker there, and starts another one:
//
//	func TestCheckoutSurvivesCrashes(t *testing.T) {
//		pawltest.CrashEverywhere(t, checkout)
//	}
//
// CrashAtRandom does the same with two workers at a time, which crash and freeze at random.
//
// Record writes the history of a run to a file, and Replay replays it with the current code. Use them for workflows that
// have open runs when you deploy. A run is replayed when it continues, so without such a test, code that no longer fits an
// open run is detected only then.
//
// A test fails immediately, with the reason and the history, if one of its runs cannot go on: because it is parked, because
// it has waited for a day for a worker of its queue, or because an activity has failed a thousand times.
//
// Tests run in a testing/synctest bubble and must follow its rules: time stands still while any goroutine of the test is
// running, or is waiting for something outside the bubble. So fakes must be in-process values, not servers on real sockets.
// The engine's periodic search for stuck runs is off, because the engine must not depend on it.
package pawltest

import (
	"context"
	"testing"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
)

// Env is the engine of one test, and the test itself. Its time is virtual, and its Context ends with the test.
type Env struct {
	*testing.T
	// Client starts and inspects workflows. It is not affected by crashes of workers.
	Client *pawl.Client

	engine *engine
}

func newEnv(e *engine) *Env { return &Env{T: e.t, Client: e.users, engine: e} }

// Context returns a context that ends with the test: just before the functions that were registered with Cleanup are called,
// or when the test fails because it cannot go on.
func (e *Env) Context() context.Context { return e.engine.ctx }

// Run calls test with a new engine in a synctest bubble. Workers that are running when test returns are stopped. Then Run
// replays all histories, so that code whose replay differs from its first execution fails the test.
func Run(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	opt := newOptions(opts)
	opt.oneGroup = true
	withEngine(t, opt, crashstore.NoFaults, func(e *engine) {
		test(newEnv(e))
		e.replayAll()
	})
}

// Work starts a worker for registrations. In a crash test, the worker is started again whenever it is killed.
func (e *Env) Work(registrations ...pawl.Registration) *Worker {
	e.Helper()
	return e.engine.work(registrations)
}

// Effects tells CrashEverywhere and CrashAtRandom which effects the runs had outside the engine. state returns the state of
// the test's fakes, as a value that encoding/json can encode. It is called when all runs have closed. The state must be the
// same as in the execution without crashes, so a fake must count several calls with one idempotency key as one, as the real
// service does. Run ids in the state are replaced, so that they can be compared. Effects may be called several times.
func (e *Env) Effects(state func() any) { e.engine.effects = append(e.engine.effects, state) }
