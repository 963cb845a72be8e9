package replay_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// run is a run under test, with its history.
type run struct {
	*testing.T
	x       *replay.Execution
	code    func(r *abi.Run, ctx context.Context) (string, error)
	history []history.Event
}

// start begins a run of code at the time begin.
func start(t *testing.T, code func(r *abi.Run, ctx context.Context) (string, error)) *run {
	t.Helper()
	return startBy(t, history.SchedulerVersion, code)
}

// startBy is start by some version of the scheduler's rules.
func startBy(t *testing.T, version uint32, code func(r *abi.Run, ctx context.Context) (string, error)) *run {
	t.Helper()
	r := &run{T: t, code: code}
	r.x = r.execution()
	t.Cleanup(func() { r.x.Kill() })
	r.step(0, &history.RunStarted{Type: "t.flow", SchedulerVersion: version})
	return r
}

func (r *run) execution() *replay.Execution {
	w := &abi.Workflow{Name: "t.flow", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		out, err := r.code(run, ctx)
		return []any{out}, err
	}}
	x := abi.NewExecution(w, failures.NewErrors(), "id", "run")
	x.Strict = true
	return x
}

// try applies an event that happens some time after begin.
func (r *run) try(after time.Duration, body history.Body) error {
	in := history.Event{Time: begin.Add(after), Body: body}
	commands, err := r.x.Step(in)
	if err == nil {
		r.history = append(append(r.history, in), commands...)
	}
	return err
}

// step applies an event, and then replays the run from the beginning: that gives the same, always.
func (r *run) step(after time.Duration, body history.Body) {
	r.Helper()
	if err := r.try(after, body); err != nil {
		r.Fatal(err)
	}
	again := r.execution()
	if err := again.Replay(r.history); err != nil {
		r.Fatalf("the replay fails: %v", err)
	}
	if got, want := texts(again.Open()), texts(r.x.Open()); got != want {
		r.Errorf("after a replay these are open\n%s, and not\n%s", got, want)
	}
	r.x.Kill()
	r.x = again
}

func texts(ops []replay.Open) (all string) {
	for _, op := range ops {
		all += fmt.Sprintf("%s %T due %s cancelled %v\n", op.ID, op.Body, op.Due.Format(time.TimeOnly), op.Cancelled)
	}
	return all
}

// fire lets the timer go off that is due first.
func (r *run) fire() {
	r.Helper()
	first := r.first()
	r.step(first.Due.Sub(begin), &history.TimerFired{Op: first.ID})
}

// first is the timer that is due first.
func (r *run) first() (first replay.Open) {
	r.Helper()
	for _, op := range r.x.Open() {
		if !op.Due.IsZero() && (first.Due.IsZero() || op.Due.Before(first.Due)) {
			first = op
		}
	}
	if first.Due.IsZero() {
		r.Fatal("no timer is open")
	}
	return first
}

// result is what the workflow returned; the test fails if it has not.
func (r *run) result() string {
	r.Helper()
	done, ok := r.x.Closed().(*history.RunCompleted)
	if !ok {
		r.Fatalf("the run has not completed: %+v; open:\n%s", r.x.Closed(), texts(r.x.Open()))
	}
	var out string
	if err := payloads.Decode(done.Result, &out); err != nil {
		r.Fatal(err)
	}
	return out
}

// kinds are the events of the history, in short.
func (r *run) kinds() string {
	var all []string
	for _, e := range r.history {
		all = append(all, strings.TrimPrefix(fmt.Sprintf("%T", e.Body), "*history."))
	}
	return strings.Join(all, " ")
}

func (r *run) expect(want string) {
	r.Helper()
	if got := r.kinds(); got != want {
		r.Errorf("the history is\n%s\nwant\n%s", got, want)
	}
}

func TestTimerThatIsStoppedInItsTurnLeavesNoEvent(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		timer := abi.NewTimer(r, time.Hour)
		stopped := abi.TimerStop(r, timer)
		abi.AfterFunc(r, time.Hour, func() {}).C = nil
		call := abi.AfterFunc(r, time.Hour, func() { panic("it runs") })
		return fmt.Sprint(stopped, abi.TimerStop(r, timer), abi.TimerStop(r, call), abi.TimerStop(r, call)), nil
	})
	if got := r.result(); got != "true false true false" {
		t.Error(got)
	}
	r.expect("RunStarted RunCompleted")
}

func TestAbandonedTimerWakesNobody(t *testing.T) {
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		late := abi.After(r, time.Hour)
		first := abi.Select(r, abi.OnRecv(late), abi.OnRecv(abi.After(r, time.Minute)))
		abi.Sleep(r, 2*time.Hour)
		v, more := abi.Recv2(r, late) // it has fired meanwhile, which records nothing
		return fmt.Sprint(first, v.Sub(begin), more, abi.Now(r).Sub(begin)), nil
	})
	r.fire()
	if open := texts(r.x.Open()); strings.Count(open, "\n") != 1 || !strings.Contains(open, "due 14:01:00") {
		t.Errorf("only the sleep should be open:\n%s", open)
	}
	r.fire()
	if got := r.result(); got != "1 1h0m0s true 2h1m0s" {
		t.Error(got)
	}
	r.expect("RunStarted TimerStarted TimerStarted TimerFired TimerStarted TimerFired RunCompleted")
}

func TestTickerIsOneOperation(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		ticker := abi.NewTicker(r, time.Minute)
		var at []time.Duration
		for range 3 {
			at = append(at, abi.Recv(r, ticker.C).Sub(begin))
		}
		abi.Sleep(r, 150*time.Second) // two ticks pass; one of them is kept
		at = append(at, abi.Recv(r, ticker.C).Sub(begin), abi.Recv(r, ticker.C).Sub(begin))
		abi.TickerReset(r, ticker, time.Hour)
		at = append(at, abi.Recv(r, ticker.C).Sub(begin))
		abi.TickerStop(r, ticker)
		return fmt.Sprint(at), nil
	})
	for range 6 {
		r.fire()
	}
	if got := r.result(); got != "[1m0s 2m0s 3m0s 4m0s 6m0s 1h6m0s]" {
		t.Error(got)
	}
	if n := strings.Count(r.kinds(), "TimerStarted"); n != 3 {
		t.Errorf("%d timers were started, want the ticker, the sleep and the ticker again", n)
	}
}

func TestTimersThatFireAtOnce(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		abi.Recv(r, abi.After(r, -time.Second))
		timer := abi.NewTimer(r, time.Hour)
		was := abi.TimerReset(r, timer, 0)
		abi.Recv(r, timer.C)
		ctx, cancel := abi.WithTimeoutCause(r, context.Background(), -1, errors.New("late"))
		defer cancel()
		return fmt.Sprint(was, ctx.Err(), abi.Cause(r, ctx)), nil
	})
	if got := r.result(); got != "true context deadline exceeded late" {
		t.Error(got)
	}
}

func TestChildrenEndInTheOrderInWhichTheyWereMade(t *testing.T) {
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		var order []string
		parent, cancel := abi.WithCancelCause(r, ctx)
		for i := range 5 {
			child, _ := abi.WithTimeout(r, parent, time.Hour)
			abi.ContextAfterFunc(r, child, func() {
				order = append(order, fmt.Sprint(i, " ", child.Err(), " ", abi.Cause(r, child)))
			})
		}
		never := abi.ContextAfterFunc(r, parent, func() { order = append(order, "it was stopped") })
		apart := abi.WithoutCancel(r, parent)
		order = append(order, fmt.Sprint(never(), never()))
		cancel(errors.New("enough"))
		abi.Gosched(r)
		order = append(order, fmt.Sprint(apart.Err(), apart.Done() == nil))
		return strings.Join(order, ", "), nil
	})
	want := "true false"
	for i := range 5 {
		want += fmt.Sprintf(", %d context canceled enough", i)
	}
	if got := r.result(); got != want+", <nil> true" {
		t.Error(got)
	}
	r.expect("RunStarted RunCompleted")
}

// own is a context of the author's making.
type own struct {
	context.Context
	done chan struct{}
}

func (o own) Done() <-chan struct{} { return o.done }
func (o own) Err() error {
	select {
	case <-o.done:
		return errors.New("own end")
	default:
		return nil
	}
}

func TestContextOfTheAuthorIsFollowed(t *testing.T) {
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		parent := own{ctx, make(chan struct{})}
		child, cancel := abi.WithCancel(r, parent)
		defer cancel()
		abi.Go(r, func() { abi.Sleep(r, time.Second); abi.Close(r, parent.done) })
		abi.Recv(r, child.Done())
		return fmt.Sprint(child.Err()), nil
	})
	r.fire()
	if got := r.result(); got != "own end" {
		t.Error(got)
	}
}

func TestCancelIsPassedOnToWhatRunsUnderTheContext(t *testing.T) {
	activity := &abi.Activity{Name: "t.act", Queue: "q"}
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		short, cancel := abi.WithTimeout(r, ctx, time.Minute)
		defer cancel()
		return "", abi.Call(short, r, activity, nil)
	})
	r.fire()
	if open := texts(r.x.Open()); !strings.Contains(open, "cancelled true") {
		t.Errorf("the activity is not cancelled:\n%s", open)
	}
	r.expect("RunStarted ActivityScheduled TimerStarted TimerFired ActivityCancelRequested")
	if last := r.history[len(r.history)-1].Body; !last.(*history.ActivityCancelRequested).Deadline {
		t.Errorf("the history does not say that a deadline has passed: %+v", last)
	}
}

func TestDeadlock(t *testing.T) {
	r := &run{T: t, code: func(r *abi.Run, _ context.Context) (string, error) {
		ch := make(chan int)
		abi.Go(r, func() { abi.Send(r, ch, 1); abi.Send(r, ch, 2) })
		abi.Recv(r, ch)
		abi.Block(r)
		return "", nil
	}}
	r.x = r.execution()
	defer r.x.Kill()
	err := r.try(0, &history.RunStarted{Type: "t.flow", SchedulerVersion: history.SchedulerVersion})
	var deadlock *replay.DeadlockError
	if !errors.As(err, &deadlock) || len(deadlock.Coroutines) != 2 {
		t.Fatalf("got %v, want a deadlock of two", err)
	}
	for i, want := range []string{"goroutine 0 waits for select (no cases)", "goroutine 0.0 waits for chan send"} {
		if got := deadlock.Coroutines[i].String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "replay_test/replay_test.go:") && !strings.Contains(got, "replay/replay_test.go:") {
			t.Errorf("got %q, want %q and a line of this file", got, want)
		}
	}
}

// A timer that was left alone is none of the run's alarms, and one again when somebody comes back to it, in its old place.
func TestTimerThatIsWaitedForAgain(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		late, tick := abi.After(r, 10*time.Second), abi.After(r, time.Second)
		abi.Select(r, abi.OnRecv(late), abi.OnRecv(tick))
		abi.Sleep(r, time.Second)
		abi.Go(r, func() { abi.Sleep(r, time.Hour) })
		at := abi.Recv(r, late)
		return at.Format(time.TimeOnly), nil
	})
	for i, want := range []int{2, 1, 2} { // late and tick, the first sleep, late and the second one
		if got := r.x.Open(); len(got) != want {
			t.Fatalf("step %d: open are\n%s, want %d", i, texts(got), want)
		}
		r.fire()
	}
	if got := r.result(); got != "12:00:10" {
		t.Errorf("got %s", got)
	}
}

// As in Go, the channel of a timer has no buffer, and what it sent waits nevertheless.
func TestChannelsOfTimersHaveNoBuffer(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		timer, ticker := abi.NewTimer(r, time.Second), abi.NewTicker(r, time.Second)
		abi.Sleep(r, 3500*time.Millisecond)
		sizes := fmt.Sprint(cap(timer.C), cap(ticker.C), cap(abi.After(r, 0)), len(timer.C))
		fired := abi.Recv(r, timer.C).Format(time.TimeOnly)
		tick := abi.Recv(r, ticker.C).Format(time.TimeOnly) // the others were dropped
		again := abi.TrySelect(r, abi.OnRecv(timer.C), abi.OnRecv(ticker.C))
		return fmt.Sprint(sizes, " ", fired, " ", tick, " ", again), nil
	})
	r.fire()
	if got := r.result(); got != "0 0 0 0 12:00:01 12:00:01 -1" {
		t.Errorf("got %s", got)
	}
}

// Whatever a deadlock waits for, the author is told what to write instead.
func TestDeadlockAdvice(t *testing.T) {
	var nobody chan int
	for want, code := range map[string]func(r *abi.Run){
		"close it when it is done":             func(r *abi.Run) { abi.Recv(r, make(chan int)) },
		"a receive from a nil channel":         func(r *abi.Run) { abi.Recv(r, nobody) },
		"give it a buffer":                     func(r *abi.Run) { abi.Send(r, make(chan int), 1) },
		"a send to a nil channel":              func(r *abi.Run) { abi.Send(r, nobody, 1) },
		"select{} blocks forever":              func(r *abi.Run) { abi.Block(r) },
		"add a case":                           func(r *abi.Run) { abi.Select(r, abi.OnRecv(make(chan int))) },
		"do not lock it again":                 func(r *abi.Run) { mu := &sync.Mutex{}; abi.MutexLock(r, mu); abi.MutexLock(r, mu) },
		"because a waiting writer comes first": func(r *abi.Run) { mu := &sync.RWMutex{}; abi.RWMutexRLock(r, mu); abi.RWMutexLock(r, mu) },
		"start goroutines with wg.Go":          func(r *abi.Run) { wg := &sync.WaitGroup{}; abi.WaitGroupAdd(r, wg, 1); abi.WaitGroupWait(r, wg) },
		"call Broadcast while holding the lock": func(r *abi.Run) {
			c := sync.NewCond(&sync.Mutex{})
			abi.MutexLock(r, c.L.(*sync.Mutex))
			abi.CondWait(r, c)
		},
		"do what blocks outside of it": func(r *abi.Run) { once := &sync.Once{}; abi.OnceDo(r, once, func() { abi.OnceDo(r, once, func() {}) }) },
		"the group is at its limit": func(r *abi.Run) {
			g := new(struct{ _ int })
			abi.GroupSetLimit(r, g, 0)
			abi.GroupGo(r, g, func() error { return nil })
		},
		"have them select on its Done()": func(r *abi.Run) {
			g := new(struct{ _ int })
			abi.GroupGo(r, g, func() error { abi.Block(r); return nil })
			abi.GroupWait(r, g)
		},
	} {
		r := &run{T: t, code: func(r *abi.Run, _ context.Context) (string, error) { code(r); return "", nil }}
		r.x = r.execution()
		err := r.try(0, &history.RunStarted{Type: "t.flow", SchedulerVersion: history.SchedulerVersion})
		var deadlock *replay.DeadlockError
		if !errors.As(err, &deadlock) || !strings.Contains(err.Error(), "help: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		r.x.Kill()
	}
}

func TestWaitingForTheEndIsNoDeadlock(t *testing.T) {
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		child, cancel := abi.WithCancel(r, ctx)
		defer cancel()
		abi.Recv(r, child.Done())
		return fmt.Sprint(child.Err()), nil
	})
	r.step(time.Hour, &history.CancelRequested{})
	if got := r.result(); got != "context canceled" {
		t.Error(got)
	}
	r.expect("RunStarted CancelRequested RunCompleted")
}

func TestLeftoversAreNamedAndEnded(t *testing.T) {
	var ended []string
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		for _, name := range []string{"a", "b"} {
			abi.Go(r, func() {
				defer func() { ended = append(ended, name) }()
				abi.Recv(r, make(chan int))
			})
		}
		abi.Gosched(r)
		abi.Go(r, func() { t.Error("it never had its turn, and has it") })
		return "done", nil
	})
	if got := r.x.Closed().(*history.RunCompleted).Warnings; len(got) != 3 || !strings.Contains(got[0], "goroutine 0.0, started at ") || !strings.Contains(got[1], "still waiting for chan receive at replay_test/replay_test.go:") ||
		!strings.Contains(got[2], "goroutine 0.2, started at ") || !strings.Contains(got[2], "had not run") {
		t.Errorf("got the warnings %q", got)
	}
	if !reflect.DeepEqual(ended[:2], []string{"a", "b"}) {
		t.Errorf("they ended in the order %q", ended)
	}
}

// TestBusyWaitingByVersion2: code that looks for something again and again gives up its turn, so that an event can bring
// it. Before version 3 of the rules, there were no ticks.
func TestBusyWaitingByVersion2(t *testing.T) {
	r := startBy(t, 2, func(r *abi.Run, _ context.Context) (string, error) {
		done := false
		abi.Go(r, func() { abi.Sleep(r, time.Hour); done = true })
		for !done {
			abi.Gosched(r)
		}
		for i := 0; i < 25_000; i++ { // which nothing has to bring to an end
			abi.Gosched(r)
		}
		tick := abi.After(r, time.Minute)
		for abi.TrySelect(r, abi.OnRecv(tick)) < 0 {
		}
		return abi.Now(r).Sub(begin).String(), nil
	})
	r.fire()
	r.fire()
	if got := r.result(); got != "1h1m0s" {
		t.Error(got)
	}
}

// TestLeftoversRecordNothing: what a goroutine does while it is being ended is not recorded after the end of the run.
func TestLeftoversRecordNothing(t *testing.T) {
	activity := &abi.Activity{Name: "t.act", Queue: "q"}
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		abi.Go(r, func() {
			own, cancel := abi.WithCancel(r, ctx)
			defer abi.Call(ctx, r, activity, nil)
			defer abi.AfterFunc(r, time.Second, func() {})
			defer cancel()
			abi.Call(own, r, activity, nil)
		})
		abi.Gosched(r)
		return "done", nil
	})
	r.expect("RunStarted ActivityScheduled RunCompleted")
}

// TestPulledSequencesEndWithTheRun: goleak finds what is left of them otherwise.
func TestPulledSequencesEndWithTheRun(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		next, _ := abi.Pull(r, func(yield func(int) bool) {
			defer abi.Sleep(r, time.Second)
			for i := 0; yield(i); i++ {
				abi.Sleep(r, time.Second)
			}
		})
		next()
		pairs, stop := abi.Pull2(r, func(yield func(int, int) bool) { _ = yield(1, 1) && yield(2, 2) })
		pairs()
		stop()
		next()
		abi.Sleep(r, time.Hour)
		return "", nil
	})
	r.fire()
	r.fire()
}

// TestTerminatedWhileBusy: code that was about to continue decides nothing after the end.
func TestTerminatedWhileBusy(t *testing.T) {
	activity := &abi.Activity{Name: "t.act", Queue: "q"}
	r := start(t, func(r *abi.Run, ctx context.Context) (string, error) {
		abi.Go(r, func() { abi.Sleep(r, time.Hour) })
		for i := 0; ; i++ {
			abi.Gosched(r)
			if i == 15_000 {
				return "", abi.Call(ctx, r, activity, nil)
			}
		}
	})
	r.step(time.Minute, &history.RunTerminated{})
	r.expect("RunStarted TimerStarted TimerStarted RunTerminated")
}

func TestGoexitOfTheWorkflowParksIt(t *testing.T) {
	r := &run{T: t, code: func(r *abi.Run, _ context.Context) (string, error) {
		runtime.Goexit()
		return "", nil
	}}
	r.x = r.execution()
	defer r.x.Kill()
	if err := r.try(0, &history.RunStarted{}); err == nil || !strings.Contains(err.Error(), "runtime.Goexit") {
		t.Errorf("got %v", err)
	}
}

func TestZonesAreRecordedOnce(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		var out []string
		for range 2 {
			vienna, err := abi.LoadLocation(r, "Europe/Vienna")
			if err != nil {
				return "", err
			}
			out = append(out, abi.Now(r).In(vienna).Format(time.RFC3339))
			abi.Sleep(r, 200*24*time.Hour)
		}
		_, err := abi.LoadLocation(r, "Europe/Atlantis")
		_, local := abi.LoadLocation(r, "Local")
		utc, _ := abi.LoadLocation(r, "")
		return fmt.Sprint(out, err, utc, local != nil), nil
	})
	r.fire()
	r.fire()
	if got := r.result(); got != "[2026-03-01T13:00:00+01:00 2026-09-17T14:00:00+02:00] unknown time zone Europe/Atlantis UTC true" {
		t.Error(got)
	}
	r.expect("RunStarted ZoneLoaded TimerStarted TimerFired TimerStarted TimerFired ZoneLoaded RunCompleted")
}

// TestRecordedZoneHolds replays on a host whose zones are others.
func TestRecordedZoneHolds(t *testing.T) {
	r := start(t, func(r *abi.Run, _ context.Context) (string, error) {
		zone, err := abi.LoadLocation(r, "America/New_York")
		if err != nil {
			return "", err
		}
		abi.Sleep(r, time.Hour)
		return abi.Now(r).In(zone).Format(time.RFC3339), nil
	})
	elsewhere, err := os.ReadFile(zoneFile(t, "Asia/Tokyo"))
	if err != nil {
		t.Skip("no zone files here to stand for another host's")
	}
	dir := t.TempDir()
	if err := os.Mkdir(dir+"/America", 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/America/New_York", elsewhere, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ZONEINFO", dir)
	r.fire()
	if got := r.result(); got != "2026-03-01T08:00:00-05:00" {
		t.Error(got)
	}
}

func zoneFile(t *testing.T, name string) string {
	for _, dir := range []string{"/usr/share/zoneinfo/", "/usr/lib/locale/TZ/", "/etc/zoneinfo/"} {
		if _, err := os.Stat(dir + name); err == nil {
			return dir + name
		}
	}
	return ""
}

// TestRunTerminatedBeforeItsCodeRan: no worker has run the code of such a run, so its history has no commands.
func TestRunTerminatedBeforeItsCodeRan(t *testing.T) {
	r := &run{T: t, code: func(r *abi.Run, _ context.Context) (string, error) {
		abi.Sleep(r, time.Hour)
		return "", nil
	}}
	x := r.execution()
	defer x.Kill()
	err := x.Replay([]history.Event{
		{Time: begin, Body: &history.RunStarted{Type: "t.flow", SchedulerVersion: history.SchedulerVersion}},
		{Time: begin, Body: &history.RunTerminated{Reason: "a mistake"}},
	})
	if err != nil || x.Closed() == nil {
		t.Errorf("closed %v, %v", x.Closed(), err)
	}
}
