package natsstore

import (
	"testing"
	"time"
)

func TestSuspensionsAreCounted(t *testing.T) {
	var s suspensions
	now := time.Now()
	if n := s.until(now.Add(time.Hour)); n != 0 {
		t.Errorf("%d suspensions before anything watches", n)
	}
	s.alive = now
	for _, c := range []struct {
		later time.Duration
		want  int
	}{{0, 0}, {suspendedAfter, 0}, {suspendedAfter - 1, 0}, {2*suspendedAfter + 1, 1}, {2*suspendedAfter + 2, 1}, {time.Hour, 2}} {
		if n := s.until(now.Add(c.later)); n != c.want {
			t.Errorf("%d suspensions until %v, want %d", n, c.later, c.want)
		}
	}
}

// The monotonic clock does not show that a machine has slept.
func TestSleepOfTheMachineIsASuspension(t *testing.T) {
	before := time.Now()
	after := before.Add(time.Second)
	wall := before.Round(0).Add(time.Hour)
	if d := elapsed(before, after); d != time.Second {
		t.Errorf("elapsed %v, want a second", d)
	}
	if d := elapsed(before, wall); d < time.Hour-time.Second {
		t.Errorf("elapsed %v by the wall clock, want an hour", d)
	}
}
