// This file corrupts what a worker reads. The affected run is parked with a reason; the worker and other runs continue.

package worker_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
	"github.com/pawlhq/pawl/runtime/abi"
)

// expectParked waits until the run of id is parked for a reason that contains all words, and checks that other runs work.
func (b *bench) expectParked(healthy *abi.Workflow, id string, words ...string) {
	b.Helper()
	time.Sleep(10 * time.Second)
	d, err := b.client.Describe(context.Background(), id, "")
	if err != nil || d.Status != history.StatusParked {
		b.Fatalf("workflow %s is not parked: %+v, %v", id, d, err)
	}
	for _, word := range words {
		if !strings.Contains(d.Parked, word) {
			b.Errorf("the reason lacks %q: %s", word, d.Parked)
		}
	}
	if out, err := b.result(healthy, "healthy", "fine"); out != "fine" || err != nil {
		b.Errorf("another run: %q, %v", out, err)
	}
}

func (b *bench) echo() *abi.Workflow {
	return b.workflow("t.echo", func(_ *abi.Run, _ context.Context, in string) (string, error) { return in, nil })
}

func TestCorruptRecordParksItsRun(t *testing.T) {
	world(t, func(b *bench) {
		sleeper := b.workflow("t.sleeper", func(r *abi.Run, _ context.Context, in string) (string, error) {
			abi.Sleep(r, time.Hour)
			return in, nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{sleeper, b.echo()}}
		stop := b.work(m)
		run := b.start(sleeper, "w1", "x")
		time.Sleep(time.Second)
		stop()
		st := b.open()
		defer st.Close()
		last, err := st.Last(context.Background(), "w1")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := st.Append(context.Background(), "w1", last.Seq, store.Record{RunID: run.RunID(), CommitID: "c", First: last.Seq, Data: []byte{0xff, 1, 2}}); err != nil {
			t.Fatal(err)
		}
		defer b.work(m)()
		time.Sleep(time.Hour)
		b.expectParked(b.echo(), "w1", "cannot read the history of workflow \"w1\"", "record")
		b.expectTerminated(run)
	})
}

// expectTerminated terminates a parked run. That does not need the run's code.
func (b *bench) expectTerminated(run *client.Run) {
	b.Helper()
	if err := run.Terminate(context.Background(), "beyond repair"); err != nil {
		b.Fatal(err)
	}
	var re *client.RunError
	if err := run.Wait(context.Background()); !errors.As(err, &re) || re.Status != history.StatusTerminated || re.Reason != "beyond repair" {
		b.Errorf("terminated parked run: %v", err)
	}
}

func TestParkedRunsCanBeTerminated(t *testing.T) {
	world(t, func(b *bench) {
		panics := b.workflow("t.panics", func(*abi.Run, context.Context, string) (string, error) { panic("bug") })
		nobodys := b.workflow("t.nobodys", nil)
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{panics, b.echo()}})()
		one, two := b.start(panics, "panics", ""), b.start(nobodys, "nobodys", "")
		b.expectParked(b.echo(), "panics", "bug")
		b.expectParked(b.echo(), "nobodys", "t.nobodys")
		b.expectTerminated(one)
		b.expectTerminated(two)
	})
}

func TestUndecodablePayloadsParkTheirRun(t *testing.T) {
	world(t, func(b *bench) {
		number := &abi.Workflow{Name: "t.number", Queue: "q", Run: func(_ context.Context, r *abi.Run, in abi.Values) ([]any, error) {
			var n int
			if err := in.Decode(&n); err != nil {
				return nil, err
			}
			return []any{n}, nil
		}}
		act, _ := newActivity(abi.Activity{Name: "t.act"}, func(context.Context, string) (string, error) { return "words", nil })
		misread := b.workflow("t.misread", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			var n int
			err := abi.Call(ctx, r, act.Activity, []any{in}, &n)
			return "the workflow must not see this", err
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{number, misread, b.echo()}, Activities: []abi.Handler{act}})()
		b.start(number, "input", "not a number")
		b.start(misread, "result", "")
		b.expectParked(b.echo(), "input", "cannot decode value 1 as *int")
		b.expectParked(b.echo(), "result", "result of activity t.act", "cannot decode value 1 as *int")
	})
}

func TestUnknownFieldOfAnInputParksTheRun(t *testing.T) {
	world(t, func(b *bench) {
		type order struct{ ID string }
		wf := &abi.Workflow{Name: "t.order", Queue: "q", Run: func(_ context.Context, r *abi.Run, in abi.Values) ([]any, error) {
			var o order
			if err := in.Decode(&o); err != nil {
				return nil, err
			}
			return []any{o.ID}, nil
		}}
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf, b.echo()}})()
		if _, err := b.client.Start(context.Background(), wf, "typo", []any{map[string]string{"Id_": "x"}}); err != nil {
			b.Fatal(err)
		}
		b.expectParked(b.echo(), "typo", `unknown field "Id_"`, "terminate the run")
	})
}

func TestLostObjectIsNamed(t *testing.T) {
	world(t, func(b *bench) {
		m := abi.Registration{Workflows: []*abi.Workflow{b.echo()}}
		b.start(b.echo(), "w1", strings.Repeat("x", 600<<10))
		st := b.open()
		defer st.Close()
		var names []string
		if err := st.ListObjects(context.Background(), func(name string) bool { names = append(names, name); return true }); err != nil || len(names) != 1 {
			t.Fatalf("objects %q, %v", names, err)
		}
		if err := st.DeleteObject(context.Background(), names[0]); err != nil {
			t.Fatal(err)
		}
		defer b.work(m)()
		b.expectParked(b.echo(), "w1", "object", names[0])
	})
}

func TestPanickingAndUnencodableActivitiesAreFailures(t *testing.T) {
	world(t, func(b *bench) {
		panics, callPanics := newActivity(abi.Activity{Name: "t.panics", Policy: abi.Policy{Attempts: 2}}, func(context.Context, string) (string, error) { panic("out of cheese") })
		odd := abi.Handler{Activity: &abi.Activity{Name: "t.odd", Queue: "qa"}, Run: func(context.Context, abi.Values) ([]any, error) { return []any{make(chan int)}, nil }}
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
			_, first := callPanics(r, ctx, in)
			second := abi.Call(ctx, r, odd.Activity, nil)
			return "", errors.Join(first, second)
		})
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{panics, odd}})()
		_, err := b.result(wf, "w1", "")
		if err == nil || !strings.Contains(err.Error(), "panic: out of cheese") || !strings.Contains(err.Error(), "chan int") {
			t.Errorf("got %v", err)
		}
	})
}

// A worker that is told to stop waits for its activities, and leaves the rest to other workers.
func TestStoppingWorkerDrains(t *testing.T) {
	world(t, func(b *bench) {
		begun := make(chan struct{})
		act, call := newActivity(abi.Activity{Name: "t.act", Policy: abi.Policy{Attempts: 1}}, func(ctx context.Context, _ string) (string, error) {
			close(begun)
			select {
			case <-time.After(500 * time.Millisecond):
				return "finished", nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		})
		wf := b.workflow("t.wf", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
		m := abi.Registration{Workflows: []*abi.Workflow{wf}, Activities: []abi.Handler{act}}
		stop := b.work(m)
		run := b.start(wf, "w1", "")
		<-begun
		stop()
		defer b.work(m)()
		var out string
		if err := run.Wait(context.Background(), &out); err != nil || out != "finished" {
			t.Errorf("got %q, %v", out, err)
		}
	})
}

// TestStartBehindARunThatCannotRun terminates a run whose worker lacks its code, while a start waits that replaces it: the start was
// acknowledged, so its run must begin.
func TestStartBehindARunThatCannotRun(t *testing.T) {
	world(t, func(b *bench) {
		ctx := context.Background()
		old, fresh := b.sleeper("t.old", time.Hour), b.sleeper("t.fresh", time.Second)
		stop := b.work(abi.Registration{Workflows: []*abi.Workflow{old}})
		before := b.start(old, "w", "a")
		time.Sleep(time.Minute)
		stop()
		echo := b.echo()
		defer b.work(abi.Registration{Workflows: []*abi.Workflow{fresh, echo}})()
		after := b.start(fresh, "w", "b", client.OnConflict(history.ConflictTerminate))
		b.expectParked(echo, "w", "t.old")
		if err := before.Terminate(ctx, "enough"); err != nil {
			b.Fatal(err)
		}
		var ended *client.RunError
		if err := before.Wait(ctx); !errors.As(err, &ended) || ended.Status != history.StatusTerminated {
			b.Errorf("the run before: %v", err)
		}
		ctx, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		if err := after.Wait(ctx); err != nil {
			b.Errorf("the run after: %v", err)
		}
	})
}
