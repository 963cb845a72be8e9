// A test whose run cannot go on must fail immediately, with the reason and the history.

package pawltest_test

import (
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/handwritten"
)

// stuckWants lists what the output must contain, by the name of the case in handwritten.Stuck.
var stuckWants = map[string][]string{
	"panics":                 {"the test cannot go on: workflow order-1 is parked: ", "out of paper", "handwritten/stuck.go:", "history of workflow order-1:", "run started"},
	"deadlocks":              {"the test cannot go on: workflow order-1 is parked: ", "deadlock", "waits for chan receive at handwritten/stuck.go:", "history of workflow order-1:"},
	"blocks":                 {"the test cannot go on: workflow order-1 is running: ", "has not given up its turn", "handwritten/stuck.go:"},
	"calls what is missing":  {"activity byhand.Echo of workflow order-1 has waited for 24h0m0s", `queue "activities"`, "Env.Work", "activity scheduled"},
	"fails without end":      {"byhand.Fails of workflow order-1 has failed 1000 times", "no ink", "activity scheduled"},
	"step fails without end": {"byhand.Step of workflow order-1 has failed 1000 times", "no paper"},
	"has no worker":          {"the start of workflow order-1 has waited for 24h0m0s", `queue "workflows"`, "Env.Work"},
	"has stale code":         {"worker-1 has ended: shop/shop.go: Checkout was removed or renamed since code was generated: run go generate"},
	"loses its worker":       {"workflow order-1 has waited for 24h0m0s", `queue "workflows"`, "timer started"},
}

func stuckCases() (cases []failing) {
	for name, test := range handwritten.Stuck() {
		cases = append(cases, failing{name, stuckWants[name], func(t *testing.T) { pawltest.Run(t, test) }})
	}
	return append(cases,
		failing{"panics in memory", stuckWants["panics"], func(t *testing.T) {
			pawltest.Run(t, handwritten.Stuck()["panics"], pawltest.InMemory())
		}},
		failing{"panics with encryption", stuckWants["panics"], func(t *testing.T) {
			aes, err := pawl.AES(make([]byte, 32))
			must(t, err)
			pawltest.Run(t, handwritten.Stuck()["panics"], pawltest.InMemory(), pawltest.Connected(pawl.WithTransforms(aes)))
		}},
		failing{"panics in a crash test", []string{"is parked"}, func(t *testing.T) {
			pawltest.CrashEverywhere(t, handwritten.Stuck()["panics"], pawltest.InMemory())
		}},
		failing{"does not return", []string{"panic: TestStuckRunsFailTheirTest/does not return does not return although its context has ended", "out of paper"}, func(t *testing.T) {
			pawltest.Run(t, func(e *pawltest.Env) {
				handwritten.Stuck()["panics"](e)
				for {
					time.Sleep(time.Minute)
				}
			}, pawltest.InMemory())
		}},
	)
}

func TestStuckRunsFailTheirTest(t *testing.T) { testFailing(t, stuckCases()) }

// A test of a deployment may have parked runs.
func TestParkedRuns(t *testing.T) {
	pawltest.Run(t, handwritten.Redeployed, pawltest.ParkedRuns())
}
