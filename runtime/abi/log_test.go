package abi_test

import (
	"bytes"
	"context"
	"log"
	"log/slog"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/runtime/failures"
	"github.com/pawlhq/pawl/internal/runtime/history"
	"github.com/pawlhq/pawl/runtime/abi"
)

// logged returns what package log writes while code runs in a workflow, with some flags and a prefix.
func logged(t *testing.T, flags int, prefix string, code func(run *abi.Run)) string {
	t.Helper()
	var seen bytes.Buffer
	out, oldFlags, oldPrefix := log.Writer(), log.Flags(), log.Prefix()
	defer func() { log.SetOutput(out); log.SetFlags(oldFlags); log.SetPrefix(oldPrefix) }()
	log.SetOutput(&seen)
	log.SetFlags(flags)
	log.SetPrefix(prefix)
	x := abi.NewExecution(&abi.Workflow{Name: "flow", Run: func(_ context.Context, run *abi.Run, _ abi.Values) ([]any, error) {
		code(run)
		return nil, nil
	}}, failures.NewErrors(), "id", "run")
	defer x.Kill()
	at := time.Date(2001, 2, 3, 4, 5, 6, 7000, time.UTC)
	if _, err := x.Step(history.Event{Time: at, Body: &history.RunStarted{SchedulerVersion: history.SchedulerVersion, Type: "flow"}}); err != nil {
		t.Fatal(err)
	}
	return seen.String()
}

// TestLogsHaveTheTimeOfTheRun logs by packages log and slog, as they begin and with other flags.
func TestLogsHaveTheTimeOfTheRun(t *testing.T) {
	local := time.Local
	t.Cleanup(func() { time.Local = local })
	time.Local = time.FixedZone("", 60*60)
	print := func(run *abi.Run) { abi.Log(run).Print("hello") }
	write := func(run *abi.Run) {
		l := abi.Slog(run)
		l.Debug("unseen")
		l.Info("hello world", "msg", "mine", "n", 1)
		l.WithGroup("g").With("level", 2).Warn("in a group", "time", "now")
	}
	for _, c := range []struct {
		flags  int
		prefix string
		code   func(*abi.Run)
		want   string
	}{
		{log.LstdFlags, "", print, "2001/02/03 05:05:06 hello\n"},
		{log.LstdFlags | log.LUTC, "p: ", print, "p: 2001/02/03 04:05:06 hello\n"},
		{log.Lmicroseconds | log.LUTC | log.Lmsgprefix, "p: ", print, "04:05:06.000007 p: hello\n"},
		{log.Ldate | log.Lshortfile, "", print, "2001/02/03 log_test.go:42: hello\n"},
		{0, "p: ", print, "p: hello\n"},
		{log.LstdFlags | log.LUTC, "", write, "2001/02/03 04:05:06 INFO hello world workflow=id run=run msg=mine n=1\n" +
			"2001/02/03 04:05:06 WARN in a group workflow=id run=run g.level=2 g.time=now\n"},
	} {
		if got := logged(t, c.flags, c.prefix, c.code); got != c.want {
			t.Errorf("with the flags %b and the prefix %q\n%swas logged, want\n%s", c.flags, c.prefix, got, c.want)
		}
	}
}

// TestOtherHandlersHaveTheTimeOfTheRun logs by a handler of the program.
func TestOtherHandlersHaveTheTimeOfTheRun(t *testing.T) {
	var seen bytes.Buffer
	old := slog.Default()
	t.Cleanup(func() { slog.SetDefault(old) })
	got := logged(t, 0, "", func(run *abi.Run) {
		slog.SetDefault(slog.New(slog.NewTextHandler(&seen, nil)))
		abi.Slog(run).Info("hello")
		slog.SetDefault(old)
	})
	if want := "time=2001-02-03T04:05:06.000Z level=INFO msg=hello workflow=id run=run\n"; got != "" || seen.String() != want {
		t.Errorf("logged %q and %q, want %q", got, seen.String(), want)
	}
}
