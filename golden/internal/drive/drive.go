// Package drive runs workflows in virtual time with nothing around them: no worker, no store and no clock.
//
// A Driver delivers one inbound event after the other to an execution, and keeps the history. When the code waits, the
// Driver advances the run's time to the next event and delivers it. The history depends only on the code and the
// activities, so two drives of a workflow have equal histories unless one of these is nondeterministic.
package drive

import (
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// Driver drives one run. It is used by one goroutine at a time.
type Driver struct {
	// Run is the execution, which has not started. The caller must kill it at the end.
	Run *replay.Execution
	// Started is the run's first event, and Start is when it happens.
	Started *history.RunStarted
	Start   time.Time
	// Coming is what will happen to the run from outside. The Driver adds the outcomes of activities.
	Coming []history.Event
	// Perform runs an activity or step when it is scheduled, and returns its outcome and how long it took. The last
	// parameter is the time until it is cancelled, first Never. If it is cancelled before it ends, it is run again.
	// Perform may be nil if the workflow has none.
	Perform func(op replay.Open, cancelled time.Duration) (history.Outcome, time.Duration)
	// After is called after every inbound event, when the code waits or the run is closed. It may replace Run with another
	// execution. If it returns an error, the drive ends. After may be nil.
	After func(*Driver) error
	// History is what has happened so far.
	History []history.Event

	performed map[history.OpID]*performance
}

// performance is the outcome of an activity that has not been delivered yet.
type performance struct {
	body      history.Body
	cancelled bool
}

// Never is the time until the cancellation of an activity that is not cancelled.
const Never time.Duration = -1

// Drive runs the workflow until its run is closed, and returns the event that closed it. The error is one of
// [replay.Execution.Step], or of After. If the run waits for an event that never comes, such as its cancellation, the
// error is a *replay.DeadlockError.
func (d *Driver) Drive() (history.Body, error) {
	d.performed = map[history.OpID]*performance{}
	if err := d.step(history.Event{Time: d.Start.UTC(), Body: d.Started}); err != nil {
		return nil, err
	}
	for d.Run.Closed() == nil {
		next, ok := d.next()
		if !ok {
			return nil, &replay.DeadlockError{Coroutines: d.Run.Coroutines()}
		}
		if err := d.step(next); err != nil {
			return nil, err
		}
	}
	return d.Run.Closed(), nil
}

// step delivers one event.
func (d *Driver) step(in history.Event) error {
	if now := d.Run.Now(); in.Time.Before(now) {
		in.Time = now
	}
	commands, err := d.Run.Step(in)
	if err != nil {
		return err
	}
	d.History = append(append(d.History, in), commands...)
	if end := d.Run.Closed(); end != nil && d.History[len(d.History)-1].Body != end {
		return fmt.Errorf("something is recorded after the end of the run: %+v", commands)
	}
	if d.Perform != nil {
		for _, op := range d.Run.Open() {
			d.perform(op)
		}
	}
	if d.After != nil {
		return d.After(d)
	}
	return nil
}

// perform runs an activity or step that was just scheduled, or cancelled. Its outcome will come.
func (d *Driver) perform(op replay.Open) {
	function, ok := op.Body.(history.FunctionScheduled)
	known := d.performed[op.ID]
	if !ok || known != nil && known.cancelled == op.Cancelled {
		return
	}
	cancelled := Never
	if op.Cancelled {
		cancelled = d.Run.Now().Sub(op.Scheduled)
	}
	outcome, took := d.Perform(op, cancelled)
	if known != nil {
		d.Coming = slices.DeleteFunc(d.Coming, func(e history.Event) bool { return e.Body == known.body })
	}
	body := function.Completed(outcome)
	d.performed[op.ID] = &performance{body, op.Cancelled}
	d.Coming = append(d.Coming, history.Event{Time: op.Scheduled.Add(took), Body: body})
}

// next returns the next event. At one time, the events of Coming are before those of timers; otherwise they keep their
// order.
func (d *Driver) next() (first history.Event, ok bool) {
	slices.SortStableFunc(d.Coming, func(a, b history.Event) int { return a.Time.Compare(b.Time) })
	timer, ticking := d.nextTimer()
	if len(d.Coming) > 0 && !(ticking && timer.Time.Before(d.Coming[0].Time)) {
		first, d.Coming = d.Coming[0], d.Coming[1:]
		return first, true
	}
	return timer, ticking
}

// nextTimer returns the end of the timer that is due first.
func (d *Driver) nextTimer() (first history.Event, ok bool) {
	if d.Perform == nil { // only timers are due
		op, ok := d.Run.Next()
		return history.Event{Time: op.Due, Body: &history.TimerFired{Op: op.ID}}, ok
	}
	for _, op := range d.Run.Open() {
		if !op.Due.IsZero() && (!ok || op.Due.Before(first.Time)) {
			first, ok = history.Event{Time: op.Due, Body: &history.TimerFired{Op: op.ID}}, true
		}
	}
	return first, ok
}
