package distribution_test

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// This file runs programs.

// outcome is what can be seen of a program from outside.
type outcome struct {
	exit   int
	output string // standard output and error, without traces
}

// How long a program may run: the others take less than a second, and exceptions may well not end at all.
const (
	patience   = 30 * time.Second
	impatience = 3 * time.Second
)

// run runs a command. A program that does not end in time has no outcome.
func run(t *testing.T, command string, limit time.Duration) (outcome, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, command)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return outcome{}, fmt.Errorf("does not end within %v; so far it printed\n%s", limit, shorten(string(out)))
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return outcome{}, err
	}
	text, _, _ := strings.Cut(string(out), "\ngoroutine ")
	return outcome{cmd.ProcessState.ExitCode(), text}, nil
}

func (o outcome) String() string { return fmt.Sprintf("exit code %d\n%s", o.exit, shorten(o.output)) }

// shorten keeps the beginning of a long text.
func shorten(s string) string {
	const limit = 1000
	if len(s) > limit {
		return s[:limit] + "…"
	}
	return s
}
