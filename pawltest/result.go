// The result of a test: what the engine and the test's fakes look like when everything has ended, in a form that can be
// compared with that of another execution.

package pawltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"

	"github.com/pawlhq/pawl/pawltest/internal/recorder"
	"github.com/pawlhq/pawl/pawltest/internal/summary"
)

// result is the result of one execution of a test.
type result struct {
	took    time.Duration // until the test returned
	longest time.Duration // of an attempt
	points  []string      // crash points
	runs    []run
	endings string                // of all runs: how they started and ended
	summary string                // of all runs, with all operations
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
		r.endings += aliases.Replace(summary.Ending(run.alias(), run.events))
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

// runs reads the histories of all runs.
func (e *engine) runs() (list []run) {
	e.t.Helper()
	ids, byID := e.recorder.Runs()
	for _, id := range ids {
		for i, runID := range byID[id] {
			h, err := e.client.History(background, id, runID)
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
