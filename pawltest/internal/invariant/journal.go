// Checks of the records that were appended to journals.

package invariant

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"

	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

// Journals checks the records that were stored, in their order. Each follows the record before it. Events are numbered
// without gaps. No message of an inbox is consumed twice. Nothing is appended to a closed run. The record that closes a run
// repeats the events before it.
func Journals(appends []recorder.Append) error {
	journals := map[string]*journal{}
	var stored []recorder.Append
	for _, a := range appends {
		if journals[a.ID] == nil {
			journals[a.ID] = &journal{consumed: map[uint64]bool{}}
		}
		switch {
		case a.Err == nil:
			stored = append(stored, a)
		case !a.Conflicted():
			journals[a.ID].incomplete = true
		}
	}
	slices.SortStableFunc(stored, func(a, b recorder.Append) int { return cmp.Compare(a.Seq, b.Seq) })
	for _, a := range stored {
		if a.Moved {
			journals[a.ID].last = a.Seq
			continue
		}
		rec, err := history.UnmarshalRecord(a.Rec.Data)
		if err != nil {
			return fmt.Errorf("record %d of workflow %s: %w", a.Seq, a.ID, err)
		}
		if err := journals[a.ID].add(a, rec); err != nil {
			return fmt.Errorf("record %d of workflow %s, by %s: %w", a.Seq, a.ID, rec.Worker, err)
		}
	}
	return nil
}

// journal is what is known of the journal of one workflow id.
type journal struct {
	last       store.Seq
	incomplete bool // there may be records that are not known, because an append had an unknown outcome
	run        string
	closed     bool
	events     []history.Event // of the run; zero where not known
	consumed   map[uint64]bool // messages of the inbox, by any record
}

func (j *journal) add(a recorder.Append, rec *history.Record) error {
	if rec.Prev != a.Prev || a.Prev >= a.Seq {
		return fmt.Errorf("it says that it follows record %d, but was appended after %d", rec.Prev, a.Prev)
	}
	if !j.incomplete && a.Prev != j.last {
		return fmt.Errorf("it follows record %d, but the record before it is %d", a.Prev, j.last)
	}
	j.last = a.Seq
	if err := j.consume(rec.Consumed); err != nil {
		return err
	}
	if err := j.enter(rec.RunID); err != nil {
		return err
	}
	switch {
	case rec.Archive != nil: // the events are in an object
		j.closed = a.Rec.Close != nil
		j.incomplete = true
		return nil
	case a.Rec.Close != nil:
		j.closed = true
		return j.checkClosing(rec)
	}
	return j.addEvents(rec)
}

func (j *journal) consume(messages []uint64) error {
	for _, seq := range messages {
		if j.consumed[seq] {
			return fmt.Errorf("message %d of the inbox was already consumed", seq)
		}
		j.consumed[seq] = true
	}
	return nil
}

// enter checks that a record may be of a run.
func (j *journal) enter(run string) error {
	if run == j.run {
		if j.closed {
			return errors.New("its run is closed")
		}
		return nil
	}
	if !j.closed && j.run != "" && !j.incomplete {
		return errors.New("it starts a new run, but the run before it is not closed")
	}
	j.run, j.events, j.closed = run, nil, false
	return nil
}

func (j *journal) addEvents(rec *history.Record) error {
	known, first := len(j.events), int(rec.FirstEvent)
	if first != known+1 && !j.incomplete || first <= known {
		return fmt.Errorf("its first event has number %d, but there are %d events before it", first, known)
	}
	j.events = append(j.events, make([]history.Event, first-1-known)...)
	j.events = append(j.events, rec.Events...)
	return nil
}

// checkClosing checks that a closing record begins with all events recorded before.
func (j *journal) checkClosing(rec *history.Record) error {
	if rec.FirstEvent != 1 || len(rec.Events) <= len(j.events) {
		return fmt.Errorf("it closes the run with %d events from number %d, but there are %d events before it",
			len(rec.Events), rec.FirstEvent, len(j.events))
	}
	for i, e := range j.events {
		got := rec.Events[i]
		if e.Body != nil && (!e.Time.Equal(got.Time) || !equal(e.Body, got.Body)) {
			return fmt.Errorf("it closes the run, but its event %d differs from the recorded one:\n  %v\n  %v", i+1, got, e)
		}
	}
	return nil
}

// equal compares two bodies. A payload may have been moved to an object between two records.
func equal(a, b history.Body) bool {
	moved := false
	check := func(p *history.Payload) error {
		moved = moved || p.Object != ""
		return nil
	}
	history.MapPayloads(a, check) // check does not fail
	history.MapPayloads(b, check)
	return a.Details().Kind == b.Details().Kind && (moved || bytes.Equal(history.MarshalBody(a), history.MarshalBody(b)))
}
