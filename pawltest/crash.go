package pawltest

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// CrashEverywhere runs test once as Run does, and notes each moment before and after a write or an answer of a worker.
// Then it runs test again for each of those moments, in a subtest of that name: there the worker is killed, and
// another one started. Whatever the moment, the test's own checks must hold, and in the end everything must be as in
// the run without a crash:
//
//   - every workflow id has the same runs, with the same inputs, results, failures and operations. Times, ids of runs,
//     names of workers and numbers of attempts may differ, and so may the order in which operations of different
//     coroutines were completed;
//   - the same activities and steps were attempted, each at least once, and the test's Effects are the same;
//   - the journals are sound: events and records without a gap, one outcome for an operation, nothing after the end;
//     the registry agrees with them; nothing is left in inboxes, queues and alarms; each history replays on the
//     registrations of the test;
//   - it did not take much longer: what a dead worker held is taken over within seconds.
//
// Results are compared, and those of activities and steps are part of the runs. What workflow code draws from math/rand is
// the same each time, because a run's id seeds it and runs have the same ids in every run of a test. What activities and
// steps get from chance or from the wall clock, a token, a time, is another one in each run, or after a crash: seed or fake
// it. So is a result of workflow code that comes from time.Now.
//
// All runs must have ended when test returns, or end soon after. What test does must not depend on how long things
// take at the scale of seconds: let it wait for a state, and not for some time, before it cancels or sends something. The
// same holds for workflow code: it takes up to 10 seconds until another worker has taken over what a dead one was at, and a
// deadline, a timeout or a timer in a select that is shorter than that fires meanwhile, as it may in production. A test
// whose outcome hangs on one cannot pass; let it be a minute, which costs no more in virtual time.
//
// A single moment is run again with go test -run, as the failure's text says.
func CrashEverywhere(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	opt := newOptions(opts)
	whole := survey(t, opt, test)
	t.Logf("%d crash points", len(whole.points))
	for _, point := range whole.points {
		t.Run(point, func(t *testing.T) {
			t.Helper()
			defer hint(t, "")
			for range tries {
				if blows := rerun(t, opt, crashAt(point), 1, test, whole); len(blows) > 0 {
					return
				}
			}
			t.Logf("not reached in %d more runs: it hangs on what happens at one and the same time", tries)
		})
	}
}

// tries is how often a test is run until it reaches a crash point again. What happens at one time happens in any order.
const tries = 3

// hint says how to run a failed subtest alone.
func hint(t *testing.T, flags string) {
	if t.Failed() {
		t.Logf("only this one again: go test . -run '%s'%s", pattern(t.Name()), flags)
	}
}

var (
	seedFlag   = flag.Uint64("pawltest.seed", 0, "run only the round of CrashAtRandom with this seed")
	roundsFlag = flag.Int("pawltest.rounds", 10, "how many rounds CrashAtRandom runs")
)

// CrashAtRandom holds test to what CrashEverywhere does, in rounds with two workers for each that test starts, of
// which any may crash, or stand still for longer than the engine is ready to wait, up to a handful of times. The flag
// -pawltest.rounds says how many rounds there are; -pawltest.seed runs one of them again. What happens at a crash
// point depends on the seed and the point alone; whether it is reached may differ from run to run.
func CrashAtRandom(t *testing.T, test func(e *Env), opts ...Option) {
	t.Helper()
	opt := newOptions(opts)
	whole := survey(t, opt, test)
	for _, seed := range seeds() {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Helper()
			defer hint(t, fmt.Sprintf(" -pawltest.seed=%d", seed))
			for _, blow := range rerun(t, opt, roll(seed), 2, test, whole) {
				t.Log(blow)
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

// pattern is a -run pattern that matches one subtest only.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = "^" + regexp.QuoteMeta(p) + "$"
	}
	return strings.Join(parts, "/")
}

// survey is the run without a crash.
func survey(t *testing.T, opt options, test func(e *Env)) (whole *outcome) {
	t.Helper()
	inWorld(t, opt, spare, func(w *world) {
		w.t.Helper()
		test(w.env)
		whole = w.outcome(nil)
		w.check(whole)
	})
	return whole
}

// rerun runs test under a fate, and holds how it ends against the run without a crash. It returns what the workers
// suffered.
func rerun(t *testing.T, opt options, fate fate, twins int, test func(e *Env), whole *outcome) (blows []string) {
	t.Helper()
	inWorld(t, opt, fate, func(w *world) {
		w.t.Helper()
		w.twins = twins
		defer w.limit(whole)()
		defer func() { blows = w.witness.blowList() }()
		test(w.env)
		if w.hung.Load() {
			return
		}
		got := w.outcome(whole)
		w.check(got)
		w.compare(got, whole)
	})
	return blows
}

// crashAt kills the first worker that reaches a point.
func crashAt(point string) fate {
	var once sync.Once
	return func(_, reached string) (b blow) {
		if reached == point {
			once.Do(func() { b.crash = true })
		}
		return b
	}
}

const (
	blowsMax = 6                // in one round
	pauseMax = 20 * time.Second // four times as long as a delivery may go unanswered
)

// roll strikes at one point in twelve or so, and in the end leaves the workers in peace.
func roll(seed uint64) fate {
	var mu sync.Mutex
	blows := 0
	return func(worker, point string) blow {
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %s %s", seed, worker, point)
		dice := rand.New(rand.NewPCG(seed, h.Sum64()))
		mu.Lock()
		defer mu.Unlock()
		if dice.IntN(12) != 0 || blows >= blowsMax {
			return blow{}
		}
		blows++
		if dice.IntN(2) == 0 {
			return blow{crash: true}
		}
		return blow{pause: time.Duration(dice.Int64N(int64(pauseMax)))}
	}
}

// slack is how much longer than without it a test may take with a crash in it, beside the attempt that was lost.
const slack = 30 * time.Second

// limit ends a test that hangs: some time after it should have ended, its client is cut off.
func (w *world) limit(whole *outcome) (release func()) {
	patience := 2*whole.took + w.slack(whole) + time.Hour
	alarm := time.AfterFunc(patience, func() {
		w.t.Errorf("the test has not ended after %v; without a crash it took %v. This is still to be done:\n  %s",
			patience, whole.took, strings.Join(w.leftovers(), "\n  "))
		w.hung.Store(true)
		w.own.Close()
	})
	return func() { alarm.Stop() }
}

func (w *world) slack(whole *outcome) time.Duration {
	blows := time.Duration(max(1, len(w.witness.blowList())))
	total := blows * (slack + whole.longest)
	if w.twins > 1 {
		total += blowsMax * (pauseMax + slack)
	}
	return total
}
