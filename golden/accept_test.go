package golden_test

import (
	"context"
	"io"
	"log"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/pawlhq/pawl/golden/internal/cases"
	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/pawltest"
	"github.com/pawlhq/pawl/runtime/abi"
)

// TestAccepted runs every accepted program as plain Go and on the engine, which must give and print the same, and then
// replays the history: here, and in another process, whose maps go in another order.
func TestAccepted(t *testing.T) {
	histories := t.TempDir()
	for _, c := range cases.All() {
		t.Run(c.Name, func(t *testing.T) {
			want, printed := plain(t, c)
			var got []any
			var h *history.Record
			output := capture(t, func() {
				pawltest.Run(t, func(e *pawltest.Env) {
					got = c.Run(e)
					h = read(e)
				})
			})
			if diff := cases.Diff(got, want); diff != "" {
				t.Errorf("the engine gives something else than plain Go:\n%s", diff)
			}
			if c.Plain != nil && output != printed {
				t.Errorf("the engine prints\n%s\nplain Go\n%s", output, printed)
			}
			if t.Failed() {
				return
			}
			replaySilently(t, c, h)
			if err := os.WriteFile(filepath.Join(histories, c.Name), h.Marshal(), 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
	replayElsewhere(t, histories)
}

// onNATS are the programs that are crashed over a real NATS server: one for each thing that asks something else of it. The
// others are there for what the language does, and are crashed over the store in memory, in a third of the time.
var onNATS = set("accepted", "activities", "concurrency", "contexts", "payloads", "retries", "steps", "stubs", "timeouts")

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// TestAcceptedSurviveCrashes kills the worker of every accepted program wherever it can be killed.
func TestAcceptedSurviveCrashes(t *testing.T) {
	for _, c := range cases.All() {
		t.Run(c.Name, func(t *testing.T) {
			if c.SkipCrash != "" {
				t.Skip(c.SkipCrash)
			}
			opts := []pawltest.Option{pawltest.ExactHistory()}
			if !onNATS[c.Name] {
				opts = append(opts, pawltest.InMemory())
			}
			want, _ := plain(t, c)
			capture(t, func() {
				pawltest.CrashEverywhere(t, func(e *pawltest.Env) {
					if diff := cases.Diff(c.Run(e), want); diff != "" {
						e.Error(diff)
					}
				}, opts...)
			})
		})
	}
}

// TestEveryProgramIsListed finds programs that no test would run.
func TestEveryProgramIsListed(t *testing.T) {
	folders, err := os.ReadDir("accept")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if !slices.ContainsFunc(cases.All(), func(c cases.Case) bool { return c.Name == folder.Name() }) {
			t.Errorf("golden/accept/%s is not in golden/internal/cases/all.go", folder.Name())
		}
	}
}

// plain calls the workflow of a case as plain Go, in virtual time, and gives its results and what it printed.
func plain(t *testing.T, c cases.Case) (results []any, printed string) {
	t.Helper()
	if c.Plain == nil {
		return c.Want, ""
	}
	printed = capture(t, func() {
		synctest.Test(t, func(t *testing.T) { results = c.Plain(context.Background()) })
	})
	return results, printed
}

// capture gives what fn prints and logs, without what only the engine knows.
func capture(t *testing.T, fn func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "output")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	stdout, logger, flags, writer := os.Stdout, slog.Default(), log.Flags(), log.Writer()
	defer func() {
		os.Stdout = stdout
		slog.SetDefault(logger)
		log.SetFlags(flags)
		log.SetOutput(writer)
	}()
	os.Stdout = file
	slog.SetDefault(slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{ReplaceAttr: comparable})))
	log.SetFlags(0)
	log.SetOutput(file)
	fn()
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// comparable drops what plain Go and the engine log differently.
func comparable(groups []string, a slog.Attr) slog.Attr {
	if len(groups) == 0 && slices.Contains([]string{slog.TimeKey, "workflow", "run"}, a.Key) {
		return slog.Attr{}
	}
	return a
}

// read is the history of the case that has run, as one record.
func read(e *pawltest.Env) *history.Record {
	rec, err := e.Recorded(cases.ID)
	if err != nil {
		e.Fatal(err)
	}
	return rec
}

// replaySilently replays a history, which must print nothing.
func replaySilently(t *testing.T, c cases.Case, h *history.Record) {
	t.Helper()
	output := capture(t, func() {
		if err := replay(c, h); err != nil {
			t.Errorf("the replay fails: %v", err)
		}
	})
	if output != "" {
		t.Errorf("the replay prints\n%s", output)
	}
}

// replay holds the code of a case against a history, to the letter.
func replay(c cases.Case, h *history.Record) error {
	var errors []failures.ErrorDef
	var workflow *abi.Workflow
	for _, m := range c.Registrations() {
		errors = append(errors, m.Errors...)
		for _, w := range m.Workflows {
			if started, ok := h.Events[0].Body.(*history.RunStarted); ok && started.Type == w.Name {
				workflow = w
			}
		}
	}
	x := abi.NewExecution(workflow, failures.NewErrors(errors...), h.ID, h.RunID)
	defer x.Kill()
	x.Strict = true
	return x.Replay(h.Events)
}

const historiesVar = "PAWL_GOLDEN_HISTORIES"

// replayElsewhere replays the histories of a folder in another process.
func replayElsewhere(t *testing.T, histories string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestReplayElsewhere$")
	cmd.Env = append(os.Environ(), historiesVar+"="+histories)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("in another process: %v\n%s", err, out)
	}
}

// TestReplayElsewhere is the other process.
func TestReplayElsewhere(t *testing.T) {
	dir := os.Getenv(historiesVar)
	if dir == "" {
		t.Skip("run by TestAccepted")
	}
	for _, c := range cases.All() {
		data, err := os.ReadFile(filepath.Join(dir, c.Name))
		if err != nil {
			continue // the case was not run, or failed
		}
		h, err := history.UnmarshalRecord(data)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(c.Name, func(t *testing.T) { replaySilently(t, c, h) })
	}
}
