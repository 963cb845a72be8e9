package pawltest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// witness remembers what the workers of a world did. It sees what they ask of the store, and not what becomes of it.
type witness struct {
	*memory
}

type memory struct {
	mu      sync.Mutex
	counts  map[string]int
	points  []string           // crash points, in the order in which they were reached
	blows   []string           // what workers suffered there
	trail   []string           // both, as they happened
	appends []appended         // in the order in which they were answered
	tasks   []store.Task       // queued
	alarms  map[alarm]struct{} // set and not cleared or rung
	ringing map[ring]bool      // rung and not acknowledged
	calls   map[call]int       // attempts at activities and steps
	longest time.Duration      // of an attempt
}

// appended is a record that a worker tried to store.
type appended struct {
	id   string
	prev store.Seq
	rec  store.Record
	seq  store.Seq
	err  error // nil if it is stored; any error but a conflict leaves that open
}

// alarm is one of a workflow, due at.
type alarm struct {
	id string
	at time.Time
}

type ring struct {
	id  string
	seq store.Seq
}

// call names an operation of a run.
type call struct{ id, runID, op, name string }

func newWitness() witness {
	return witness{&memory{counts: map[string]int{}, alarms: map[alarm]struct{}{}, ringing: map[ring]bool{}, calls: map[call]int{}}}
}

// name numbers what has the same name.
func (w *memory) name(what string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
	return fmt.Sprintf("%s #%d", strings.ReplaceAll(what, "/", ":"), w.counts[what])
}

func (w *memory) reached(worker, point string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.points = append(w.points, point)
	w.trail = append(w.trail, fmt.Sprintf("%s: %s %s", time.Now().Format("15:04:05.000"), worker, point))
}

func (w *memory) suffered(worker, point string, b blow) {
	what := "crashes"
	if !b.crash {
		what = fmt.Sprintf("stands still for %v", b.pause.Round(time.Millisecond))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blows = append(w.blows, fmt.Sprintf("%s %s %s", worker, what, point))
	w.trail = append(w.trail, fmt.Sprintf("%s: %s %s", time.Now().Format("15:04:05.000"), worker, what))
}

func (w *memory) appended(id string, prev store.Seq, rec store.Record, seq store.Seq, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.appends = append(w.appends, appended{id, prev, rec, seq, err})
}

func (w *memory) queued(t store.Task) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tasks = append(w.tasks, t)
}

func (w *memory) alarmSet(id string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.alarms[alarm{id, at.Round(0).UTC()}] = struct{}{}
}

func (w *memory) alarmCleared(id string, at time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.alarms, alarm{id, at.Round(0).UTC()})
}

func (w *memory) woken(wk store.Wakeup) {
	if !wk.Timer {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ringing[ring{wk.ID, wk.Seq}] = true
	maps.DeleteFunc(w.alarms, func(a alarm, _ struct{}) bool { return a.id == wk.ID && !a.at.After(time.Now()) })
}

func (w *memory) settled(wk store.Wakeup) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.ringing, ring{wk.ID, wk.Seq})
}

func (w *memory) attempt(c call, took time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls[c]++
	w.longest = max(w.longest, took)
}

// runs lists the runs that records were written for: workflow ids in order, and the runs of each as they began.
func (w *memory) runs() (ids []string, runs map[string][]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	runs = map[string][]string{}
	for _, a := range w.appends {
		if conflict(a.err) {
			continue
		}
		if r, err := history.UnmarshalRecord(a.rec.Data); err == nil && !slices.Contains(runs[a.id], r.RunID) {
			runs[a.id] = append(runs[a.id], r.RunID)
		}
	}
	return slices.Sorted(maps.Keys(runs)), runs
}

func (w *memory) pointList() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.points)
}

func (w *memory) blowList() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.blows)
}

// lately is the end of the trail.
func (w *memory) lately(n int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.trail[max(0, len(w.trail)-n):], "\n")
}

func (w *memory) appendList() []appended {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.appends)
}

func (w *memory) taskList() []store.Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.tasks)
}

func (w *memory) callList() map[call]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.calls)
}

func (w *memory) longestAttempt() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.longest
}

// alarmList lists the alarms that should have rung, and those that did and were not acknowledged. One that is still
// to ring belongs to a run that has ended, and does no harm.
func (w *memory) alarmList() (list []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for a := range w.alarms {
		if late := time.Since(a.at); late >= 0 {
			list = append(list, fmt.Sprintf("an alarm of workflow %s has not rung, and is %v late", a.id, late))
		}
	}
	for r := range w.ringing {
		list = append(list, fmt.Sprintf("an alarm of workflow %s rang and was not acknowledged", r.id))
	}
	return list
}
