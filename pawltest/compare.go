// What the result of a test is checked for: the invariants of the engine, and equality with the baseline.

package pawltest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/pawlhq/pawl/pawltest/internal/cause"
	"github.com/pawlhq/pawl/pawltest/internal/invariant"
	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// check fails the test for each invariant that does not hold.
func (e *engine) check(r *result) {
	e.t.Helper()
	newest := map[string]run{}
	for _, run := range r.runs {
		e.report(run.alias(), invariant.History(run.events))
		e.report(run.alias(), replay(e.workers.registrations, run.id, run.runID, run.events))
		newest[run.id] = run
	}
	e.checkJournals()
	for _, run := range newest {
		e.report("visibility", e.checkVisibility(run))
	}
}

// replayAll fails the test for each run whose code does not replay its history.
func (e *engine) replayAll() {
	e.t.Helper()
	if e.ending.stopped.Load() || e.opt.parkedRuns {
		return
	}
	e.workers.stop()
	for _, run := range e.runs() {
		e.report(run.alias(), replay(e.workers.registrations, run.id, run.runID, run.events))
	}
}

// checkJournals checks what was appended. Unlike check, it does not need the engine to be idle.
func (e *engine) checkJournals() {
	e.t.Helper()
	e.report("journals", invariant.Journals(e.recorder.Appends()))
}

// report fails the test if err is not nil.
func (e *engine) report(what string, err error) {
	e.t.Helper()
	if err != nil {
		e.t.Errorf("%s: %v", what, err)
	}
}

func (e *engine) checkVisibility(r run) error {
	entry, err := e.own.GetEntry(background, r.id)
	if err != nil {
		return err
	}
	last, err := e.own.Last(background, r.id)
	if err != nil {
		return err
	}
	return invariant.Visibility(entry, r.runID, r.events, last)
}

// compare fails the test for each difference between its result and that of the baseline. The test may have taken longer than
// the baseline by tolerance.
func (c crashTest) compare(e *engine, r *result, tolerance time.Duration) {
	e.t.Helper()
	crash, likely := c.causes(r.runs), c.likely(r.runs, r.calls)
	compareText(e.t, "the results differ from those without a crash", c.baseline.endings, r.endings, crash, likely)
	compareText(e.t, "the effects differ from those without a crash", c.baseline.effects, r.effects, crash, likely)
	if e.opt.exact {
		compareText(e.t, "the histories differ from those without a crash", c.baseline.summary, r.summary, nil, likely)
		compareCalls(e.t, c.baseline.calls, r.calls)
	}
	if r.took > c.baseline.took+tolerance {
		e.t.Errorf("the test took %v; without a crash it took %v: no other worker has taken over in time", r.took, c.baseline.took)
	}
}

// causes returns what the crash changes in correct runs.
func (c crashTest) causes(runs []run) (causes []string) {
	for _, r := range runs {
		for _, text := range cause.Crash(c.baseline.run(r.alias()).events, r.events, takeOver+c.baseline.longest) {
			causes = append(causes, r.alias()+": "+text)
		}
	}
	return causes
}

// likely returns what may have caused a difference that a crash does not explain, in runs with the given attempts.
func (c crashTest) likely(runs []run, calls map[recorder.Call]int) (causes []string) {
	for _, run := range runs {
		if text := cause.First(c.baseline.run(run.alias()).events, run.events); text != "" {
			causes = append(causes, run.alias()+": "+text)
		}
	}
	for _, call := range slices.SortedFunc(maps.Keys(calls), recorder.Call.Compare) {
		if n := calls[call]; n > c.baseline.calls[call] {
			causes = append(causes, fmt.Sprintf("%s was attempted %d times, as it may after a crash: its fake must count calls with the same pawl.ActivityInfo(ctx).IdempotencyKey as one", call, n))
		}
	}
	return causes
}

// run returns the run with the given alias, or an empty one.
func (r *result) run(alias string) run {
	if i := slices.IndexFunc(r.runs, func(run run) bool { return run.alias() == alias }); i >= 0 {
		return r.runs[i]
	}
	return run{}
}

// compareText fails the test if got is not want, unless the crash explains the difference. Then it only logs the reason.
func compareText(t *testing.T, message, want, got string, crash, likely []string) {
	t.Helper()
	if got == want {
		return
	}
	_, lines, _ := bytes.Cut(diff.Diff("without a crash", []byte(want), "with a crash", []byte(got)), []byte("\n"))
	text := fmt.Sprintf("%s:\n%s", message, lines) // without the first line, which repeats the names
	if len(crash) > 0 {
		t.Logf("%sThis is no fault, because the crash explains it:%s", text, list(crash))
		return
	}
	if len(likely) > 0 {
		text += "Likely cause:" + list(likely[:1])
	}
	t.Error(text)
}

func list(lines []string) (text string) {
	for _, line := range lines {
		text += "\n  " + line
	}
	return text
}

// compareCalls fails the test for each activity or step that was attempted in one of two executions only.
func compareCalls(t *testing.T, baseline, got map[recorder.Call]int) {
	t.Helper()
	for _, c := range slices.SortedFunc(maps.Keys(baseline), recorder.Call.Compare) {
		if got[c] == 0 {
			t.Errorf("%s was never attempted; without a crash it was", c)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(got), recorder.Call.Compare) {
		if baseline[c] == 0 {
			t.Errorf("%s was attempted %d times; without a crash it was not attempted", c, got[c])
		}
	}
}
