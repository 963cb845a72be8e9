// The result of a test: what the engine and the test's fakes look like when everything has ended, in a form that can be
// compared with that of another execution.

package pawltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"

	"github.com/pawlhq/pawl/pawltest/internal/crashstore"
	"github.com/pawlhq/pawl/pawltest/internal/invariant"
	"github.com/pawlhq/pawl/pawltest/internal/recorder"
	"github.com/pawlhq/pawl/pawltest/internal/summary"
)

// result is the result of one execution of a test.
type result struct {
	took    time.Duration // until the test returned
	longest time.Duration // of an attempt
	points  []string      // crash points
	runs    []run
	summary string                // of all runs
	effects string                // the state that the test passes to Effects
	calls   map[recorder.Call]int // attempts, with aliases of run ids
}

// run is one run with its history.
type run struct {
	id, runID string
	number    int // among the runs of the workflow id, from 1
	events    []history.Event
}

// alias names the run in a way that is the same in every execution.
func (r *run) alias() string { return fmt.Sprintf("run %d of %s", r.number, r.id) }

// result waits until the engine is idle, for at most patience, and returns the result of the test.
func (e *engine) result(patience time.Duration) *result {
	e.t.Helper()
	r := &result{took: e.elapsed(), calls: map[recorder.Call]int{}}
	e.waitUntilIdle(patience)
	e.workers.stop()
	r.runs = e.runs()
	var pairs []string
	for _, run := range r.runs {
		pairs = append(pairs, run.runID, run.alias())
	}
	aliases := strings.NewReplacer(pairs...)
	for _, run := range r.runs {
		r.summary += aliases.Replace(summary.Run(run.alias(), run.events))
	}
	r.effects = e.effectsText(aliases)
	r.points = e.recorder.Points()
	attempts, longest := e.recorder.Attempts()
	r.longest = longest
	for c, n := range attempts {
		c.RunID = aliases.Replace(c.RunID)
		r.calls[c] = n
	}
	return r
}

// waitUntilIdle waits until all runs have closed and no work is left.
func (e *engine) waitUntilIdle(patience time.Duration) {
	e.t.Helper()
	deadline := time.Now().Add(patience)
	poll := backoff.Doubling(time.Millisecond, time.Second)
	for polls := 1; ; polls++ {
		work := e.remainingWork()
		if len(work) == 0 {
			return
		}
		if time.Now().After(deadline) {
			e.t.Errorf("work is left %v after the test has returned:\n  %s", patience, strings.Join(work, "\n  "))
			return
		}
		time.Sleep(poll.Pause(polls))
	}
}

// remainingWork describes what the engine still has to do.
func (e *engine) remainingWork() (work []string) {
	add := func(format string, args ...any) { work = append(work, fmt.Sprintf(format, args...)) }
	summaries, err := e.env.Client.List(background, client.Filter{})
	if err != nil {
		add("cannot list workflows: %v", err)
	}
	queues := map[string]string{}
	for _, s := range summaries {
		queues[s.ID] = s.Queue
		if !s.Status.Closed() {
			add("workflow %s is %s%s", s.ID, s.Status, strings.TrimRight(": "+s.Parked, ": "))
		}
	}
	ids, _ := e.recorder.Runs()
	for _, id := range ids {
		if _, ok := queues[id]; !ok { // its worker crashed after the first record, which may be the last
			add("workflow %s has a journal but no visibility entry", id)
		}
	}
	for id, queue := range queues {
		if pending, err := e.own.Pending(background, queue, id); err != nil {
			add("cannot read the inbox of workflow %s: %v", id, err)
		} else if len(pending) > 0 {
			add("workflow %s has %d messages in its inbox", id, len(pending))
		}
	}
	for _, t := range e.recorder.Tasks() {
		if queued, err := e.own.TaskQueued(background, t); err != nil {
			add("cannot look up task %s: %v", crashstore.TaskName(t), err)
		} else if queued {
			add("task %s is queued", crashstore.TaskName(t))
		}
	}
	return append(work, e.recorder.OverdueTimers()...)
}

// runs reads the histories of all runs.
func (e *engine) runs() (list []run) {
	e.t.Helper()
	ids, byID := e.recorder.Runs()
	for _, id := range ids {
		for i, runID := range byID[id] {
			h, err := e.env.Client.History(background, id, runID)
			if err != nil {
				e.t.Errorf("history of run %d of workflow %s: %v", i+1, id, err)
				continue
			}
			list = append(list, run{id, runID, i + 1, h.Events})
		}
	}
	return list
}

// effectsText returns what the functions passed to Effects return, as JSON.
func (e *engine) effectsText(aliases *strings.Replacer) string {
	e.t.Helper()
	var text strings.Builder
	for _, state := range e.effects {
		data, err := json.Marshal(state())
		var decoded any
		if err = errors.Join(err, json.Unmarshal(data, &decoded)); err != nil {
			e.t.Errorf("state passed to Effects: %v", err)
			continue
		}
		data, _ = json.MarshalIndent(replaceStrings(decoded, aliases), "", "  ") // it was decoded from JSON
		text.Write(append(data, '\n'))
	}
	return text.String()
}

// replaceStrings applies a replacer to all strings in a decoded JSON value.
func replaceStrings(v any, aliases *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return aliases.Replace(v)
	case []any:
		for i := range v {
			v[i] = replaceStrings(v[i], aliases)
		}
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			out[aliases.Replace(key)] = replaceStrings(value, aliases)
		}
		return out
	}
	return v
}

// check fails the test for each invariant that does not hold.
func (e *engine) check(r *result) {
	e.t.Helper()
	report := func(what string, err error) {
		e.t.Helper()
		if err != nil {
			e.t.Errorf("%s: %v", what, err)
		}
	}
	newest := map[string]run{}
	for _, run := range r.runs {
		report(run.alias(), invariant.History(run.events))
		report(run.alias(), replay(e.workers.registrations, run.id, run.runID, run.events))
		newest[run.id] = run
	}
	report("journals", invariant.Journals(e.recorder.Appends()))
	for _, run := range newest {
		report("visibility", e.checkVisibility(run))
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
		t.Errorf("%s:\n%s", message, diff.Diff("without a crash", []byte(want), "with a crash", []byte(got)))
	}
}
