package show_test

import (
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/client"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/show"
)

var start = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)

func payload(json string) history.Payload {
	return history.Payload{Encoding: "json", Data: []byte(json)}
}

func op(index uint64, pos string) history.Op {
	return history.Op{Coroutine: "0", Index: index, Pos: pos}
}

func id(index uint64) history.OpID { return op(index, "").ID() }

// same fails with both texts if they differ; a leading newline of want is not part of it.
func same(t *testing.T, got, want string) {
	t.Helper()
	if want = strings.TrimPrefix(want, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestHistory(t *testing.T) {
	declined := history.Failure{Kind: history.FailureWrapped, Message: "card: declined", Final: true, Causes: []history.Failure{
		{Kind: history.FailureSentinel, Message: "declined", Type: "example.com/x/shop.ErrDeclined"},
	}}
	bodies := []history.Body{
		&history.RunStarted{Type: "example.com/x/shop.Checkout", Input: payload(`[{"ID":"81"},3]`)},
		&history.ActivityScheduled{Op: op(1, "shop.go:41"), Name: "example.com/x/shop.Bank.Charge", Tag: "primary", Input: payload(`["81"]`)},
		&history.ActivityCompleted{Op: id(1), Outcome: history.Outcome{Result: payload(`["c-1"]`), Attempts: 4}},
		&history.TimerStarted{Op: op(2, "shop.go:45"), Due: start.Add(time.Hour)},
		&history.TimerFired{Op: id(2)},
		&history.ActivityScheduled{Op: op(3, "shop.go:46"), Name: "example.com/x/shop.Ship", Input: history.Payload{Object: "o", Size: 2_000_000}},
		&history.CancelRequested{Reason: "changed\nmy mind"},
		&history.ActivityCancelRequested{Op: id(3)},
		&history.ActivityCompleted{Op: id(3), Outcome: history.Outcome{Failure: &declined, Attempts: 1}},
		&history.RunFailed{Failure: declined},
	}
	h := &client.History{ID: "w1", RunID: "r1"}
	for i, b := range bodies {
		h.Events = append(h.Events, history.Event{Time: start.Add(time.Duration(i*i) * 150 * time.Millisecond), Body: b})
	}
	var out strings.Builder
	if err := show.History(&out, h); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `
 1      +0s  run started                shop.Checkout                         {"ID":"81"}, 3
 2   +150ms  activity scheduled         shop.Bank.Charge@primary  shop.go:41  "81"
 3   +600ms  activity completed         shop.Bank.Charge@primary  shop.go:41  "c-1" (attempt 4)
 4   +1.35s  timer started              sleep                     shop.go:45  until 2026-11-22T21:00:00.000Z
 5    +2.4s  timer fired                sleep                     shop.go:45
 6   +3.75s  activity scheduled         shop.Ship                 shop.go:46  (2000000 bytes in the object store)
 7    +5.4s  cancel requested                                                 changed my mind
 8   +7.35s  activity cancel requested  shop.Ship                 shop.go:46
 9    +9.6s  activity failed            shop.Ship                 shop.go:46
             card: declined [final]
             └─ declined [shop.ErrDeclined]
10  +12.15s  run failed
             card: declined [final]
             └─ declined [shop.ErrDeclined]
`)
}

// The events that come with concurrency have names, and what a run left behind is said below its end.
func TestHistoryOfGoroutines(t *testing.T) {
	h := &client.History{ID: "w1", RunID: "r1"}
	for _, b := range []history.Body{
		&history.RunStarted{Type: "example.com/x/shop.Watch"},
		&history.ZoneLoaded{Name: "Europe/Vienna", Rules: []byte("TZif2")},
		&history.ZoneLoaded{Name: "Europe/Atlantis", Error: "unknown time zone Europe/Atlantis"},
		&history.TimerStarted{Op: history.Op{Coroutine: "0.1", Index: 1, Pos: "shop/shop.go:45"}, Name: "ticker", Due: start.Add(time.Hour), Period: time.Hour},
		&history.TimerFired{Op: history.OpID{Coroutine: "0.1", Index: 1}},
		&history.RunCompleted{Warnings: []string{"goroutine 0.1, started at shop/shop.go:44, was still waiting for chan receive when the workflow returned, and was ended"}},
	} {
		h.Events = append(h.Events, history.Event{Time: start, Body: b})
	}
	var out strings.Builder
	if err := show.History(&out, h); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `
1  +0s  run started       shop.Watch
2  +0s  time zone loaded  Europe/Vienna
3  +0s  time zone loaded  Europe/Atlantis                   unknown time zone Europe/Atlantis
4  +0s  timer started     ticker           shop/shop.go:45  until 2026-11-22T21:00:00.000Z, then every 1h0m0s
5  +0s  timer fired       ticker           shop/shop.go:45
6  +0s  run completed
        warning: goroutine 0.1, started at shop/shop.go:44, was still waiting for chan receive when the workflow returned, and was ended
`)
}

func TestDescription(t *testing.T) {
	d := &client.Description{
		ID: "w1", RunID: "r1", Type: "example.com/x/shop.Checkout", Queue: "example.com/x/shop", Status: history.StatusParked,
		Parent: "w0", Started: start, Events: 6, Cancelled: true, Parked: "replay differs:\n  expected Charge",
		Pending: []client.Pending{
			{Kind: "activity", Name: "example.com/x/shop.Ship", Pos: "shop.go:46", Scheduled: start, Attempt: 3, NextRetry: start.Add(90 * time.Second), LastError: "503", Worker: "w"},
			{Kind: "activity", Name: "example.com/x/shop.Pack", Scheduled: start, Attempt: 2, Worker: "host-1", Heartbeat: payload(`[7]`)},
			{Kind: "activity", Name: "example.com/x/shop.Call", Queue: "example.com/x/acts", Scheduled: start},
			{Kind: "child", Name: "example.com/x/shop.Deliver", ID: "w1/r1/0/4", Queue: "example.com/x/shop", Pos: "shop.go:47", Scheduled: start},
			{Kind: "timer", Name: "sleep", Pos: "shop.go:45", Scheduled: start, Due: start.Add(time.Hour)},
			{Kind: "timer", Name: "ticker", Scheduled: start.Add(-2 * time.Hour), Due: start.Add(-time.Hour), Period: time.Hour},
		},
	}
	var out strings.Builder
	if err := show.Description(&out, d, start.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `
workflow  w1
run       r1
type      example.com/x/shop.Checkout
queue     example.com/x/shop
child of  w0
status    parked, cancellation requested
started   2026-11-22T20:00:00.000Z (1m0s ago)
events    6
parked    replay differs:
            expected Charge
pending   activity shop.Ship at shop.go:46
            scheduled 2026-11-22T20:00:00.000Z (1m0s ago)
            attempt 3 failed, next one 2026-11-22T20:01:30.000Z (in 30s)
            last error: 503
pending   activity shop.Pack
            scheduled 2026-11-22T20:00:00.000Z (1m0s ago)
            attempt 2 runs on host-1
            last heartbeat: 7
pending   activity shop.Call
            scheduled 2026-11-22T20:00:00.000Z (1m0s ago)
            waits for a worker of queue example.com/x/acts, or its first attempt runs
pending   child shop.Deliver at shop.go:47
            workflow w1/r1/0/4
            scheduled 2026-11-22T20:00:00.000Z (1m0s ago)
pending   timer sleep at shop.go:45
            scheduled 2026-11-22T20:00:00.000Z (1m0s ago)
            due 2026-11-22T21:00:00.000Z (in 59m0s)
pending   timer ticker
            scheduled 2026-11-22T18:00:00.000Z (2h1m ago)
            due 2026-11-22T19:00:00.000Z (1h1m ago), then every 1h0m0s
            nothing in the run waits for it any more, or no worker is running
`)
}

func TestFailureIsATree(t *testing.T) {
	f := &history.Failure{Kind: history.FailureJoined, Message: "refused\nlate\nboom", Causes: []history.Failure{
		{Kind: history.FailureTyped, Message: "refused", Type: "example.com/shop.CardError", Fields: []byte(`{"Code":51}`), Causes: []history.Failure{
			{Kind: history.FailureSentinel, Message: "EOF", Type: "io.EOF"},
		}},
		{Kind: history.FailureTimeout, Message: "late", Type: "start-to-close"},
		{Kind: history.FailurePanic, Message: "boom", Stack: "goroutine 7 [running]:\nruntime/debug.Stack()\n\t/go/stack.go:26 +0x64\n" +
			"panic({0x1, 0x2})\n\t/go/panic.go:860 +0x13a\nexample.com/x/shop.Charge(...)\n\t/src/shop.go:31 +0x2\nmain.main()\n\t/src/main.go:3\n"},
	}}
	var out strings.Builder
	if err := show.NewFailure(f).Write(&out); err != nil {
		t.Fatal(err)
	}
	same(t, out.String(), `
refused [joined]
├─ refused [shop.CardError{"Code":51}]
│  └─ EOF [io.EOF]
├─ late [start-to-close timeout]
└─ boom [panic]
   at shop.Charge(...) (/src/shop.go:31)
   at main.main() (/src/main.go:3)
`)
}

func TestPayloadIsOneShortLine(t *testing.T) {
	for _, test := range []struct {
		p    history.Payload
		want string
	}{
		{payload(`["a\u001b[31m",{"k":1}]`), `"a\u001b[31m", {"k":1}`},
		{payload(`["` + strings.Repeat("é", 200) + `"]`), `"` + strings.Repeat("é", 98) + "…"},
		{payload(`["` + "\x1b[31m" + `"]`), "(9 bytes, json)"}, // no JSON
		{payload(`[]`), ""},
		{history.Payload{}, ""},
		{history.Payload{Encoding: "json+aes", Data: make([]byte, 40)}, "(40 bytes, json+aes)"},
	} {
		v := show.NewValues(test.p)
		if got := v.String(); got != test.want {
			t.Errorf("%q is shown as %q, want %q", test.p.Data, got, test.want)
		}
	}
}
