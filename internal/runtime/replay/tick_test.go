package replay_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestTimeMovesWhileCodeIsBusy runs loops that never wait for time, and that end in Go because time passes.
func TestTimeMovesWhileCodeIsBusy(t *testing.T) {
	const d = 50 * time.Millisecond
	loops := map[string]func(r *abi.Run, ctx context.Context){
		"two goroutines that hand each other values until a timer fires": func(r *abi.Run, _ context.Context) {
			a, b := make(chan int), make(chan int)
			abi.Go(r, func() {
				for it := abi.RangeChan(r, a); it.Next(nil); {
					abi.Send(r, b, it.Value())
				}
			})
			for end := abi.After(r, d); abi.Select(r, abi.OnRecv(end), abi.OnSend(a, 1)) == 1; {
				abi.Recv(r, b)
			}
		},
		"until a context ends": func(r *abi.Run, ctx context.Context) {
			ctx, cancel := abi.WithTimeout(r, ctx, d)
			defer cancel()
			for ctx.Err() == nil {
			}
		},
		"until a time has come": func(r *abi.Run, _ context.Context) {
			for begin := abi.Now(r); abi.Since(r, begin) < d; {
			}
		},
		"until a time has come, and others get a turn": func(r *abi.Run, _ context.Context) {
			for begin := abi.Now(r); abi.Since(r, begin) < d; {
				abi.Gosched(r)
			}
		},
		"until a goroutine that sleeps sets a variable under a lock": func(r *abi.Run, _ context.Context) {
			var mu sync.Mutex
			done := false
			abi.Go(r, func() {
				abi.Sleep(r, d)
				abi.MutexLock(r, &mu)
				done = true
				abi.MutexUnlock(r, &mu)
			})
			for ended := false; !ended; {
				abi.MutexLock(r, &mu)
				ended = done
				abi.MutexUnlock(r, &mu)
			}
		},
		"until a goroutine that sleeps sets an atomic variable": func(r *abi.Run, _ context.Context) {
			var done atomic.Bool
			abi.Go(r, func() { abi.Sleep(r, d); done.Store(true) })
			for !done.Load() {
				abi.Spin(r)
			}
		},
		"while a goroutine only counts": func(r *abi.Run, _ context.Context) {
			abi.Go(r, func() {
				for {
					abi.Spin(r)
				}
			})
			abi.Sleep(r, d)
		},
		"until a value that a goroutine sends after a sleep is in a buffer": func(r *abi.Run, _ context.Context) {
			ch := make(chan int, 1)
			abi.Go(r, func() { abi.Sleep(r, d); abi.Send(r, ch, 1) })
			for abi.TrySelect(r, abi.OnRecv(ch)) < 0 {
			}
		},
	}
	for name, loop := range loops {
		t.Run(name, func(t *testing.T) {
			r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
				begin := abi.Now(r)
				loop(r, ctx)
				return abi.Since(r, begin).String(), nil
			})
			for n := 0; r.x.Closed() == nil; n++ {
				if n == 20 {
					t.Fatalf("it has not ended after %d events; open:\n%s", n, texts(r.x.Open()))
				}
				r.fire()
			}
			if took, _ := time.ParseDuration(r.result()); took < d || took > 2*d {
				t.Errorf("it took %v, want about %v", took, d)
			}
		})
	}
}

// TestPollingIsCheap: code that only polls for an event wakes up for few ticks.
func TestPollingIsCheap(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		done := false
		abi.Go(r, func() { abi.Sleep(r, 24*time.Hour); done = true })
		for !done {
			abi.Gosched(r)
		}
		return abi.Since(r, begin).String(), nil
	})
	events := 0
	for r.x.Closed() == nil {
		first := r.first()
		if err := r.try(first.Due.Sub(begin), &history.TimerFired{Op: first.ID}); err != nil {
			t.Fatal(err)
		}
		events++
	}
	if got := r.result(); got != "24h0m0s" || events > 160 {
		t.Errorf("it ended after %s and %d events", got, events)
	}
}

// TestTicksEndWithTheRun: a tick that is open when the code waits again wakes no goroutine.
func TestTicksEndWithTheRun(t *testing.T) {
	ch := make(chan int)
	activity := &abi.Activity{Name: "t.act", Queue: "q"}
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		var err error
		done := false
		abi.Go(r, func() { err = abi.Call(ctx, r, activity, nil); done = true })
		for !done {
			abi.Gosched(r)
		}
		abi.Recv(r, ch)
		return "", err
	})
	if got := len(r.x.Open()); got != 2 {
		t.Fatalf("%d operations are open, want the activity and a tick:\n%s", got, texts(r.x.Open()))
	}
	err := r.try(time.Millisecond, &history.ActivityCompleted{Op: r.x.Open()[0].ID})
	if deadlock := (*replay.DeadlockError)(nil); !errors.As(err, &deadlock) {
		t.Errorf("got %v, want a deadlock", err)
	}
}

// TestNewerRulesAreRefused: a worker does not replay a run by other rules than the run's own.
func TestNewerRulesAreRefused(t *testing.T) {
	r := &run{T: t, code: func(*abi.Run, context.Context) (string, error) { return "", nil }}
	r.x = r.execution()
	defer r.x.Kill()
	err := r.try(0, &history.RunStarted{Type: "t.flow", SchedulerVersion: history.SchedulerVersion + 1})
	if err == nil || !strings.Contains(err.Error(), "newer Pawl") {
		t.Errorf("got the error %v", err)
	}
}
