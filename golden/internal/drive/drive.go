// Package drive runs workflows in virtual time with nothing around them: no worker, no store and no clock.
//
// A Driver takes an execution, gives it one inbound event after the other, and keeps the history. When the code waits,
// the next thing to happen happens at once, and the run's time moves on to it. What a Driver does depends on nothing but
// the code and the activities, so two drives of one workflow give equal histories unless one of these is to blame.
package drive

import (
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// Driver is a run under way. It is used by one goroutine at a time.
type Driver struct {
	// Run is the execution, which has not started. It is not killed at the end, which is for its owner.
	Run *replay.Execution
	// Started is the run's first event, and Start is when it happens.
	Started *history.RunStarted
	Start   time.Time
	// Coming is what will happen to the run from outside. The Driver adds the outcomes of activities.
	Coming []history.Event
	// Perform runs an activity or step when it is scheduled, and tells its outcome and how long that took. If the activity
	// is cancelled before it has ended, it is run again, with how long it may run before it is cancelled; Never at first.
	// Perform may be nil if the workflow has none.
	Perform func(op replay.Open, cancelled time.Duration) (history.Outcome, time.Duration)
	// After is called after every inbound event, when the code waits or the run is closed. It may put another execution in
	// the place of Run, and ends the drive with an error. It may be nil.
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

// Never is when most activities are cancelled.
const Never time.Duration = -1

// Drive runs the workflow until its run is closed, and returns the event that closed it. The error is one of
// [replay.Execution.Step], or of After. A run that waits for what will never come, such as its cancellation, is a
// *replay.DeadlockError.
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
	for _, op := range d.Run.Open() {
		d.perform(op)
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

// next is the earliest thing that will happen. Of those at one time, what is coming is before the timers, and each of the
// two in its order.
func (d *Driver) next() (first history.Event, ok bool) {
	slices.SortStableFunc(d.Coming, func(a, b history.Event) int { return a.Time.Compare(b.Time) })
	timer, ticking := d.nextTimer()
	if len(d.Coming) > 0 && !(ticking && timer.Time.Before(d.Coming[0].Time)) {
		first, d.Coming = d.Coming[0], d.Coming[1:]
		return first, true
	}
	return timer, ticking
}

// nextTimer is the end of the timer that is due first.
func (d *Driver) nextTimer() (first history.Event, ok bool) {
	for _, op := range d.Run.Open() {
		if !op.Due.IsZero() && (!ok || op.Due.Before(first.Time)) {
			first, ok = history.Event{Time: op.Due, Body: &history.TimerFired{Op: op.ID}}, true
		}
	}
	return first, ok
}
