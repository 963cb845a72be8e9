package invariant

import (
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"

	"github.com/pawlhq/pawl/pawltest/internal/recorder"
)

var (
	begin = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	op    = history.Op{Coroutine: "0", Index: 1}

	started   = &history.RunStarted{Type: "w"}
	scheduled = &history.ActivityScheduled{Op: op, Name: "a"}
	completed = &history.ActivityCompleted{Op: op.ID()}
	timer     = &history.TimerStarted{Op: op, Due: begin.Add(time.Hour)}
	ticker    = &history.TimerStarted{Op: op, Due: begin, Period: time.Second}
	fired     = &history.TimerFired{Op: op.ID()}
	ended     = &history.RunCompleted{}
)

// events returns events a second apart.
func events(bodies ...history.Body) (list []history.Event) {
	for i, b := range bodies {
		list = append(list, history.Event{Time: begin.Add(time.Duration(i) * time.Second), Body: b})
	}
	return list
}

func TestHistory(t *testing.T) {
	backwards := events(started, ended)
	backwards[1].Time = begin.Add(-time.Second)
	for name, c := range map[string]struct {
		events []history.Event
		want   string
	}{
		"activity":             {events(started, scheduled, completed, ended), ""},
		"ticker":               {events(started, ticker, fired, fired, ended), ""},
		"open operation":       {events(started, timer, ended), ""},
		"no start":             {events(ended), `event 1 is "run completed"`},
		"second start":         {events(started, started, ended), `event 2 is "run started"`},
		"no end":               {events(started, scheduled), `event 2 of 2 is "activity scheduled"`},
		"event after the end":  {events(started, ended, ended), `event 2 of 3 is "run completed"`},
		"time decreases":       {backwards, "event 2 (run completed) is earlier"},
		"scheduled twice":      {events(started, scheduled, scheduled, ended), "was already started"},
		"completed twice":      {events(started, scheduled, completed, completed, ended), "is not running"},
		"completed from start": {events(started, completed, ended), "is not running"},
		"timer fires early":    {events(started, timer, fired, ended), "fired before it was due"},
	} {
		check(t, name, History(c.events), c.want)
	}
}

// appendOf returns an append that was stored with sequence seq.
func appendOf(seq, prev store.Seq, rec history.Record, closes bool) recorder.Append {
	rec.Format, rec.ID, rec.Prev = history.Format, "w", prev
	a := recorder.Append{ID: "w", Prev: prev, Seq: seq, Rec: store.Record{RunID: rec.RunID, Data: rec.Marshal()}}
	if closes {
		a.Rec.Close = &store.Close{Retention: time.Hour}
	}
	return a
}

func TestJournals(t *testing.T) {
	run := events(started, scheduled, completed, ended)
	first := appendOf(1, 0, history.Record{RunID: "r1", FirstEvent: 1, Events: run[:2], Consumed: []uint64{7}}, false)
	second := appendOf(2, 1, history.Record{RunID: "r1", FirstEvent: 3, Events: run[2:3]}, false)
	closing := appendOf(3, 2, history.Record{RunID: "r1", FirstEvent: 1, Events: run}, true)
	next := appendOf(4, 3, history.Record{RunID: "r2", FirstEvent: 1, Events: run[:1]}, false)
	conflict := recorder.Append{ID: "w", Prev: 1, Err: &store.ConflictError{}}
	unknown := recorder.Append{ID: "w", Prev: 1, Err: store.ErrUnavailable}
	for name, c := range map[string]struct {
		appends []recorder.Append
		want    string
	}{
		"two runs":                 {[]recorder.Append{first, conflict, second, closing, next}, ""},
		"answered out of order":    {[]recorder.Append{second, first, closing}, ""},
		"gap":                      {[]recorder.Append{first, closing}, "it follows record 2, but the record before it is 1"},
		"gap with unknown outcome": {[]recorder.Append{first, unknown, closing}, ""},
		"events are missing": {[]recorder.Append{first, appendOf(2, 1, history.Record{RunID: "r1", FirstEvent: 4, Events: run[3:]}, false)},
			"its first event has number 4, but there are 2 events before it"},
		"message consumed twice": {[]recorder.Append{first, appendOf(2, 1, history.Record{RunID: "r1", FirstEvent: 3, Events: run[2:3], Consumed: []uint64{7}}, false)},
			"message 7 of the inbox was already consumed"},
		"append to a closed run": {[]recorder.Append{first, second, closing, appendOf(4, 3, history.Record{RunID: "r1", FirstEvent: 5, Events: run[3:]}, false)},
			"its run is closed"},
		"new run before the end": {[]recorder.Append{first, appendOf(2, 1, history.Record{RunID: "r2", FirstEvent: 1, Events: run[:1]}, false)},
			"the run before it is not closed"},
		"closing record differs": {[]recorder.Append{first, second, appendOf(3, 2, history.Record{RunID: "r1", FirstEvent: 1, Events: events(started, timer, completed, ended)}, true)},
			"its event 2 differs from the recorded one"},
	} {
		check(t, name, Journals(c.appends), c.want)
	}
}

func check(t *testing.T, name string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v", name, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: got error %v, want %q", name, err, want)
	}
}
