// Package cause explains why a run went another way in an execution with a crash than in the one without.
package cause

import (
	"fmt"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

// TakeOver is how long it takes until another worker has taken over the work of one that crashed, for people.
const TakeOver = "up to 10 s"

// Crash returns the differences between got, the history with a crash, and base, the history without, that a crash causes in a
// correct workflow: what has a time limit was late, and what has a limit of attempts lost one. delay is how late it can be.
func Crash(base, got []history.Event, delay time.Duration) (causes []string) {
	was, is := read(base), read(got)
	for _, op := range is.order {
		if text := lostAttempt(was.ops[op.id], op); text != "" {
			causes = append(causes, text)
		}
	}
	for _, pos := range is.timerPositions {
		t := is.timers[pos]
		if before := was.timers[pos]; before != nil && t.fired > before.fired && t.length < delay {
			causes = append(causes, fmt.Sprintf("the timer of %v at %s fired before another worker had taken over, which takes %s", t.length, pos, TakeOver))
		}
	}
	if is.end == history.KindRunTimedOut && was.end != history.KindRunTimedOut {
		causes = append(causes, "the run exceeded its timeout")
	}
	return causes
}

// lostAttempt says that an activity or step failed because of a limit that the crash made it reach.
func lostAttempt(base, got *operation) string {
	if base == nil || got.outcome == nil || got.outcome.Failure == nil || same(base.outcome, got.outcome) {
		return ""
	}
	what := got.what()
	limit := got.policy.Attempts
	switch {
	case limit == 1:
		return what + " has attempts=1, and the crash may have cost that attempt"
	case limit > 0 && got.outcome.Attempts >= limit:
		return fmt.Sprintf("%s has attempts=%d, and the crash cost one of them", what, limit)
	case got.outcome.Failure.Kind == history.FailureTimeout:
		return fmt.Sprintf("%s exceeded a time limit: %s", what, got.outcome.Failure.Message)
	}
	return ""
}

// First describes the first difference between two histories; it is empty if there is none. Times and the order between
// goroutines do not count.
func First(base, got []history.Event) string {
	was, is := read(base), read(got)
	for _, e := range got {
		d := e.Body.Details()
		before, now := was.ops[d.Op.ID()], is.ops[d.Op.ID()]
		switch {
		case now == nil:
		case d.Starts:
			if text := otherStart(before, now); text != "" {
				return text
			}
		case before != nil && before.outcome != nil && now.outcome != nil && !same(before.outcome, now.outcome):
			return fmt.Sprintf("%s ended with %s, and without a crash with %s. What depends on chance, on the clock or on the number of attempts must be seeded or faked, or be the same for one idempotency key",
				now.what(), now.outcome, before.outcome)
		}
	}
	return ""
}

// otherStart says that the code asked for another operation.
func otherStart(before, now *operation) string {
	if before == nil {
		return fmt.Sprintf("the workflow asked for %s at %s, and without a crash it did not. Its code depends on the time, or on which goroutine comes first", now.call(), now.details.Op.Pos)
	}
	if a, b := before.call(), now.call(); a != b {
		return fmt.Sprintf("the workflow asked for %s at %s, and without a crash for %s. Its code depends on the time, or on which goroutine comes first", b, now.details.Op.Pos, a)
	}
	return ""
}

// operation is one operation of a run.
type operation struct {
	id      history.OpID
	details history.Details // of the event that started it
	length  time.Duration   // of a timer
	policy  history.Policy
	outcome *history.Outcome // nil while it is open
}

// what names the operation and its position.
func (o *operation) what() string {
	return fmt.Sprintf("%s %s at %s", o.details.Subject, show.Name(o.details.Name), o.details.Op.Pos)
}

// call describes what the code asked for.
func (o *operation) call() string {
	text := o.details.Subject
	if o.details.Name != "" {
		text += " " + show.Name(o.details.Name)
	}
	if o.length != 0 {
		text += " of " + o.length.Round(time.Millisecond).String()
	}
	if o.details.Input != nil {
		text += " " + o.details.Input.String()
	}
	return text
}

// timer is all timers of one position.
type timer struct {
	length time.Duration // the shortest
	fired  int
}

// run is what a history says.
type run struct {
	ops            map[history.OpID]*operation
	order          []*operation
	timers         map[string]*timer
	timerPositions []string
	end            history.Kind
}

func read(events []history.Event) *run {
	r := &run{ops: map[history.OpID]*operation{}, timers: map[string]*timer{}}
	for _, e := range events {
		d := e.Body.Details()
		switch id := d.Op.ID(); {
		case d.Closes():
			r.end = d.Kind
		case d.Starts:
			r.start(id, d, e)
		case d.Ends && r.ops[id] != nil:
			r.finish(r.ops[id], d)
		}
	}
	return r
}

func (r *run) start(id history.OpID, d history.Details, e history.Event) {
	op := &operation{id: id, details: d, policy: policyOf(e.Body)}
	r.ops[id], r.order = op, append(r.order, op)
	if d.Due.IsZero() {
		return
	}
	op.length = max(d.Due.Sub(e.Time), 0)
	if d.Period > 0 {
		op.length = d.Period
	}
	if d.Name == history.SleepName { // it fires in any case
		return
	}
	t := r.timers[d.Op.Pos]
	if t == nil {
		t = &timer{length: op.length}
		r.timers[d.Op.Pos] = t
		r.timerPositions = append(r.timerPositions, d.Op.Pos)
	}
	t.length = min(t.length, op.length)
}

func (r *run) finish(op *operation, d history.Details) {
	op.outcome = d.Outcome
	if t := r.timers[op.details.Op.Pos]; t != nil && d.Kind == history.KindTimerFired {
		t.fired++
	}
}

func policyOf(b history.Body) history.Policy {
	switch b := b.(type) {
	case *history.ActivityScheduled:
		return b.Policy
	case *history.StepScheduled:
		return b.Policy
	}
	return history.Policy{}
}

// same reports whether two outcomes are the same for the workflow's code.
func same(a, b *history.Outcome) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Attempts, y.Attempts = 0, 0
	return x.String() == y.String()
}
