// Package recorder records what the workers of a test do with the store: which crash points they reach, what they append,
// enqueue and schedule, and which attempts they make.
package recorder

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// Recorder records what the workers of one test do. Its methods may be called from many goroutines.
type Recorder struct {
	mu       sync.Mutex
	counts   map[string]int // of names, for Number
	points   []string       // in the order in which they were reached
	faults   []string
	trail    []string // points and faults with their times
	appends  []Append // in the order in which they were answered
	tasks    []store.Task
	timers   timers
	called   map[Call]bool
	changed  chan struct{} // closed at the next call
	attempts map[Call]int
	longest  time.Duration // of an attempt
}

// Append is a record that a worker tried to append.
type Append struct {
	ID   string
	Prev store.Seq
	Rec  store.Record
	Seq  store.Seq
	Err  error // nil if it was stored

	Moved bool // the last record was stored again, and nothing was appended: only ID, Seq and Err are set
}

// Conflicted reports whether the append failed because another writer was first.
func (a Append) Conflicted() bool {
	_, conflict := errors.AsType[*store.ConflictError](a.Err)
	return conflict
}

// Call is an activity or step that a run called.
type Call struct{ ID, RunID, Op, Name string }

// String describes the call in a failure message.
func (c Call) String() string { return fmt.Sprintf("%s (operation %s, %s)", c.Name, c.Op, c.RunID) }

// Compare orders calls.
func (c Call) Compare(other Call) int { return strings.Compare(c.String(), other.String()) }

// timers are the timers that have not fired yet, and fired timers that were not acknowledged.
type timers struct {
	scheduled map[timer]struct{}
	fired     map[firedTimer]struct{}
}

type timer struct {
	id  string
	due time.Time
}

type firedTimer struct {
	id  string
	seq store.Seq
}

// New returns an empty recorder.
func New() *Recorder {
	return &Recorder{
		counts:   map[string]int{},
		called:   map[Call]bool{},
		changed:  make(chan struct{}),
		attempts: map[Call]int{},
		timers:   timers{map[timer]struct{}{}, map[firedTimer]struct{}{}},
	}
}

// Number returns name with the number of times it was passed to Number, so that each result is unique. Slashes are
// replaced, because they separate the names of subtests.
func (r *Recorder) Number(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[name]++
	return fmt.Sprintf("%s #%d", strings.ReplaceAll(name, "/", ":"), r.counts[name])
}

// Reached records that a worker reached a crash point.
func (r *Recorder) Reached(worker, point string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.points = append(r.points, point)
	r.trace("%s: %s", worker, point)
}

// Faulted records what happened to a worker at a crash point.
func (r *Recorder) Faulted(worker, point, fault string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = append(r.faults, fmt.Sprintf("%s %s %s", worker, fault, point))
	r.trace("%s %s", worker, fault)
}

func (r *Recorder) trace(format string, args ...any) {
	r.trail = append(r.trail, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, args...))
}

// Appended records an append with its result.
func (r *Recorder) Appended(a Append) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.appends = append(r.appends, a)
}

// Moved records that the last record of a workflow id was stored again, with another sequence.
func (r *Recorder) Moved(id string, seq store.Seq, err error) {
	r.Appended(Append{ID: id, Seq: seq, Err: err, Moved: true})
}

// Enqueued records a task.
func (r *Recorder) Enqueued(t store.Task) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tasks = append(r.tasks, t)
}

// TimerScheduled records a timer.
func (r *Recorder) TimerScheduled(id string, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timers.scheduled[timer{id, due.Round(0).UTC()}] = struct{}{}
}

// TimerCancelled records that a timer was cancelled, or could not be scheduled.
func (r *Recorder) TimerCancelled(id string, due time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.timers.scheduled, timer{id, due.Round(0).UTC()})
}

// Received records a wake-up. That of a timer stands for all timers of its workflow that are due.
func (r *Recorder) Received(w store.Wakeup) {
	if !w.Timer {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.timers.fired[firedTimer{w.ID, w.Seq}] = struct{}{}
	maps.DeleteFunc(r.timers.scheduled, func(t timer, _ struct{}) bool { return t.id == w.ID && !t.due.After(time.Now()) })
}

// Acknowledged records that a wake-up was acknowledged.
func (r *Recorder) Acknowledged(w store.Wakeup) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.timers.fired, firedTimer{w.ID, w.Seq})
}

// Called records that an attempt at a call has begun.
func (r *Recorder) Called(c Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.called[c] {
		r.called[c] = true
		close(r.changed)
		r.changed = make(chan struct{})
	}
}

// Calls returns the number of calls of activities and steps whose names match, and a channel that is closed at the next call.
func (r *Recorder) Calls(match func(name string) bool) (n int, changed <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.called {
		if match(c.Name) {
			n++
		}
	}
	return n, r.changed
}

// Attempted records an attempt at a call, and how long it took. It returns the number of attempts so far.
func (r *Recorder) Attempted(c Call, took time.Duration) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.attempts[c]++
	r.longest = max(r.longest, took)
	return r.attempts[c]
}

// Points returns the crash points in the order in which they were reached.
func (r *Recorder) Points() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.points)
}

// Faults describes the faults that occurred.
func (r *Recorder) Faults() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.faults)
}

// Trail returns the last n crash points and faults.
func (r *Recorder) Trail(n int) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.trail[max(0, len(r.trail)-n):], "\n")
}

// Appends returns all appends, in the order in which they were answered.
func (r *Recorder) Appends() []Append {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.appends)
}

// Runs returns the workflow ids that records were appended for, sorted, and the runs of each in the order in which they
// started.
func (r *Recorder) Runs() (ids []string, runs map[string][]string) {
	runs = map[string][]string{}
	for _, a := range r.Appends() {
		if a.Moved || a.Conflicted() {
			continue
		}
		if rec, err := history.UnmarshalRecord(a.Rec.Data); err == nil && !slices.Contains(runs[a.ID], rec.RunID) {
			runs[a.ID] = append(runs[a.ID], rec.RunID)
		}
	}
	return slices.Sorted(maps.Keys(runs)), runs
}

// Tasks returns all tasks that were enqueued.
func (r *Recorder) Tasks() []store.Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.tasks)
}

// Attempts returns the number of attempts at each call, and the duration of the longest attempt.
func (r *Recorder) Attempts() (attempts map[Call]int, longest time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.attempts), r.longest
}

// OverdueTimers describes the timers that are due and did not fire, and fired timers that were not acknowledged. It
// leaves out timers in the future, which belong to runs that have ended.
func (r *Recorder) OverdueTimers() (overdue []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for t := range r.timers.scheduled {
		if late := time.Since(t.due); late >= 0 {
			overdue = append(overdue, fmt.Sprintf("a timer of workflow %s is %v overdue", t.id, late))
		}
	}
	for t := range r.timers.fired {
		overdue = append(overdue, fmt.Sprintf("a timer of workflow %s fired and was not acknowledged", t.id))
	}
	return overdue
}
