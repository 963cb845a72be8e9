package pawltest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

// This file holds what is in the store after a test against what the engine promises of it.

// check fails the test for every promise that was broken.
func (w *world) check(o *outcome) {
	w.t.Helper()
	for _, r := range o.runs {
		w.report(r.alias(), sound(r.events))
		w.report(r.alias(), replay(w.registrations, r.id, r.runID, r.events))
	}
	w.report("journals", chained(w.witness.appendList()))
	newest := map[string]run{}
	for _, r := range o.runs {
		newest[r.id] = r
	}
	for _, r := range newest {
		w.report("registry", w.registered(r))
	}
}

func (w *world) report(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Errorf("%s: %v", what, err)
	}
}

// sound checks a history by itself: it begins with a start and ends with an end, time does not go back, and every
// operation is scheduled once and has one outcome at most, except a ticker's.
func sound(events []history.Event) error {
	const open, ticking, done = 1, 2, 3
	state := map[history.OpID]int{}
	for i, e := range events {
		if _, ok := e.Body.(*history.RunStarted); ok != (i == 0) {
			return fmt.Errorf("event %d is a %s", i+1, kind(e.Body))
		}
		if history.StatusOf(e.Body).Closed() != (i == len(events)-1) {
			return fmt.Errorf("event %d of %d is a %s", i+1, len(events), kind(e.Body))
		}
		if i > 0 && e.Time.Before(events[i-1].Time) {
			return fmt.Errorf("event %d (%s) is earlier than the one before it", i+1, kind(e.Body))
		}
		if id, ok := scheduled(e.Body); ok {
			if state[id] != 0 {
				return fmt.Errorf("event %d schedules operation %s again", i+1, id)
			}
			state[id] = open
			if timer, ok := e.Body.(*history.TimerStarted); ok && timer.Period > 0 {
				state[id] = ticking
			}
		}
		if id, ok := completed(e.Body); ok {
			switch state[id] {
			case open:
				state[id] = done
			case ticking:
			default:
				return fmt.Errorf("event %d gives operation %s an outcome, though it is not under way", i+1, id)
			}
		}
		if timer, ok := e.Body.(*history.TimerFired); ok && early(events[:i], timer.Op, e.Time) {
			return fmt.Errorf("event %d: timer %s fired before it was due", i+1, timer.Op)
		}
	}
	return nil
}

func scheduled(body history.Body) (history.OpID, bool) {
	switch e := body.(type) {
	case *history.ActivityScheduled:
		return e.Op.ID(), true
	case *history.StepScheduled:
		return e.Op.ID(), true
	case *history.TimerStarted:
		return e.Op.ID(), true
	}
	return history.OpID{}, false
}

func completed(body history.Body) (history.OpID, bool) {
	switch e := body.(type) {
	case *history.ActivityCompleted:
		return e.Op, true
	case *history.StepCompleted:
		return e.Op, true
	case *history.TimerFired:
		return e.Op, true
	}
	return history.OpID{}, false
}

func early(events []history.Event, timer history.OpID, at time.Time) bool {
	for _, e := range events {
		if t, ok := e.Body.(*history.TimerStarted); ok && t.Op.ID() == timer {
			return at.Before(t.Due)
		}
	}
	return false
}

// chain is the journal of one workflow id, as far as it was followed.
type chain struct {
	last     store.Seq
	lost     bool // records whose fate is not known may stand between
	run      string
	closed   bool
	events   []history.Event // of the run, a zero one where it is not known
	consumed map[uint64]bool // of the inbox, by any record
}

// chained checks the records that were stored, in their order: each follows the one before it, events are numbered
// without a gap, no message of an inbox was taken in twice, nothing was appended to a closed run, and the record that
// closes a run repeats what was recorded before.
func chained(appends []appended) error {
	chains := map[string]*chain{}
	var stored []appended
	for _, a := range appends {
		if chains[a.id] == nil {
			chains[a.id] = &chain{consumed: map[uint64]bool{}}
		}
		switch {
		case a.err == nil:
			stored = append(stored, a)
		case !conflict(a.err):
			chains[a.id].lost = true
		}
	}
	slices.SortFunc(stored, func(a, b appended) int { return cmp.Compare(a.seq, b.seq) })
	for _, a := range stored {
		rec, err := history.UnmarshalRecord(a.rec.Data)
		if err != nil {
			return fmt.Errorf("record %d of workflow %s: %w", a.seq, a.id, err)
		}
		if err := chains[a.id].add(a, rec); err != nil {
			return fmt.Errorf("record %d of workflow %s, by %s: %w", a.seq, a.id, rec.Worker, err)
		}
	}
	return nil
}

func (c *chain) add(a appended, rec *history.Record) error {
	if rec.Prev != a.prev || a.prev >= a.seq {
		return fmt.Errorf("it says that it follows %d, and was appended to %d", rec.Prev, a.prev)
	}
	if !c.lost && a.prev != c.last {
		return fmt.Errorf("it follows %d, and the record before it is %d", a.prev, c.last)
	}
	for _, seq := range rec.Consumed {
		if c.consumed[seq] {
			return fmt.Errorf("message %d of the inbox is taken in again", seq)
		}
		c.consumed[seq] = true
	}
	if rec.RunID != c.run {
		if !c.closed && c.run != "" && !c.lost {
			return fmt.Errorf("a new run begins before the one before it was closed")
		}
		c.run, c.events, c.closed = rec.RunID, nil, false
	} else if c.closed {
		return fmt.Errorf("the run was closed before")
	}
	c.last = a.seq
	if rec.Archive != nil {
		c.closed = true
		return nil // its events are in the object store; the history as a whole is checked elsewhere
	}
	return c.addEvents(a, rec)
}

func (c *chain) addEvents(a appended, rec *history.Record) error {
	c.closed = a.rec.Close != nil
	if c.closed {
		return c.repeats(rec)
	}
	known := len(c.events)
	if int(rec.FirstEvent) != known+1 && !c.lost || int(rec.FirstEvent) <= known {
		return fmt.Errorf("its first event has number %d, and %d were recorded before", rec.FirstEvent, known)
	}
	c.events = append(c.events, make([]history.Event, int(rec.FirstEvent)-1-known)...)
	c.events = append(c.events, rec.Events...)
	return nil
}

// repeats checks that the record that closes a run begins with all that was recorded before.
func (c *chain) repeats(rec *history.Record) error {
	if rec.FirstEvent != 1 || len(rec.Events) <= len(c.events) {
		return fmt.Errorf("it closes the run with %d events from number %d, and %d were recorded before", len(rec.Events), rec.FirstEvent, len(c.events))
	}
	for i, e := range c.events {
		got := rec.Events[i]
		if e.Body != nil && (!e.Time.Equal(got.Time) || !same(e.Body, got.Body)) {
			return fmt.Errorf("it closes the run, and its event %d (%s) is not what was recorded before (%s)", i+1, kind(got.Body), kind(e.Body))
		}
	}
	return nil
}

// same compares two bodies. A payload may have moved to the object store between one record and the next.
func same(a, b history.Body) bool {
	apart := false
	see := func(p *history.Payload) error {
		apart = apart || p.Object != ""
		return nil
	}
	history.MapPayloads(a, see) // see does not fail
	history.MapPayloads(b, see)
	return kind(a) == kind(b) && (apart || bytes.Equal(history.MarshalBody(a), history.MarshalBody(b)))
}

// registered checks that the registry tells how the newest run of a workflow id ended.
func (w *world) registered(r run) error {
	entry, err := w.own.GetEntry(background, r.id)
	if err != nil {
		return err
	}
	info, err := history.UnmarshalRunSummary(entry.Data)
	if err != nil {
		return err
	}
	last := r.events[len(r.events)-1]
	want := history.StatusOf(last.Body)
	if info.RunID != r.runID || info.Status != want || !info.Closed.Equal(last.Time) || info.Events != uint64(len(r.events)) {
		return fmt.Errorf("workflow %s: the entry says %s at %v after %d events, the journal %s at %v after %d (of %s)",
			r.id, info.Status, info.Closed, info.Events, want, last.Time, len(r.events), r.alias())
	}
	stored, err := w.own.Last(background, r.id)
	if err != nil {
		return err
	}
	if entry.Version < stored.Seq*2 {
		return fmt.Errorf("workflow %s: the entry has version %d, the journal is at record %d", r.id, entry.Version, stored.Seq)
	}
	return nil
}
