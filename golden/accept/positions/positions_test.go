package positions_test

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/accept/positions"
	"github.com/pawlhq/pawl/golden/internal/drive"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/payloads"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/internal/runtime/stack"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestPanicsNameTheAuthorsLine has a workflow panic at each of its places, and finds the line in what parks the run.
func TestPanicsNameTheAuthorsLine(t *testing.T) {
	places := calls(t, "trip(w.at, ")
	if len(places) < 10 {
		t.Fatalf("only %d places found", len(places))
	}
	for place, line := range places {
		_, err := walk(t, place)
		var panicked *replay.PanicError
		if !errors.As(err, &panicked) {
			t.Errorf("%s: got %v, want a panic", place, err)
			continue
		}
		at := fmt.Sprintf("positions/positions.go:%d in positions.(*walk).", line)
		if lines := stack.Text(panicked.Panic.Stack); len(lines) < 2 || !strings.HasPrefix(lines[1], at) {
			t.Errorf("%s: the second line should be %s, the stack is\n%s", place, at, strings.Join(lines, "\n"))
		}
	}
}

// TestEventsNameTheAuthorsLine finds in the history of a workflow the lines where it called its activity.
func TestEventsNameTheAuthorsLine(t *testing.T) {
	events, err := walk(t, "")
	if err != nil {
		t.Fatal(err)
	}
	lines, found := calls(t, "Note(ctx, "), 0
	for _, e := range events {
		scheduled, ok := e.Body.(*history.ActivityScheduled)
		if !ok {
			continue
		}
		var word string
		if err := payloads.Decode(scheduled.Input, &word); err != nil {
			t.Fatal(err)
		}
		if line, ok := lines[word]; ok {
			found++
			if want := fmt.Sprintf("positions/positions.go:%d", line); scheduled.Op.Pos != want {
				t.Errorf("%q is recorded as called at %s, want %s", word, scheduled.Op.Pos, want)
			}
		}
	}
	if found != len(lines) {
		t.Errorf("%d of %d calls are in the history", found, len(lines))
	}
}

// calls are the lines of positions.go where a text stands in front of a string, by that string.
func calls(t *testing.T, text string) map[string]int {
	t.Helper()
	source, err := os.ReadFile("positions.go")
	if err != nil {
		t.Fatal(err)
	}
	call, found := regexp.MustCompile(regexp.QuoteMeta(text)+`"([^"]+)"`), map[string]int{}
	for i, line := range strings.Split(string(source), "\n") {
		for _, match := range call.FindAllStringSubmatch(line, -1) {
			found[match[1]] = i + 1
		}
	}
	return found
}

// walk runs the workflow, which panics at a place, until it ends or cannot go on.
func walk(t *testing.T, place string) (events []history.Event, err error) {
	input, err := payloads.Encode("", []any{place})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		module := positions.PawlRegistration()
		known := failures.NewErrors(module.Errors...)
		d := &drive.Driver{
			Run:     abi.NewExecution(module.Workflows[0], known, "positions", "run"),
			Started: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: module.Workflows[0].Name, Input: input},
			Start:   time.Now(), Perform: drive.Handlers(known, module),
		}
		_, err = d.Drive()
		d.Run.Kill()
		events = d.History
	})
	return events, err
}
