// Patterns of everyday code survive crash tests, and what does not is explained.

package pawltest_test

import (
	"context"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/pawltest/internal/everyday"
)

// result is a handle to a run with a result of type R.
type result[R any] interface {
	Result(ctx context.Context) (R, error)
}

// returns returns a test that starts a run, and checks its result.
func returns[R any, H result[R]](start func(ctx context.Context, c *pawl.Client) (H, error), ok func(R) bool) func(*pawltest.Env) {
	return func(e *pawltest.Env) {
		e.Work(everyday.PawlRegistration())
		run, err := start(e.Context(), e.Client)
		if err != nil {
			e.Fatal(err)
		}
		if got, err := run.Result(e.Context()); err != nil || !ok(got) {
			e.Errorf("got %v, %v", got, err)
		}
	}
}

func equal[T comparable](wants ...T) func(T) bool {
	return func(got T) bool { return slices.Contains(wants, got) }
}

func anything[T any](T) bool { return true }

const id = "order-1"

// everydayTests are tests that end correctly, whatever crashes.
var everydayTests = map[string]func(*pawltest.Env){
	"until": returns(func(ctx context.Context, c *pawl.Client) (everyday.UntilRun, error) {
		return everyday.StartUntil(ctx, c, id, 5*time.Second)
	}, equal(42)),
	"pool": returns(func(ctx context.Context, c *pawl.Client) (everyday.PoolRun, error) {
		return everyday.StartPool(ctx, c, id, []int{1, 2, 3, 4, 5})
	}, func(got []int) bool { return slices.Equal(got, []int{2, 4, 6, 8, 10}) }),
	"ticks": returns(func(ctx context.Context, c *pawl.Client) (everyday.TicksRun, error) {
		return everyday.StartTicks(ctx, c, id)
	}, equal("done")),
	"deadline": returns(func(ctx context.Context, c *pawl.Client) (everyday.DeadlineRun, error) {
		return everyday.StartDeadline(ctx, c, id)
	}, equal("done", "gave up")),
	"at most once": returns(func(ctx context.Context, c *pawl.Client) (everyday.AtMostOnceRun, error) {
		return everyday.StartAtMostOnce(ctx, c, id)
	}, equal(true, false)),
	"exhausted": returns(func(ctx context.Context, c *pawl.Client) (everyday.ExhaustedRun, error) {
		return everyday.StartExhausted(ctx, c, id)
	}, anything),
}

func TestEverydayPatternsSurviveCrashes(t *testing.T) {
	for name, test := range everydayTests {
		t.Run(name, func(t *testing.T) { pawltest.CrashEverywhere(t, test, pawltest.InMemory()) })
	}
}

func TestCrashTestsExplainWhyTheyFail(t *testing.T) {
	everywhere := func(test func(*pawltest.Env), opts ...pawltest.Option) func(*testing.T) {
		return func(t *testing.T) { pawltest.CrashEverywhere(t, test, append(opts, pawltest.InMemory())...) }
	}
	testFailing(t, []failing{
		{"chance", []string{"the results differ", "Likely cause:", "activity everyday.Token at everyday/everyday.go:", "must be seeded or faked", "-pawltest.point='", "to repeat this: go test . -run '^TestCrashTestsExplainWhyTheyFail$/^chance$'"},
			everywhere(returns(func(ctx context.Context, c *pawl.Client) (everyday.ChanceRun, error) {
				return everyday.StartChance(ctx, c, id)
			}, anything))},
		{"clock", []string{"the results differ", "Likely cause:", "the workflow asked for timer sleep of", "depends on the time"},
			everywhere(returns(func(ctx context.Context, c *pawl.Client) (everyday.LateRun, error) {
				return everyday.StartLate(ctx, c, id)
			}, anything))},
		{"effects", []string{"the effects differ", "Likely cause:", "everyday.Charge (operation 0/1, run 1 of order-1) was attempted 2 times", "IdempotencyKey"},
			everywhere(func(e *pawltest.Env) {
				everyday.Charged()
				e.Work(everyday.PawlRegistration())
				e.Effects(func() any { return everyday.Charged() })
				run, err := everyday.StartPay(e.Context(), e.Client, id)
				if err != nil {
					e.Fatal(err)
				}
				if err := run.Result(e.Context()); err != nil {
					e.Error(err)
				}
			})},
		{"own checks", []string{"got gave up", "Likely cause:", "the timer of 2s at everyday/everyday.go:", "fired before another worker had taken over"},
			everywhere(returns(func(ctx context.Context, c *pawl.Client) (everyday.DeadlineRun, error) {
				return everyday.StartDeadline(ctx, c, id)
			}, equal("done")))},
		{"attempts", []string{"got false", "Likely cause:", "activity everyday.Once at everyday/everyday.go:", "attempts=1"},
			everywhere(returns(func(ctx context.Context, c *pawl.Client) (everyday.AtMostOnceRun, error) {
				return everyday.StartAtMostOnce(ctx, c, id)
			}, equal(true)))},
		{"repeat", []string{"everyday/everyday.go:", "failed: true; executions: 1"}, func(t *testing.T) {
			must(t, flag.Set("pawltest.point", "after append of order-1 #1"))
			everywhere(returns(func(ctx context.Context, c *pawl.Client) (everyday.ChanceRun, error) {
				return everyday.StartChance(ctx, c, id)
			}, anything))(t)
		}},
		{"exact", []string{"the histories differ"}, everywhere(everydayTests["until"], pawltest.ExactHistory())},
	})
}
