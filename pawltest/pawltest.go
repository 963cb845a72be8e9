// Package pawltest runs workflows in tests: the whole engine over a real NATS server, in virtual time, on a machine
// where workers die at every bad moment.
//
// Run is a test with an engine in it. A durable hour takes a few milliseconds:
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
// CrashEverywhere takes the same function. It runs it once, notes every moment at which the worker could have died,
// and runs it again for each of them, killing the worker there and starting another:
//
//	func TestCheckoutSurvivesCrashes(t *testing.T) {
//		pawltest.CrashEverywhere(t, checkout)
//	}
//
// CrashAtRandom does so with two workers at a time that crash and freeze by chance. Record and Replay keep histories
// in files and hold today's code against them: do that for workflows whose runs are open while you deploy. A run is
// replayed when it wakes, so without it code that decides in another order is found that late.
//
// Tests of crashes compare runs with each other, so the test's world has to be the same each time: seed or fake what
// activities and steps get from chance or from the wall clock, a token or a time in a result. Random numbers of workflow
// code are the same each time.
//
// Tests run in a testing/synctest bubble, with its rules: time stands still while any goroutine of the test computes
// or waits for something outside of the bubble, so fakes must be in-process values, not servers on real sockets.
// The engine's sweep for stuck runs is off: nothing may rest on it.
package pawltest

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/embed"
)

// Env is the engine in one test, and the test itself: time in it is virtual, and its Context ends with the test.
type Env struct {
	*testing.T
	// Client starts workflows and looks at runs. It survives all crashes of workers.
	Client *pawl.Client

	world *world
}

// Run calls test with an empty engine in a synctest bubble. Workers that still run when test returns are stopped.
func Run(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	inWorld(t, newOptions(opts), spare, func(w *world) { test(w.env) })
}

// Work starts a worker for registrations. While the test is one of crashes, the worker is started again whenever it is
// killed.
func (e *Env) Work(registrations ...pawl.Registration) *Worker {
	e.Helper()
	return e.world.work(registrations)
}

// Effects tells CrashEverywhere and CrashAtRandom what the run did to the world outside: state returns the state of
// the test's fakes, as a value that encoding/json takes. It is called when all runs have ended, and has to be the
// same as in the run without crashes, so a fake must count calls with one idempotency key as one, as the service that
// it stands for does. Run ids in it are made comparable. Effects may be called several times.
func (e *Env) Effects(state func() any) { e.world.effects = append(e.world.effects, state) }

// Option changes the engine of a test.
type Option func(*options)

type options struct {
	memory bool
	disk   bool
	dir    string
	client []pawl.Option
	worker func(store.Store) store.Store // what workers see of the store; nil for all of it
}

// InMemory replaces the NATS server by an in-memory store: several times faster, and close enough for tests of a
// workflow's logic.
func InMemory() Option { return func(o *options) { o.memory = true } }

// OnDisk has the NATS server keep its data in files, synced on every write as in production. Otherwise it keeps it in
// memory.
func OnDisk() Option { return func(o *options) { o.disk = true } }

// Connected passes options to the client and to the workers: payload transforms, a logger, limits.
func Connected(opts ...pawl.Option) Option {
	return func(o *options) { o.client = append(o.client, opts...) }
}

func newOptions(list []Option) options {
	var opt options
	for _, o := range list {
		o(&opt)
	}
	return opt
}

// inWorld calls fn with a fresh world, inside a bubble.
func inWorld(t *testing.T, opt options, fate fate, fn func(w *world)) {
	t.Helper()
	embed.RegisterClock()
	if opt.disk {
		opt.dir = t.TempDir()
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, opt, fate)
		defer w.close()
		fn(w)
	})
}

// background is for what the test does when its own context may have ended.
var background = context.Background()
