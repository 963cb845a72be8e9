package abi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/internal/runtime/replay"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestLoggerOutlivesReplay throws a run out of memory that keeps a logger: what its defers log then is not seen, and what
// it logs when it goes on is.
func TestLoggerOutlivesReplay(t *testing.T) {
	var seen bytes.Buffer
	out, flags := log.Writer(), log.Flags()
	t.Cleanup(func() { log.SetOutput(out); log.SetFlags(flags) })
	log.SetOutput(&seen)
	log.SetFlags(0)
	execution := func() *replay.Execution {
		return abi.NewExecution(&abi.Workflow{Name: "flow", Run: func(ctx context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
			kept := abi.Log(run)
			defer kept.Print("end")
			kept.Print("begin")
			abi.Sleep(run, time.Second)
			kept.Print("awake")
			return nil, nil
		}}, failures.NewErrors(), "id", "run")
	}

	x := execution()
	start := history.Event{Time: time.Unix(0, 0).UTC(), Body: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: "flow"}}
	commands, err := x.Step(start)
	if err != nil {
		t.Fatal(err)
	}
	timer := x.Open()[0]
	x.Kill()

	x = execution()
	defer x.Kill()
	if err := x.Replay(append([]history.Event{start}, commands...)); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Step(history.Event{Time: timer.Due, Body: &history.TimerFired{Op: timer.ID}}); err != nil {
		t.Fatal(err)
	}
	if got, want := seen.String(), "begin\nawake\nend\n"; got != want {
		t.Errorf("logged %q, want %q", got, want)
	}
}

// TestTimesKnowNoHost makes the same times on hosts in different zones.
func TestTimesKnowNoHost(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	seen := map[string]bool{}
	for _, host := range []*time.Location{time.UTC, time.FixedZone("CEST", 2*60*60), time.FixedZone("EST", -5*60*60)} {
		time.Local = host
		text := ""
		for _, in := range []string{"2026-07-01T12:00:00 +0200 CEST", "2026-07-01T12:00:00 +0000 UTC", "2026-07-01T12:00:00 -0500 EST"} {
			at, err := abi.ParseTime(nil, "2006-01-02T15:04:05 -0700 MST", in)
			if err != nil {
				t.Fatal(err)
			}
			text += at.String() + at.Location().String() + "\n"
		}
		plain, err := abi.ParseTime(nil, time.RFC3339, "2026-07-01T12:00:00+02:00")
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{plain, abi.Unix(nil, 1, 2), abi.UnixMilli(nil, 3), abi.UnixMicro(nil, 4)} {
			text += at.Format(time.RFC1123) + at.Location().String() + "\n"
		}
		var decoded struct{ At, Until time.Time }
		if err := abi.Unmarshal(json.Unmarshal)([]byte(`{"At": "2026-07-01T12:00:00+02:00"}`), &decoded); err != nil {
			t.Fatal(err)
		}
		if err := abi.Decode(json.NewDecoder(strings.NewReader(`"2026-07-01T12:00:00-05:00"`)).Decode)(&decoded.Until); err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{decoded.At, decoded.Until} {
			text += at.Format(time.RFC1123) + at.Location().String() + "\n"
		}
		if err := abi.Unmarshal(json.Unmarshal)([]byte("{}"), (*time.Time)(nil)); err == nil {
			t.Error("something was decoded into nil")
		}
		seen[text] = true
	}
	if len(seen) != 1 {
		t.Errorf("hosts differ: %v", seen)
	}
}
