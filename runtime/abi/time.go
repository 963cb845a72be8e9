// This file replaces package time in lowered code.

package abi

import (
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
)

// Now is time.Now in a run: the time of the last inbound event. It never goes back.
func Now(run *Run) time.Time { return run.x.ReadClock() }

// Since is time.Since in a run.
func Since(run *Run, t time.Time) time.Duration { return Now(run).Sub(t) }

// Until is time.Until in a run.
func Until(run *Run, t time.Time) time.Duration { return t.Sub(Now(run)) }

// Sleep is time.Sleep in a run: a durable timer. As in plain Go, cancelling a context does not interrupt it.
func Sleep(run *Run, d time.Duration) {
	if d <= 0 {
		run.x.Scheduler().Yield()
		return
	}
	due := Now(run).Add(d)
	run.x.Await(nil, func(op history.Op) history.Body {
		return &history.TimerStarted{Op: op, Due: due}
	})
}

// After is time.After. A timer that nothing waits for is not recorded.
func After(run *Run, d time.Duration) <-chan time.Time {
	ch := make(chan time.Time)
	run.x.StartTimer(replay.NameAfter, d, 0, ch)
	return ch
}

// NewTimer is time.NewTimer.
func NewTimer(run *Run, d time.Duration) *time.Timer {
	ch := make(chan time.Time)
	run.x.StartTimer(replay.NameTimer, d, 0, ch)
	return &time.Timer{C: ch}
}

// AfterFunc is time.AfterFunc: fn runs in a coroutine of its own.
func AfterFunc(run *Run, d time.Duration, fn func()) *time.Timer {
	t := &time.Timer{}
	run.x.StartCall(t, d, fn)
	return t
}

// TimerStop is t.Stop().
func TimerStop(run *Run, t *time.Timer) bool {
	switch {
	case run.x.IsCall(t): // even if the author has set its channel
		return run.x.StopCall(t)
	case t.C == nil:
		panic("time: Stop called on uninitialized Timer")
	}
	return run.x.StopTimer(t.C)
}

// TimerReset is t.Reset(d).
func TimerReset(run *Run, t *time.Timer, d time.Duration) (active bool) {
	switch {
	case run.x.IsCall(t):
		active = run.x.StopCall(t)
		run.x.ResetCall(t, d)
		return active
	case t.C == nil:
		panic("time: Reset called on uninitialized Timer")
	}
	active = run.x.StopTimer(t.C)
	run.x.StartTimer(replay.NameTimer, d, 0, replay.Both(t.C))
	return active
}

// NewTicker is time.NewTicker. Each tick that something waits for is an event.
func NewTicker(run *Run, d time.Duration) *time.Ticker {
	if d <= 0 {
		panic("non-positive interval for NewTicker")
	}
	ch := make(chan time.Time)
	run.x.StartTimer(replay.NameTicker, d, d, ch)
	return &time.Ticker{C: ch}
}

// TickerStop is t.Stop().
func TickerStop(run *Run, t *time.Ticker) { run.x.StopTimer(t.C) }

// TickerReset is t.Reset(d).
func TickerReset(run *Run, t *time.Ticker, d time.Duration) {
	if d <= 0 {
		panic("non-positive interval for Ticker.Reset")
	}
	if t.C == nil {
		panic("time: Reset called on uninitialized Ticker")
	}
	run.x.StopTimer(t.C)
	run.x.StartTimer(replay.NameTicker, d, d, replay.Both(t.C))
}

// Tick is time.Tick.
func Tick(run *Run, d time.Duration) <-chan time.Time {
	if d <= 0 {
		return nil
	}
	return NewTicker(run, d).C
}

// ParseTime is time.Parse in a run. It does not use the host's zone: a time with an offset is in a fixed zone with that
// offset, even if the host's zone has the same offset, and an abbreviation other than UTC has the offset 0.
func ParseTime(_ *Run, layout, value string) (time.Time, error) {
	return time.ParseInLocation(layout, value, time.UTC)
}

// Unix is time.Unix in a run: the time is in UTC, not in the host's zone.
func Unix(_ *Run, sec, nsec int64) time.Time { return time.Unix(sec, nsec).UTC() }

// UnixMilli is time.UnixMilli in a run: the time is in UTC, not in the host's zone.
func UnixMilli(_ *Run, msec int64) time.Time { return time.UnixMilli(msec).UTC() }

// UnixMicro is time.UnixMicro in a run: the time is in UTC, not in the host's zone.
func UnixMicro(_ *Run, usec int64) time.Time { return time.UnixMicro(usec).UTC() }
