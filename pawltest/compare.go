// What the result of a test is checked for: the invariants of the engine, and equality with the baseline.

package pawltest

import (
	"bytes"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"

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

// compare fails the test for each difference between r and the baseline, which is the result without faults. r may have
// taken longer by tolerance.
func (r *result) compare(t *testing.T, baseline *result, tolerance time.Duration) {
	t.Helper()
	compareText(t, "the runs differ from those without a crash; results that depend on chance or the clock must be seeded or faked", baseline.summary, r.summary)
	compareText(t, "the effects differ from those without a crash", baseline.effects, r.effects)
	for _, c := range slices.SortedFunc(maps.Keys(baseline.calls), recorder.Call.Compare) {
		if r.calls[c] == 0 {
			t.Errorf("%s was never attempted; without a crash it was", c)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(r.calls), recorder.Call.Compare) {
		if baseline.calls[c] == 0 {
			t.Errorf("%s was attempted %d times; without a crash it was not attempted", c, r.calls[c])
		}
	}
	if r.took > baseline.took+tolerance {
		t.Errorf("the test took %v; without a crash it took %v: no other worker has taken over in time", r.took, baseline.took)
	}
}

func compareText(t *testing.T, message, want, got string) {
	t.Helper()
	if got != want {
		_, lines, _ := bytes.Cut(diff.Diff("without a crash", []byte(want), "with a crash", []byte(got)), []byte("\n"))
		t.Errorf("%s:\n%s", message, lines) // without the first line, which repeats the names
	}
}
