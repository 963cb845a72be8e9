package pawltest_test

// What the crash tests are worth: engines and workflows that are wrong must not pass them. A failing test cannot be
// caught within its process, so each of these runs in one of its own.

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/byhand"
)

// broken lists what must fail, and what the failure must say.
var broken = []struct {
	name string
	says []string
	test func(t *testing.T)
}{
	{"acknowledges before it appends", []string{"before append of order-1 #1", "is running", "has not ended"}, func(t *testing.T) {
		everywhere(t, "order", func(st store.Store) store.Store { return hasty{st} })
	}},
	{"does not repair", []string{"before task 0:1 of order-1 #1", "has not ended"}, func(t *testing.T) {
		everywhere(t, "order", func(st store.Store) store.Store { return careless{st} })
	}},
	{"appends without a compare", []string{"journals: record"}, func(t *testing.T) {
		pawltest.CrashAtRandom(t, test("many"), pawltest.InMemory(), pawltest.Broken(func(st store.Store) store.Store { return pushy{st} }))
	}},
	{"forgets the registry", []string{"the entry says running"}, func(t *testing.T) {
		everywhere(t, "close", func(st store.Store) store.Store { return silent{st} })
	}},
	{"charges twice", []string{"the effects differ", "+ ", "before send of outcome of 0:1"}, func(t *testing.T) {
		pawltest.CrashEverywhere(t, byhand.ChargesTwice, pawltest.InMemory())
	}},
	{"is not deterministic", []string{"replay diverges"}, func(t *testing.T) {
		pawltest.CrashEverywhere(t, func(e *pawltest.Env) { byhand.Wavers(e, rand.Int()) }, pawltest.InMemory())
	}},
}

// childVar names the case that a child process is to run.
const childVar = "PAWLTEST_BROKEN"

func TestWhatIsBrokenFails(t *testing.T) {
	for _, b := range broken {
		t.Run(b.name, func(t *testing.T) {
			if os.Getenv(childVar) == b.name {
				b.test(t)
				return
			}
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.v", "-test.run", "^TestWhatIsBrokenFails$/^"+strings.ReplaceAll(b.name, " ", "_")+"$")
			cmd.Env = append(os.Environ(), childVar+"="+b.name)
			out, err := cmd.CombinedOutput()
			if err == nil || ctx.Err() != nil {
				t.Fatalf("it passed (%v):\n%s", err, out)
			}
			for _, want := range b.says {
				if !strings.Contains(strings.ReplaceAll(string(out), "_", " "), want) {
					t.Errorf("the failure does not say %q:\n%.4000s", want, out)
				}
			}
		})
	}
}

func everywhere(t *testing.T, name string, wrap func(store.Store) store.Store) {
	pawltest.CrashEverywhere(t, test(name), pawltest.InMemory(), pawltest.Broken(wrap))
}

func test(name string) func(e *pawltest.Env) {
	for _, c := range byhand.Cases() {
		if c.Name == name {
			return c.Test
		}
	}
	panic("no case " + name)
}

// hasty acknowledges what it receives at once.
type hasty struct{ store.Store }

func (s hasty) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	handler := opt.Handler
	opt.Handler = func(wk store.Wakeup) {
		wk.Ack()
		handler(wk)
	}
	return s.Store.Receive(ctx, opt)
}

// careless believes that every task is in its queue.
type careless struct{ store.Store }

func (careless) TaskQueued(context.Context, store.Task) (bool, error) { return true, nil }

// pushy appends whatever the last record is.
type pushy struct{ store.Store }

func (s pushy) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if last, err := s.Last(ctx, id); err == nil {
		prev = last.Seq
	}
	return s.Store.Append(ctx, id, prev, rec)
}

// silent never tells the registry that a run has ended.
type silent struct{ store.Store }

func (s silent) PutEntry(ctx context.Context, e store.Entry) error {
	if e.Keep > 0 {
		return nil
	}
	return s.Store.PutEntry(ctx, e)
}
