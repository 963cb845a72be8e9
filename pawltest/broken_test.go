// Crash tests must detect engines and workflows that are wrong. A failed test cannot be recovered in its process, so each case
// runs in a process of its own.

package pawltest_test

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/handwritten"
)

// failing is a test that must fail, and what its output must contain.
type failing struct {
	name string
	want []string // each may have alternatives, separated by a vertical bar
	test func(t *testing.T)
}

var broken = []failing{
	// The client may look for the run in between, and then it does not take a crash.
	{"acknowledges before it appends", []string{"before append of order-1 #1|no such workflow", "is running", "has not returned|no such workflow"}, func(t *testing.T) {
		everywhere(t, "order", func(st store.Store) store.Store { return acksEarly{st} })
	}},
	{"does not repair", []string{"before task 0:1 of order-1 #1", "has not returned"}, func(t *testing.T) {
		everywhere(t, "order", func(st store.Store) store.Store { return allQueued{st} })
	}},
	{"appends unconditionally", []string{"journals: record"}, func(t *testing.T) {
		// About every third round detects it. Run rounds until one has.
		must(t, flag.Set("pawltest.rounds", "100"))
		must(t, flag.Set("test.failfast", "true"))
		pawltest.CrashAtRandom(t, test("many"), pawltest.InMemory(), pawltest.WrapStore(func(st store.Store) store.Store { return unconditional{st} }))
	}},
	{"does not update visibility", []string{"is running at"}, func(t *testing.T) {
		everywhere(t, "close", func(st store.Store) store.Store { return noClosedEntries{st} })
	}},
	{"charges twice", []string{"the effects differ", "-1", "+2", "before send of outcome of 0:1"}, func(t *testing.T) {
		pawltest.CrashEverywhere(t, handwritten.ChargesTwice, pawltest.InMemory())
	}},
	{"is not deterministic in one execution", []string{"run 1 of order-1: replay diverges"}, func(t *testing.T) {
		pawltest.Run(t, func(e *pawltest.Env) { handwritten.NotDeterministic(e, rand.Int()) }, pawltest.InMemory())
	}},
	{"is not deterministic", []string{"replay diverges"}, func(t *testing.T) {
		pawltest.CrashEverywhere(t, func(e *pawltest.Env) { handwritten.NotDeterministic(e, rand.Int()) }, pawltest.InMemory())
	}},
}

// childVar names the case that a child process is to run.
const childVar = "PAWLTEST_BROKEN"

func TestBrokenCasesFail(t *testing.T) { testFailing(t, broken) }

// testFailing runs each case in a process of its own.
func testFailing(t *testing.T, cases []failing) {
	for _, b := range cases {
		t.Run(b.name, func(t *testing.T) {
			if os.Getenv(childVar) == b.name {
				b.test(t)
				return
			}
			top, _, _ := strings.Cut(t.Name(), "/")
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, os.Args[0], "-test.v", "-test.run", "^"+top+"$/^"+strings.ReplaceAll(b.name, " ", "_")+"$")
			cmd.Env = append(os.Environ(), childVar+"="+b.name)
			out, err := cmd.CombinedOutput()
			if err == nil || ctx.Err() != nil {
				t.Fatalf("the case passed (%v):\n%s", err, out)
			}
			for _, want := range b.want {
				text := strings.ReplaceAll(string(out), "_", " ")
				if !slices.ContainsFunc(strings.Split(want, "|"), func(want string) bool { return strings.Contains(text, want) }) {
					t.Errorf("the output does not contain %q:\n%.4000s", want, out)
				}
			}
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func everywhere(t *testing.T, name string, wrap func(store.Store) store.Store) {
	pawltest.CrashEverywhere(t, test(name), pawltest.InMemory(), pawltest.WrapStore(wrap))
}

func test(name string) func(e *pawltest.Env) {
	for _, c := range handwritten.Cases() {
		if c.Name == name {
			return c.Test
		}
	}
	panic("no case " + name)
}

// acksEarly acknowledges wake-ups before they are handled.
type acksEarly struct{ store.Store }

func (s acksEarly) Receive(ctx context.Context, opt store.ReceiveOptions) error {
	handler := opt.Handler
	opt.Handler = func(wk store.Wakeup) {
		wk.Ack()
		handler(wk)
	}
	return s.Store.Receive(ctx, opt)
}

// allQueued reports every task as queued.
type allQueued struct{ store.Store }

func (allQueued) TaskQueued(context.Context, store.Task) (bool, error) { return true, nil }

// unconditional appends after any last record.
type unconditional struct{ store.Store }

func (s unconditional) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	if last, err := s.Last(ctx, id); err == nil {
		prev = last.Seq
	}
	return s.Store.Append(ctx, id, prev, rec)
}

// noClosedEntries drops the visibility entries of closed runs.
type noClosedEntries struct{ store.Store }

func (s noClosedEntries) PutEntry(ctx context.Context, e store.Entry) error {
	if e.Keep > 0 {
		return nil
	}
	return s.Store.PutEntry(ctx, e)
}
