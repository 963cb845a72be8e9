// The workflows, with a test for each.

package handwritten

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/pawlhq/pawl"
	"github.com/pawlhq/pawl/runtime/abi"

	"github.com/pawlhq/pawl/pawltest"
)

// Case is a workflow with a test that runs it.
type Case struct {
	Name   string
	ID     string                  // of the workflow whose history is recorded
	Module func() abi.Registration // for Replay
	Test   func(*pawltest.Env)
}

// Cases returns one workflow for each feature of the engine.
func Cases() []Case {
	return []Case{
		{"order", "order-1", func() abi.Registration { m, _ := order(&Bank{}); return m }, testOrder},
		{"refused", "order-1", func() abi.Registration { m, _ := refused(&Bank{}); return m }, testRefused},
		{"cancel", "order-1", func() abi.Registration { m, _ := cancelled(&Bank{}, nil); return m }, testCancel},
		{"big", "order-1", func() abi.Registration { m, _ := big(); return m }, testBig},
		{"instant", "order-1", func() abi.Registration { m, _ := instant(); return m }, testInstant},
		{"reuse", "order-1", func() abi.Registration { m, _ := sleeping(); return m }, testReuse},
		{"close", "terminated", func() abi.Registration { m, _ := sleeping(); return m }, testClose},
		{"heartbeat", "order-1", func() abi.Registration { m, _ := heartbeating(); return m }, testHeartbeat},
		{"timeout", "order-1", func() abi.Registration { m, _ := unresponsive(); return m }, testTimeout},
		{"continue", "relay", func() abi.Registration { m, _ := relaying(); return m }, testContinue},
		{"children", "order-1", func() abi.Registration { m, _ := parent(&Bank{}); return m }, testParent},
		{"many", "order-3", func() abi.Registration { m, _ := order(&Bank{}); return m }, testMany},
	}
}

var errRefused = errors.New("refused")

var errs = abi.Errors{abi.Sentinel("byhand.errRefused", errRefused)}

// Bank is a service that books an effect at most once per idempotency key.
type Bank struct {
	mu     sync.Mutex
	booked map[string]string
	calls  map[string]int
}

// Book books an effect, and returns how many times it was called with this idempotency key.
func (b *Bank) Book(ctx context.Context, effect string) (calls int) {
	key := pawl.ActivityInfo(ctx).IdempotencyKey
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.booked == nil {
		b.booked, b.calls = map[string]string{}, map[string]int{}
	}
	b.booked[key] = effect
	b.calls[key]++
	return b.calls[key]
}

// State returns all booked effects by idempotency key.
func (b *Bank) State() any {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.booked
}

// order has an activity, a short and a long sleep, a step, and reads the clock of the run.
func order(bank *Bank) (abi.Registration, *abi.Workflow) {
	charge, callCharge := activity(abi.Activity{Name: "byhand.Charge"}, func(ctx context.Context, item string) (string, error) {
		time.Sleep(300 * time.Millisecond)
		bank.Book(ctx, "charge "+item)
		return "paid " + item, nil
	})
	label, callLabel := activity(abi.Activity{Name: "byhand.Label", Step: true}, func(ctx context.Context, item string) (string, error) {
		bank.Book(ctx, "label "+item)
		return "label for " + item, nil
	})
	wf := workflow("byhand.Order", func(r *abi.Run, ctx context.Context, item string) (string, error) {
		paid, err := callCharge(r, ctx, item)
		if err != nil {
			return "", err
		}
		abi.Sleep(r, 200*time.Millisecond)
		before := abi.Now(r)
		abi.Sleep(r, time.Hour)
		if d := abi.Since(r, before); d < time.Hour {
			return "", fmt.Errorf("slept %v", d)
		}
		if _, err := callLabel(r, ctx, paid); err != nil {
			return "", err
		}
		return callLabel(r, ctx, item)
	})
	return registration(wf, charge, label), wf
}

func testOrder(e *pawltest.Env) {
	bank := &Bank{}
	m, wf := order(bank)
	e.Effects(bank.State)
	e.Work(m)
	var out string
	if err := start(e, wf, "order-1", "book").Wait(e.Context(), &out); out != "label for book" || err != nil {
		e.Errorf("got %q, %v", out, err)
	}
}

// testMany runs several orders concurrently.
func testMany(e *pawltest.Env) {
	bank := &Bank{}
	m, wf := order(bank)
	e.Effects(bank.State)
	e.Work(m)
	var runs []*pawl.Run
	for i := range 4 {
		runs = append(runs, start(e, wf, fmt.Sprintf("order-%d", i), "book"))
	}
	for _, run := range runs {
		if err := run.Wait(e.Context()); err != nil {
			e.Error(err)
		}
	}
}

// refused has an activity that is retried, a non-retryable error, a compensation, and a run that fails.
func refused(bank *Bank) (abi.Registration, *abi.Workflow) {
	charge, callCharge := activity(abi.Activity{Name: "byhand.Charge"}, func(ctx context.Context, item string) (string, error) {
		if bank.Book(ctx, "charge "+item) < 3 {
			return "", errors.New("busy")
		}
		return "paid", nil
	})
	ship, callShip := activity(abi.Activity{Name: "byhand.Ship", Final: func(err error) bool { return errors.Is(err, errRefused) }},
		func(ctx context.Context, item string) (string, error) {
			return "", fmt.Errorf("carrier: %w", errRefused)
		})
	refund, callRefund := activity(abi.Activity{Name: "byhand.Refund", Step: true}, func(ctx context.Context, item string) (string, error) {
		bank.Book(ctx, "refund "+item)
		return "", nil
	})
	wf := workflow("byhand.Refused", func(r *abi.Run, ctx context.Context, item string) (out string, err error) {
		if _, err := callCharge(r, ctx, item); err != nil {
			return "", err
		}
		defer func() {
			if err != nil {
				_, undone := callRefund(r, ctx, item)
				err = errors.Join(err, undone)
			}
		}()
		return callShip(r, ctx, item)
	})
	return registration(wf, charge, ship, refund), wf
}

func testRefused(e *pawltest.Env) {
	bank := &Bank{}
	m, wf := refused(bank)
	e.Effects(bank.State)
	e.Work(m)
	err := start(e, wf, "order-1", "book").Wait(e.Context())
	var failed *pawl.RunError
	if !errors.Is(err, errRefused) || !errors.As(err, &failed) || failed.Status != pawl.StatusFailed {
		e.Errorf("got %v", err)
	}
}

// cancelled has an activity that is cancelled while it runs, and another one that cleans up.
func cancelled(bank *Bank, running chan<- struct{}) (abi.Registration, *abi.Workflow) {
	wait, callWait := activity(abi.Activity{Name: "byhand.Wait"}, func(ctx context.Context, _ string) (string, error) {
		select {
		case running <- struct{}{}:
		default:
		}
		<-ctx.Done()
		return "", ctx.Err()
	})
	clean, callClean := activity(abi.Activity{Name: "byhand.Clean"}, func(ctx context.Context, item string) (string, error) {
		bank.Book(ctx, "clean "+item)
		return "clean", nil
	})
	wf := workflow("byhand.Cancelled", func(r *abi.Run, ctx context.Context, item string) (string, error) {
		_, err := callWait(r, ctx, item)
		if !errors.Is(err, context.Canceled) {
			return "", fmt.Errorf("not cancelled: %w", err)
		}
		out, undone := callClean(r, context.WithoutCancel(ctx), item)
		return out, errors.Join(err, undone)
	})
	return registration(wf, wait, clean), wf
}

func testCancel(e *pawltest.Env) {
	bank, running := &Bank{}, make(chan struct{}, 1)
	m, wf := cancelled(bank, running)
	e.Effects(bank.State)
	e.Work(m)
	run := start(e, wf, "order-1", "book")
	<-running
	if err := run.Cancel(e.Context(), "no longer wanted"); err != nil {
		e.Fatal(err)
	}
	err := run.Wait(e.Context())
	var ended *pawl.RunError
	if !errors.As(err, &ended) || ended.Status != pawl.StatusCancelled {
		e.Errorf("got %v", err)
	}
}

// big has payloads that do not fit into a message.
func big() (abi.Registration, *abi.Workflow) {
	double, call := activity(abi.Activity{Name: "byhand.Double"}, func(_ context.Context, in string) (string, error) { return in + in, nil })
	wf := workflow("byhand.Big", func(r *abi.Run, ctx context.Context, in string) (string, error) { return call(r, ctx, in) })
	return registration(wf, double), wf
}

func testBig(e *pawltest.Env) {
	m, wf := big()
	e.Work(m)
	in := strings.Repeat("x", 160<<10)
	var out string
	if err := start(e, wf, "order-1", in).Wait(e.Context(), &out); out != in+in || err != nil {
		e.Errorf("got %d bytes, %v", len(out), err)
	}
}

// sleeping only sleeps.
func sleeping() (abi.Registration, *abi.Workflow) {
	wf := workflow("byhand.Nap", func(r *abi.Run, ctx context.Context, d time.Duration) (string, error) {
		abi.Sleep(r, d)
		return d.String(), nil
	})
	return registration(wf), wf
}

// instant returns immediately: the first record of its run is the last one.
func instant() (abi.Registration, *abi.Workflow) {
	wf := workflow("byhand.Instant", func(_ *abi.Run, _ context.Context, in string) (string, error) { return in, nil })
	return registration(wf), wf
}

func testInstant(e *pawltest.Env) {
	m, wf := instant()
	e.Work(m)
	for _, in := range []string{"a", "b"} {
		var out string
		if err := start(e, wf, "order-1", in).Wait(e.Context(), &out); out != in || err != nil {
			e.Errorf("got %q, %v", out, err)
		}
	}
}

// StartSleep starts a worker, and a workflow that sleeps.
func StartSleep(e *pawltest.Env, d time.Duration) (*pawl.Run, *pawltest.Worker) {
	m, wf := sleeping()
	worker := e.Work(m)
	return start(e, wf, "order-1", d), worker
}

// testReuse starts three runs with one workflow id. The last one replaces an open one.
func testReuse(e *pawltest.Env) {
	m, wf := sleeping()
	e.Work(m)
	if err := start(e, wf, "order-1", time.Second).Wait(e.Context()); err != nil {
		e.Error(err)
	}
	second := start(e, wf, "order-1", time.Hour)
	awaitRecord(e, second)
	third := start(e, wf, "order-1", time.Minute, pawl.OnConflict(pawl.ConflictTerminate))
	var ended *pawl.RunError
	if err := second.Wait(e.Context()); !errors.As(err, &ended) || ended.Status != pawl.StatusTerminated {
		e.Errorf("replaced run: %v", err)
	}
	if err := third.Wait(e.Context()); err != nil {
		e.Error(err)
	}
}

// testClose has a run that is terminated, and one that times out.
func testClose(e *pawltest.Env) {
	m, wf := sleeping()
	e.Work(m)
	terminated := start(e, wf, "terminated", 24*time.Hour)
	late := start(e, wf, "late", 24*time.Hour, pawl.RunTimeout(time.Minute))
	awaitRecord(e, terminated)
	if err := terminated.Terminate(e.Context(), "enough"); err != nil {
		e.Fatal(err)
	}
	var ended *pawl.RunError
	if err := terminated.Wait(e.Context()); !errors.As(err, &ended) || ended.Status != pawl.StatusTerminated || ended.Reason != "enough" {
		e.Errorf("terminated run: %v", err)
	}
	if err := late.Wait(e.Context()); !errors.Is(err, context.DeadlineExceeded) {
		e.Errorf("late run: %v", err)
	}
}

// awaitRecord waits until a run has its first record. A run may be running or parked without one: while its code is tried.
func awaitRecord(e *pawltest.Env, run *pawl.Run) {
	e.Helper()
	for {
		d, err := run.Describe(e.Context())
		if err == nil && d.RunID == run.RunID() && d.Events > 0 {
			return
		}
		if err != nil && !pawl.IsNotFound(err) {
			e.Fatal(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// heartbeating has an activity that resumes where its last attempt stopped.
func heartbeating() (abi.Registration, *abi.Workflow) {
	count, call := activity(abi.Activity{Name: "byhand.Count", Policy: abi.Policy{Heartbeat: 2 * time.Second}}, func(ctx context.Context, n int) (int, error) {
		var done int
		if _, err := pawl.LastHeartbeat(ctx, &done); err != nil {
			return 0, err
		}
		for ; done < n; done++ {
			time.Sleep(time.Second)
			if err := pawl.Heartbeat(ctx, done+1); err != nil {
				return 0, err
			}
		}
		return done, nil
	})
	wf := workflow("byhand.Count", func(r *abi.Run, ctx context.Context, n int) (int, error) { return call(r, ctx, n) })
	return registration(wf, count), wf
}

func testHeartbeat(e *pawltest.Env) {
	m, wf := heartbeating()
	e.Work(m)
	var out int
	if err := start(e, wf, "order-1", 5).Wait(e.Context(), &out); out != 5 || err != nil {
		e.Errorf("got %d, %v", out, err)
	}
}

// unresponsive has an activity that never returns in time, and times out.
func unresponsive() (abi.Registration, *abi.Workflow) {
	policy := abi.Policy{StartToClose: 5 * time.Second, ScheduleToClose: time.Minute}
	hang, call := activity(abi.Activity{Name: "byhand.Hang", Policy: policy}, func(ctx context.Context, _ string) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})
	wf := workflow("byhand.Deaf", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		if _, err := call(r, ctx, in); !errors.Is(err, context.DeadlineExceeded) {
			return "", fmt.Errorf("no timeout: %w", err)
		}
		return "given up", nil
	})
	return registration(wf, hang), wf
}

func testTimeout(e *pawltest.Env) {
	m, wf := unresponsive()
	e.Work(m)
	var out string
	if err := start(e, wf, "order-1", "").Wait(e.Context(), &out); out != "given up" || err != nil {
		e.Errorf("got %q, %v", out, err)
	}
}

// relaying continues as new after every second word that it is sent.
func relaying() (abi.Registration, *abi.Workflow) {
	note, callNote := activity(abi.Activity{Name: "byhand.Note"}, func(ctx context.Context, word string) (string, error) {
		time.Sleep(20 * time.Second)
		return word + "!", nil
	})
	wf := workflow("byhand.Relay", func(r *abi.Run, ctx context.Context, in string) (string, error) {
		words := abi.Signals[string](r, "words")
		for range 2 {
			word := abi.Recv(r, words)
			if word == "end" {
				return in, nil
			}
			noted, err := callNote(r, ctx, word)
			if err != nil {
				return "", err
			}
			in += " " + noted
		}
		return "", abi.Continue(r, []any{in})
	})
	wf.Channels = []abi.Channel{abi.SignalOf[string]("words")}
	return registration(wf, note), wf
}

func testContinue(e *pawltest.Env) {
	module, wf := relaying()
	e.Work(module)
	run := start(e, wf, "relay", "0", pawl.SignalWithStart(wf, "words", "1"))
	for i, word := range []string{"2", "3", "4", "5", "end"} {
		time.Sleep(5 * time.Second) // while the word before is being noted: each second word is unread when the run continues
		if i%2 == 0 {
			time.Sleep(10 * time.Minute)
		}
		if err := run.Signal(e.Context(), "words", word, pawl.DedupID(word)); err != nil {
			e.Fatal(err)
		}
	}
	var out string
	if err := run.Wait(e.Context(), &out); err != nil || out != "0 1! 2! 3! 4! 5!" {
		e.Errorf("got %q, %v", out, err)
	}
}
