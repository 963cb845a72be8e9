package workflow

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/store"
)

func delivered(seq store.Seq, timer bool) message {
	return message{delivery: &delivery{Wakeup: store.Wakeup{Seq: seq, Timer: timer, Delivered: 1, Received: time.Now()}}}
}

// order prints where messages come from: d for a delivery, p for one read from the inbox, t for a timer, o for an outcome.
func order(ms messages) string {
	var all []string
	for _, m := range ms {
		switch {
		case m.delivery != nil && m.delivery.Timer:
			all = append(all, fmt.Sprint("t", m.delivery.Seq))
		case m.delivery != nil:
			all = append(all, fmt.Sprint("d", m.delivery.Seq))
		case m.pending != nil:
			all = append(all, fmt.Sprint("p", m.pending.Seq))
		case m.outcome != nil:
			all = append(all, "o")
		default:
			all = append(all, "wake")
		}
	}
	return strings.Join(all, " ")
}

func TestMergeIsInTheOrderOfTheInbox(t *testing.T) {
	arrived := messages{{}, delivered(9, false), delivered(3, true), {outcome: &outcome{}}, delivered(5, false), {pending: &store.Pending{Seq: 4}}}
	waiting := []store.Pending{{Seq: 5}, {Seq: 7}, {Seq: 9}, {Seq: 11}}
	if got, want := order(arrived.merge(waiting)), "d5 p7 d9 p11 wake t3 o"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTerminationIsForOneRun(t *testing.T) {
	forRun := func(runID string) messages {
		msg := history.Message{RunID: runID, Terminate: &history.TerminateRequest{Reason: "enough"}}
		return messages{{}, {pending: &store.Pending{Seq: 1, Data: msg.Marshal()}}}
	}
	start := messages{{pending: &store.Pending{Seq: 1, Start: true, Data: (&history.StartRequest{ID: "w"}).Marshal()}}}
	for _, test := range []struct {
		ms    messages
		runID string
		want  bool
	}{
		{forRun("a"), "a", true},
		{forRun("a"), "b", false},
		{forRun("a"), "", true},
		{forRun(""), "b", true},
		{start, "", false},
		{nil, "", false},
	} {
		found := test.ms.termination(test.runID)
		if (found != nil) != test.want || found != nil && found.Reason != "enough" {
			t.Errorf("%s for run %q: %+v", order(test.ms), test.runID, found)
		}
	}
}

func TestOnlyAFirstDeliveryIsExclusive(t *testing.T) {
	fresh, again, repeated, old := delivered(1, false), delivered(1, false), delivered(1, false), delivered(1, false)
	again.delivery.Delivered = 2
	repeated.delivery.redelivered.Store(true)
	old.delivery.Received = time.Now().Add(-store.AckWait)
	if !fresh.delivery.exclusive() || again.delivery.exclusive() || repeated.delivery.exclusive() || old.delivery.exclusive() {
		t.Error("a delivery is exclusive if and only if it is the first one, was not repeated, and is young")
	}
}
