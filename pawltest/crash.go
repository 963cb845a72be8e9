// Crash tests: a test is run once without faults, and then again with faults. Its result must be the same.

package pawltest

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
)

// CrashEverywhere runs test once as Run does, and records the moments before and after each write and each answer of a
// worker. These are the crash points. Then it runs test again for each crash point, in a subtest of that name, kills the
// worker there, and starts another one. The test's own checks must hold in each execution, and in the end everything must
// be as in the execution without a crash:
//
//   - Every workflow id has the same runs, with the same inputs, results and failures, and the test's Effects are the same.
//     With the option ExactHistory, the runs also have the same operations.
//   - Histories and journals are consistent: there are no gaps in events and records, each operation has one outcome, and
//     nothing follows the end of a run. The visibility entries agree with them. Inboxes, task queues and timers are empty.
//     Each history replays with the code of the test.
//   - The test did not take much longer: other workers take over the work of a dead worker within seconds.
//
// Results of workflows are compared. Random numbers that workflow code draws from math/rand are the same in each execution,
// because they are seeded with the run id, and run ids are the same in each execution. What activities and steps get from
// chance or the wall clock, such as tokens and times, differs in each execution and after each crash: seed or fake it if it
// is part of a result or an effect. The same holds for results that depend on time.Now.
//
// A crash changes what a correct workflow does if time or attempts run out. It takes up to 10 seconds until another worker
// has taken over the work of a dead one. A deadline, a timeout or a timer in a select that is shorter fires in the meantime,
// as it may in production. An activity with attempts=1 is not run again when its worker dies. If the history shows that
// this has happened, results and effects are not compared. The test's own checks must accept both outcomes.
//
// All runs must have closed when test returns, or close soon after. What test does must not depend on durations of a few
// seconds: before it cancels or sends something, it must wait for a state, not for a duration.
//
// If a subtest fails, its output has the likely cause, and a command that crashes the worker at the same point again. The
// order of simultaneous events varies, so the command does that up to 50 times, until the test fails.
func CrashEverywhere(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	c := everywhere{opt: newOptions(opts), test: test}
	c.baseline = runBaseline(t, c.opt, test)
	if *pointFlag != "" {
		c.repeat(t, *pointFlag)
		return
	}
	for _, point := range c.baseline.points {
		t.Run(point, func(t *testing.T) {
			t.Helper()
			c.crashAt(t, point)
		})
	}
	t.Logf("%d crash points, of which %d were not reached again%s", len(c.baseline.points), len(c.missed), list(c.missed))
}

// everywhere is one call of CrashEverywhere.
type everywhere struct {
	opt      options
	test     func(e *Env)
	baseline *result
	missed   []string // crash points that were not reached again
}

// crashAt executes the test until a worker has crashed at a point.
func (c *everywhere) crashAt(t *testing.T, point string) {
	t.Helper()
	defer func() {
		if t.Failed() {
			top, _, _ := strings.Cut(t.Name(), "/"+rewritten(point))
			t.Logf("to repeat this: go test . -run '%s' -pawltest.point='%s'", pattern(top), strings.ReplaceAll(point, "'", `'\''`))
		}
	}()
	for range tries {
		if c.run(t, point) {
			return
		}
	}
	c.missed = append(c.missed, point)
	t.Logf("this crash point was not reached again in %d executions: it depends on the order of simultaneous events", tries)
}

// run executes the test once, and reports whether a worker crashed.
func (c *everywhere) run(t *testing.T, point string) bool {
	t.Helper()
	execution := crashTest{plan: crashstore.CrashAt(point), baseline: c.baseline}
	return len(execution.run(t, c.opt, c.test)) > 0
}

// repeat executes the test until it fails.
func (c *everywhere) repeat(t *testing.T, point string) {
	t.Helper()
	executions, crashes := 0, 0
	defer func() { // a failed execution ends the test
		t.Logf("failed: %v; executions: %d, of which %d did not fail and reached this crash point: %s", t.Failed(), executions, crashes, point)
	}()
	for range repetitions {
		executions++
		if c.run(t, point) {
			crashes++
		}
	}
}

// repetitions is how often the flag -pawltest.point has a test executed.
const repetitions = 50

// tries is how often a test is executed until it reaches a crash point again. The order of simultaneous events varies.
const tries = 3

var (
	pointFlag  = flag.String("pawltest.point", "", "crash only at this crash point of CrashEverywhere, until the test fails")
	seedFlag   = flag.Uint64("pawltest.seed", 0, "run only the round of CrashAtRandom with this seed")
	roundsFlag = flag.Int("pawltest.rounds", 10, "number of rounds of CrashAtRandom")
)

// CrashAtRandom checks the same as CrashEverywhere, in rounds. In each round, every worker of the test runs as two
// processes. Up to six times, one of them crashes, or freezes for longer than the engine waits for it. The flag
// -pawltest.rounds sets the number of rounds, and -pawltest.seed repeats one of them. What happens at a crash point depends
// only on the seed and the point, but not every execution reaches the same points.
func CrashAtRandom(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	opt := newOptions(opts)
	baseline := runBaseline(t, opt, test)
	for _, seed := range seeds() {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Helper()
			defer func() {
				if t.Failed() {
					t.Logf("to run only this round: go test . -run '%s' -pawltest.seed=%d", pattern(t.Name()), seed)
				}
			}()
			c := crashTest{plan: crashstore.Random(seed), extraWorkers: 1, baseline: baseline}
			for _, fault := range c.run(t, opt, test) {
				t.Log(fault)
			}
		})
	}
}

func seeds() []uint64 {
	if *seedFlag != 0 {
		return []uint64{*seedFlag}
	}
	list := make([]uint64, *roundsFlag)
	for i := range list {
		list[i] = rand.Uint64N(1_000_000) + 1
	}
	return list
}

// rewritten returns the name of a subtest as the package testing writes it.
func rewritten(name string) string { return strings.ReplaceAll(name, " ", "_") }

// pattern returns a -run pattern that matches one test only.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// patience is how long after the test has returned its runs may take to close, and their work to be completed. It is longer
// than the pauses of a parked run.
const patience = 2 * time.Minute

// runBaseline executes test without faults.
func runBaseline(t *testing.T, opt options, test func(e *Env)) (baseline *result) {
	t.Helper()
	withEngine(t, opt, crashstore.NoFaults, func(e *engine) {
		e.t.Helper()
		test(newEnv(e))
		if e.ending.stopped.Load() {
			return
		}
		baseline = e.result(patience)
		e.check(baseline)
	})
	return baseline
}

// crashTest is an execution of a test with faults.
type crashTest struct {
	plan         crashstore.Plan
	extraWorkers int // additional processes for each worker
	baseline     *result
}

// run executes test, compares its result with the baseline, and returns the faults that occurred.
func (c crashTest) run(t *testing.T, opt options, test func(e *Env)) (faults []string) {
	t.Helper()
	withEngine(t, opt, c.plan, func(e *engine) {
		e.t.Helper()
		e.workers.extra = c.extraWorkers
		defer c.limit(e)()
		defer func() { faults = e.recorder.Faults() }()
		c.runTest(e, test)
		if e.ending.stopped.Load() {
			e.checkJournals()
			return
		}
		failed := e.t.Failed()
		got := e.result(patience + c.tolerance(e))
		e.check(got)
		if !failed {
			c.compare(e, got, c.tolerance(e))
		}
	})
	return faults
}

// runTest calls test. If its own checks fail, it logs the likely cause.
func (c crashTest) runTest(e *engine, test func(e *Env)) {
	e.t.Helper()
	defer func() { // also after FailNow
		e.t.Helper()
		if !e.t.Failed() || e.ending.stopped.Load() {
			return
		}
		runs := e.runs()
		if causes := append(c.causes(runs), c.likely(runs, nil)...); len(causes) > 0 {
			e.t.Logf("the test fails with a crash, and not without. Likely cause:%s", list(causes[:1]))
		}
	}()
	test(newEnv(e))
}

// takeOver is how long it takes at most until other workers have taken over the work of a worker that crashed.
const takeOver = 30 * time.Second

// tolerance returns how much longer than the baseline a test may take, given the faults so far: for each of them the time to
// take over, and the attempt that was lost.
func (c crashTest) tolerance(e *engine) time.Duration {
	faults := time.Duration(max(1, len(e.recorder.Faults())))
	total := faults * (takeOver + c.baseline.longest)
	if c.extraWorkers > 0 {
		total += crashstore.MaxFaults * (crashstore.MaxPause + takeOver)
	}
	return total
}

// limit fails a test that does not end, and disconnects its client.
func (c crashTest) limit(e *engine) (release func()) {
	limit := 2*c.baseline.took + c.tolerance(e) + time.Hour
	timer := time.AfterFunc(limit, func() {
		e.stop(fmt.Sprintf("it has not returned after %v; without a crash it took %v. Work that is left:\n  %s",
			limit, c.baseline.took, strings.Join(e.remainingWork(), "\n  ")))
	})
	return func() { timer.Stop() }
}
