// This file tests durations and ids at their extremes: nothing overflows, ends early, or never ends.

package worker_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/internal/runtime/worker"
	"github.com/pawlhq/pawl/internal/runtime/worker/activity"
	"github.com/pawlhq/pawl/runtime/abi"
)

const longest = time.Duration(math.MaxInt64)

func TestLongestTimes(t *testing.T) {
	world(t, func(b *bench) {
		var attempts atomic.Int32
		policy := abi.Policy{
			StartToClose: longest, ScheduleToStart: longest - 1, ScheduleToClose: longest, Heartbeat: longest - 1,
			Attempts: math.MaxInt32, BackoffMin: longest, BackoffMax: longest, BackoffFactor: 1000,
		}
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: policy}, func(_ context.Context, in string) (string, error) {
			time.Sleep(time.Second)
			if in == "late" {
				return "", errDeclined // the next attempt would be too late
			}
			return in, nil
		})
		policy.ScheduleToClose = 0
		failing, callFailing := newActivity(abi.Activity{Name: "t.failing", Policy: policy}, func(context.Context, string) (string, error) {
			attempts.Add(1)
			return "", errDeclined
		})
		step, callStep := newActivity(abi.Activity{Name: "t.step", Step: true, Policy: policy}, func(_ context.Context, in string) (string, error) {
			return in, nil
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			switch in {
			case "sleeps":
				abi.Sleep(r, longest)
				return "", nil
			case "fails":
				return callFailing(r, ctx, in)
			}
			if _, err := callStep(r, ctx, in); err != nil {
				return "", err
			}
			return call(r, ctx, in)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act, failing, step}})()
		kept := []client.StartOption{client.RunTimeout(longest), client.RunRetention(longest)}
		run := b.start(wf, "fine", "fine", kept...)
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "fine" {
			t.Errorf("got %q, %v", out, err)
		}
		var timeout *failures.TimeoutError
		if _, err := b.result(wf, "late", "late"); !errors.As(err, &timeout) || timeout.Kind != failures.ScheduleToClose || !errors.Is(err, errDeclined) {
			t.Errorf("an attempt after which none is in time: %v", err)
		}
		fails, sleeps := b.start(wf, "fails", "fails", kept...), b.start(wf, "sleeps", "sleeps", kept...)
		time.Sleep(20 * time.Hour)
		if n := attempts.Load(); n != 1 {
			t.Errorf("%d attempts within the longest back-off", n)
		}
		for _, run := range []*client.Run{fails, sleeps} {
			d, err := run.Describe(context.Background())
			if err != nil || d.Status != history.StatusRunning || len(d.Pending) != 1 {
				t.Errorf("%s: %+v, %v", run.ID(), d, err)
			}
			if err := run.Terminate(context.Background(), ""); err != nil {
				t.Error(err)
			}
			var re *client.RunError
			if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated {
				t.Errorf("%s: %v", run.ID(), err)
			}
		}
		if d, err := run.Describe(context.Background()); err != nil || d.Status != history.StatusCompleted {
			t.Errorf("a run that is kept for the longest time: %+v, %v", d, err)
		}
	})
}

func TestShortestTimes(t *testing.T) {
	world(t, func(b *bench) {
		policies := map[string]abi.Policy{
			"start-to-close":    {StartToClose: 1},
			"schedule-to-close": {ScheduleToClose: 1},
			"heartbeat":         {Heartbeat: 1},
		}
		var m abi.Registration
		calls := map[string]func(*abi.Run, context.Context, string) (string, error){}
		for kind, policy := range policies {
			policy.Attempts, policy.BackoffMin, policy.BackoffMax, policy.BackoffFactor = 2, 1, 1, 1
			act, call := newActivity(abi.Activity{Name: "t." + kind, Policy: policy}, func(ctx context.Context, _ string) (string, error) {
				<-ctx.Done()
				return "", ctx.Err()
			})
			m.Activities = append(m.Activities, act)
			calls[kind] = call
		}
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return calls[in](r, ctx, in) })
		m.Workflows = []*abi.Workflow{wf}
		defer b.work(m)()
		for kind := range policies {
			_, err := b.result(wf, kind, kind)
			var timeout *failures.TimeoutError
			if !errors.As(err, &timeout) || string(timeout.Kind) != kind {
				t.Errorf("%s: %v", kind, err)
			}
		}
		var re *client.RunError
		if err := b.start(wf, "timeout", "start-to-close", client.RunTimeout(1), client.RunRetention(time.Second)).Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTimedOut {
			t.Errorf("a run with the shortest timeout: %v", err)
		}
	})
}

// Every name that is derived from the longest id fits: of subjects, objects, topics and messages.
func TestLongestIDs(t *testing.T) {
	world(t, func(b *bench) {
		large := strings.Repeat("x", 300<<10)
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 2}}, func(ctx context.Context, in string) (string, error) {
			var seen string
			if ok, err := activity.LastHeartbeat(ctx, &seen); ok || err != nil {
				return seen, err
			}
			if err := activity.Heartbeat(ctx, in); err == nil {
				return "", failures.Final(errors.New("details of 300 KiB were accepted"))
			}
			if err := activity.Heartbeat(ctx, in[:200<<10]); err != nil {
				return "", failures.Final(err)
			}
			return "", errDeclined
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			abi.Sleep(r, 5*time.Second)
			out, err := call(r, ctx, in)
			return out + in, err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}})()
		for _, letter := range []string{"x", ".", "%", "*", ">", "/", " ", "\x00", "\n", "ж", "🦉"} {
			id := strings.Repeat(letter, 255/len(letter))
			run := b.start(wf, id, large, client.RequestID(id))
			time.Sleep(time.Second)
			if d, err := run.Describe(context.Background()); err != nil || d.ID != id || d.Status != history.StatusRunning {
				t.Errorf("%.3q: %+v, %v", letter, d, err)
			}
			var out string
			if err := run.Wait(context.Background(), &out); err != nil || len(out) != 500<<10 {
				t.Errorf("%.3q: %d bytes, %v", letter, len(out), err)
			}
			if again := b.start(wf, id, large, client.RequestID(id)); again.RunID() != run.RunID() {
				t.Errorf("%.3q: the same request started another run", letter)
			}
			next := b.start(wf, id, large)
			time.Sleep(time.Second)
			if err := next.Cancel(context.Background(), fmt.Sprint(id)); err != nil {
				t.Errorf("%.3q: %v", letter, err)
			}
			if err := next.Wait(context.Background()); !errors.Is(err, context.Canceled) {
				t.Errorf("%.3q: after its cancellation: %v", letter, err)
			}
		}
	})
}

// fastClock is the store of a worker whose clock is ahead: the times in its records are later than the real ones.
type fastClock struct {
	store.Store
	by time.Duration
}

func (f fastClock) Append(ctx context.Context, id string, prev store.Seq, rec store.Record) (store.Seq, error) {
	record, err := history.UnmarshalRecord(rec.Data)
	if err != nil {
		return 0, err
	}
	for i := range record.Events {
		record.Events[i].Time = record.Events[i].Time.Add(f.by)
		if timer, ok := record.Events[i].Body.(*history.TimerStarted); ok {
			timer.Due = timer.Due.Add(f.by)
		}
	}
	rec.Data = record.Marshal()
	return f.Store.Append(ctx, id, prev, rec)
}

// The clock of a worker is an hour ahead, and then the run is taken over by a worker whose clock is right, or an hour behind that
// of the first. The run's time never goes back, and its timers are late by the difference at most.
func TestClocksThatJump(t *testing.T) {
	const by = time.Hour
	world(t, func(b *bench) {
		wf := b.workflow("t.wf", func(r *abi.Run, _ context.Context, _ string) (string, error) {
			before := abi.Now(r)
			abi.Sleep(r, time.Minute)
			between := abi.Now(r)
			abi.Sleep(r, time.Minute)
			return fmt.Sprint(between.Sub(before) >= time.Minute, abi.Now(r).Sub(between) >= time.Minute), nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{wf}}
		open := b.open
		b.open = func() store.Store { return fastClock{open(), by} }
		end := b.launch(m)
		b.open = open
		begin := time.Now()
		run := b.start(wf, "w1", "")
		time.Sleep(time.Second)
		end(worker.ErrKilled)
		defer b.work(m)()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "true true" {
			b.Errorf("got %q, %v", out, err)
		}
		if took := time.Since(begin); took > by+5*time.Minute {
			b.Errorf("it took %v, and the clock was ahead by %v", took, by)
		}
		recorded, err := b.client.History(context.Background(), "w1", "")
		if err != nil {
			b.Fatal(err)
		}
		for i, e := range recorded.Events[1:] {
			if e.Time.Before(recorded.Events[i].Time) {
				b.Errorf("event %d is at %v, before the one that precedes it", i+2, e.Time)
			}
		}
	})
}
