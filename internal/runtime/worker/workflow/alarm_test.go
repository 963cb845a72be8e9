package workflow

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// timers records what an alarm asks of the store. It fails if err is set.
type timers struct {
	calls []string
	err   error
}

func (ts *timers) ScheduleTimer(_ context.Context, queue, id string, at time.Time) error {
	return ts.note("schedule", queue, id, at)
}

func (ts *timers) CancelTimer(_ context.Context, queue, id string, at time.Time) error {
	return ts.note("cancel", queue, id, at)
}

func (ts *timers) note(what, queue, id string, at time.Time) error {
	if ts.err == nil {
		ts.calls = append(ts.calls, fmt.Sprintf("%s %s/%s %s", what, queue, id, at.UTC().Format("15:04:05")))
	}
	return ts.err
}

func (ts *timers) expect(t *testing.T, want ...string) {
	t.Helper()
	if fmt.Sprint(ts.calls) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", ts.calls, want)
	}
	ts.calls = nil
}

func TestAlarmSchedulesOnlyEarlierTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // begins at midnight
		ctx, st := t.Context(), &timers{}
		a := &alarm{store: st, queue: "q", id: "w"}
		schedule := func(d time.Duration) {
			t.Helper()
			if err := a.schedule(ctx, time.Now().Add(d)); err != nil {
				t.Fatal(err)
			}
		}
		schedule(time.Hour)
		schedule(2 * time.Hour) // the first one leads back in time
		schedule(time.Minute)
		st.expect(t, "schedule q/w 01:00:00", "schedule q/w 00:01:00")

		time.Sleep(time.Minute + lateness/2)
		schedule(10 * time.Minute) // the timer that is due may still fire
		st.expect(t)
		time.Sleep(lateness) // it is lost
		schedule(10 * time.Minute)
		st.expect(t, "schedule q/w 00:11:07")

		a.forget(time.Now().Add(10 * time.Minute)) // it has fired
		st.err = errors.New("away")
		if err := a.cancel(ctx); !errors.Is(err, st.err) {
			t.Errorf("got %v", err)
		}
		st.err = nil
		if err := a.cancel(ctx); err != nil { // what was not cancelled is cancelled later
			t.Error(err)
		}
		st.expect(t, "cancel q/w 01:00:00")
	})
}

func TestAlarmRingsOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rung []time.Duration
		begin := time.Now()
		a := &alarm{}
		ring := func() { rung = append(rung, time.Since(begin)) }
		a.arm(begin.Add(time.Second), ring)
		a.arm(begin.Add(2*time.Second), ring)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		a.arm(begin.Add(4*time.Second), ring)
		a.stop()
		time.Sleep(time.Minute)
		synctest.Wait()
		if fmt.Sprint(rung) != "[2s]" {
			t.Errorf("rang at %v, want 2s", rung)
		}
	})
}
