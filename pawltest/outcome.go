package pawltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/internal/runtime/backoff"
	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

// outcome is how a test ended, in a form that can be compared.
type outcome struct {
	took    time.Duration // until the test returned
	longest time.Duration // of an attempt
	points  []string      // crash points
	runs    []run
	story   string            // runs, results and operations, as text
	effects string            // what the test says of the world outside, as text
	calls   map[call]int      // attempts, with run ids made comparable
	aliases *strings.Replacer // makes run ids comparable
}

// run is one run with its history.
type run struct {
	id, runID string
	number    int // among the runs of the workflow id, from 1
	events    []history.Event
}

func (r *run) alias() string { return fmt.Sprintf("run %d of %s", r.number, r.id) }

// observed is registrations with a note taken of each attempt.
func (w *world) observed(registrations []pawl.Registration) []pawl.Registration {
	registrations = slices.Clone(registrations)
	for i := range registrations {
		m := &registrations[i]
		m.Activities = slices.Clone(m.Activities)
		for j := range m.Activities {
			h := &m.Activities[j]
			inner := h.Run
			h.Run = func(ctx context.Context, in abi.Values) ([]any, error) {
				info, begun := activity.InfoFrom(ctx), time.Now()
				op := strings.TrimPrefix(info.IdempotencyKey, info.RunID+"/")
				defer func() {
					w.witness.attempt(call{info.ID, info.RunID, op, info.Activity}, time.Since(begun))
				}()
				return inner(ctx, in)
			}
		}
	}
	return registrations
}

// outcome waits until nothing goes on any more, and takes down how things are.
func (w *world) outcome(whole *outcome) *outcome {
	w.t.Helper()
	o := &outcome{took: w.elapsed(), calls: map[call]int{}}
	w.calmDown(whole)
	w.stopWorkers()
	o.points, o.longest = w.witness.pointList(), w.witness.longestAttempt()
	o.runs = w.runs()
	var pairs []string
	for _, r := range o.runs {
		pairs = append(pairs, r.runID, r.alias())
	}
	o.aliases = strings.NewReplacer(pairs...)
	for _, r := range o.runs {
		o.story += o.tell(&r)
	}
	o.effects = w.effectsText(o.aliases)
	for c, n := range w.witness.callList() {
		c.runID = o.aliases.Replace(c.runID)
		o.calls[c] = n
	}
	return o
}

// patience is how long runs may take to end, and what they leave to be taken away, after the test has returned. It
// covers a parked run's pauses.
const patience = 2 * time.Minute

// calmDown waits until all runs have ended and nothing waits to be done.
func (w *world) calmDown(whole *outcome) {
	w.t.Helper()
	limit := patience
	if whole != nil {
		limit += w.slack(whole)
	}
	deadline := time.Now().Add(limit)
	poll := backoff.Doubling(time.Millisecond, time.Second)
	for polls := 1; ; polls++ {
		left := w.leftovers()
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.t.Errorf("the test has ended, and %v later this is left:\n  %s", limit, strings.Join(left, "\n  "))
			return
		}
		time.Sleep(poll.Pause(polls))
	}
}

// leftovers lists what is still to be done.
func (w *world) leftovers() (left []string) {
	note := func(format string, args ...any) { left = append(left, fmt.Sprintf(format, args...)) }
	infos, err := w.env.Client.List(background, client.Filter{})
	if err != nil {
		note("the registry cannot be read: %v", err)
	}
	queues := map[string]string{}
	for _, info := range infos {
		queues[info.ID] = info.Queue
		if !info.Status.Closed() {
			note("workflow %s is %s%s", info.ID, info.Status, strings.TrimRight(": "+info.Parked, ": "))
		}
	}
	ids, _ := w.witness.runs()
	for _, id := range ids {
		if _, ok := queues[id]; !ok { // its worker died after the first record, which may be the last
			note("workflow %s has a journal and no entry in the registry", id)
		}
	}
	for id, queue := range queues {
		if pending, err := w.own.Pending(background, queue, id); err != nil || len(pending) > 0 {
			note("workflow %s has %d messages in its inbox (%v)", id, len(pending), err)
		}
	}
	for _, t := range w.witness.taskList() {
		if queued, err := w.own.TaskQueued(background, t); err != nil || queued {
			note("task %s is in its queue (%v)", taskName(t), err)
		}
	}
	return append(left, w.witness.alarmList()...)
}

// runs reads the histories of all runs.
func (w *world) runs() (list []run) {
	w.t.Helper()
	ids, byID := w.witness.runs()
	for _, id := range ids {
		for i, runID := range byID[id] {
			h, err := w.env.Client.History(background, id, runID)
			if err != nil {
				w.t.Errorf("history of run %d of workflow %s: %v", i+1, id, err)
				continue
			}
			list = append(list, run{id, runID, i + 1, h.Events})
		}
	}
	return list
}

// effectsText is the state of the world outside.
func (w *world) effectsText(aliases *strings.Replacer) string {
	w.t.Helper()
	var text strings.Builder
	for _, effects := range w.effects {
		data, err := json.Marshal(effects())
		var plain any
		if err = errors.Join(err, json.Unmarshal(data, &plain)); err != nil {
			w.t.Errorf("state given to Effects: %v", err)
			continue
		}
		data, _ = json.MarshalIndent(renamed(plain, aliases), "", "  ") // it was JSON a moment ago
		text.Write(append(data, '\n'))
	}
	return text.String()
}

// renamed is a decoded JSON value with the ids of runs made comparable.
func renamed(v any, aliases *strings.Replacer) any {
	switch v := v.(type) {
	case string:
		return aliases.Replace(v)
	case []any:
		for i := range v {
			v[i] = renamed(v[i], aliases)
		}
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			out[aliases.Replace(key)] = renamed(value, aliases)
		}
		return out
	}
	return v
}

// compare fails the test for each difference to the run without a crash.
func (w *world) compare(got, whole *outcome) {
	w.t.Helper()
	if got.story != whole.story {
		w.t.Errorf("the runs differ (- without a crash, + with); results that come from chance or the clock must be seeded or faked:\n%s", diff(whole.story, got.story))
	}
	if got.effects != whole.effects {
		w.t.Errorf("the effects differ (- without a crash, + with):\n%s", diff(whole.effects, got.effects))
	}
	for _, c := range slices.SortedFunc(maps.Keys(whole.calls), call.compare) {
		if got.calls[c] == 0 {
			w.t.Errorf("%s was never attempted", c)
		}
	}
	for _, c := range slices.SortedFunc(maps.Keys(got.calls), call.compare) {
		if whole.calls[c] == 0 {
			w.t.Errorf("%s was attempted %d times, and never without a crash", c, got.calls[c])
		}
	}
	if limit := whole.took + w.slack(whole); got.took > limit {
		w.t.Errorf("the test took %v; without a crash it took %v: something was not taken over in time", got.took, whole.took)
	}
}

func (c call) compare(other call) int { return strings.Compare(c.String(), other.String()) }
func (c call) String() string         { return fmt.Sprintf("%s (operation %s, %s)", c.name, c.op, c.runID) }

// diff shows two texts line by line: what only one of them has is marked.
func diff(old, new string) string {
	a, b := strings.Split(old, "\n"), strings.Split(new, "\n")
	common := make([][]int, len(a)+1) // length of the longest common rest of a[i:] and b[j:]
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out strings.Builder
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			fmt.Fprintf(&out, "  %s\n", a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			fmt.Fprintf(&out, "- %s\n", a[i])
			i++
		default:
			fmt.Fprintf(&out, "+ %s\n", b[j])
			j++
		}
	}
	return out.String()
}

func conflict(err error) bool {
	var c *store.ConflictError
	return errors.As(err, &c)
}
