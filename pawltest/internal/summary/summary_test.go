package summary

import (
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/history"
)

func scheduled(coroutine string, index uint64) history.Body {
	return &history.ActivityScheduled{Op: history.Op{Coroutine: coroutine, Index: index}, Name: "a", Tag: "x", Input: json(`"in"`)}
}

func completed(coroutine string, index uint64, o history.Outcome) history.Body {
	return &history.ActivityCompleted{Op: history.OpID{Coroutine: coroutine, Index: index}, Outcome: o}
}

func json(text string) history.Payload {
	return history.Payload{Encoding: "json", Data: []byte(text)}
}

func run(step time.Duration, bodies ...history.Body) string {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	events := []history.Event{{Time: at, Body: &history.RunStarted{Type: "w", Queue: "q", Input: json(`1`)}}}
	for _, b := range bodies {
		at = at.Add(step)
		events = append(events, history.Event{Time: at, Body: b})
	}
	at = at.Add(step)
	events = append(events, history.Event{Time: at, Body: &history.RunCompleted{Result: json(`2`)}})
	return Run("run 1 of w", events)
}

var done = history.Outcome{Result: json(`"out"`)}

// The order between coroutines, times, attempts and workers do not show.
func TestRunIsTheSameInEveryExecution(t *testing.T) {
	again := done
	again.Attempts, again.Worker = 3, "worker-2"
	a := run(time.Second, scheduled("0", 1), scheduled("1", 1), completed("0", 1, done), completed("1", 1, done))
	b := run(time.Minute, scheduled("1", 1), completed("1", 1, again), scheduled("0", 1), completed("0", 1, again))
	if a != b {
		t.Errorf("the summaries differ:\n%s\n%s", a, b)
	}
}

func TestRunShowsDifferences(t *testing.T) {
	base := run(time.Second, scheduled("0", 1), completed("0", 1, done))
	other := history.Outcome{Result: json(`"other"`)}
	failed := history.Outcome{Failure: &history.Failure{Message: "failed"}}
	for name, text := range map[string]string{
		"another result":    run(time.Second, scheduled("0", 1), completed("0", 1, other)),
		"a failure":         run(time.Second, scheduled("0", 1), completed("0", 1, failed)),
		"no outcome":        run(time.Second, scheduled("0", 1)),
		"another operation": run(time.Second, scheduled("0", 1), completed("0", 1, done), scheduled("0", 2)),
		"a time zone":       run(time.Second, scheduled("0", 1), completed("0", 1, done), &history.ZoneLoaded{Name: "Europe/Berlin"}),
	} {
		if text == base {
			t.Errorf("%s does not show in the summary:\n%s", name, text)
		}
	}
}
