// This file tests runs that wait for thousands of operations, and chains of goroutines that start each other.

package worker_test

import (
	"context"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/runtime/abi"
)

// The commands of one turn do not fit into one message of the store.
func TestTenThousandActivitiesOfOneTurn(t *testing.T) {
	const n = 10_000
	world(t, func(b *bench) {
		square, call := newActivity(abi.Activity{Name: "t.square"}, func(_ context.Context, in string) (string, error) {
			i, err := strconv.Atoi(in)
			return strconv.Itoa(i * i), err
		})
		sum := b.workflow("t.sum", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			results := make(chan int)
			for i := range n {
				abi.Go(r, func() {
					out, _ := call(r, ctx, strconv.Itoa(i))
					square, _ := strconv.Atoi(out)
					abi.Send(r, results, square)
				})
			}
			total := 0
			for range n {
				total += abi.Recv(r, results)
			}
			return strconv.Itoa(total), nil
		})
		flow := abi.Registration{Workflows: []*abi.Workflow{sum}}
		stop := b.work(flow) // it schedules all activities, and no worker runs them
		run := b.start(sum, "w1", "")
		synctest.Wait()
		stop()
		flow.Activities = []abi.Handler{square}
		defer b.work(flow)() // it replays the run from its archived record
		var got string
		if err := run.Wait(context.Background(), &got); err != nil || got != "333283335000" {
			t.Errorf("the sum is %q, %v", got, err)
		}
	})
}

func TestTenThousandTimersFireOnTime(t *testing.T) {
	const n = 10_000
	for name, apart := range map[string]time.Duration{"at one time": 0, "a millisecond apart": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			world(t, func(b *bench) {
				sleepers := b.workflow("t.sleepers", func(r *abi.Run, _ context.Context, _ string) (string, error) {
					late := make(chan time.Duration)
					for i := range n {
						abi.Go(r, func() {
							due := abi.Now(r).Add(10*time.Second + time.Duration(i)*apart)
							abi.Sleep(r, due.Sub(abi.Now(r)))
							abi.Send(r, late, abi.Now(r).Sub(due))
						})
					}
					var latest time.Duration
					for range n {
						latest = max(latest, abi.Recv(r, late))
					}
					return latest.String(), nil
				})
				defer b.work(abi.Registration{Workflows: []*abi.Workflow{sleepers}})()
				got, err := b.result(sleepers, "w1", "")
				// Code that looks at the clock 10,000 times is busy, so time moves on while it runs.
				if late, _ := time.ParseDuration(got); err != nil || late > 100*time.Millisecond {
					t.Errorf("the latest timer fired %q late, %v", got, err)
				}
			})
		})
	}
}

// The identity of an operation contains the path of its goroutine, and is part of names in the store.
func TestOperationsOfADeepChainOfGoroutines(t *testing.T) {
	const n = 500
	world(t, func(b *bench) {
		note, call := newActivity(abi.Activity{Name: "t.note"}, func(_ context.Context, in string) (string, error) { return in, nil })
		relay := b.workflow("t.relay", func(r *abi.Run, ctx context.Context, _ string) (string, error) {
			done := make(chan string)
			var leg func(i int)
			leg = func(i int) {
				out, err := call(r, ctx, strconv.Itoa(i))
				if err != nil || i == n {
					abi.Send(r, done, fmt.Sprint(out, err))
					return
				}
				abi.AfterFunc(r, time.Minute, func() { leg(i + 1) })
			}
			abi.Go(r, func() { leg(1) })
			return abi.Recv(r, done), nil
		})
		m := abi.Registration{Workflows: []*abi.Workflow{relay}, Activities: []abi.Handler{note}}
		stop := b.work(m)
		run := b.start(relay, "w1", "")
		time.Sleep(n / 2 * time.Minute)
		stop()
		defer b.work(m)()
		var got string
		if err := run.Wait(context.Background(), &got); err != nil || got != "500<nil>" {
			t.Errorf("got %q, %v", got, err)
		}
	})
}
