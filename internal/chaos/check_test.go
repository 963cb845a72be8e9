package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/internal/chaos/load"
)

func kind(t *testing.T, name string) load.Kind {
	t.Helper()
	for _, k := range load.Kinds() {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("no kind %s", name)
	return load.Kind{}
}

// Each broken promise must be reported: a check that finds nothing would make the program worthless.
func TestCheckReportsBrokenPromises(t *testing.T) {
	chain := kind(t, "Chain")
	in := load.Input{Seed: 1, N: 2}
	good := start{id: "run-1", kind: chain, input: in}
	once := load.Attempt{Key: "r/0/1", Name: "Once", Limit: 1, Attempt: 1}
	unlimited := load.Attempt{Key: "r/0/2", Name: "Compute", Attempt: 1}
	for _, c := range []struct {
		name     string
		results  []result
		open     []string
		attempts []load.Attempt
		want     string // of the only problem; empty means none
	}{
		{"all is well", []result{{good, chain.Want(in), nil}}, nil, []load.Attempt{once, unlimited, unlimited}, ""},
		{"a start without acknowledgement", []result{{start: start{id: "run-1", kind: chain, input: in, err: errors.New("no")}}}, nil, nil, "lost: "},
		{"no result", []result{{good, 0, context.DeadlineExceeded}}, nil, nil, "stuck: "},
		{"a failed run", []result{{good, 0, errors.New("no")}}, nil, nil, "wrong: "},
		{"a wrong result", []result{{good, chain.Want(in) + 1, nil}}, nil, nil, "wrong: "},
		{"a run that stays open", nil, []string{"run-1 (running)"}, nil, "open: "},
		{"a second start of attempts=1", nil, nil, []load.Attempt{once, once}, "repeated: Once started 2 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := strings.Join(check(c.results, c.open, c.attempts).Problems, "\n")
			if c.want == "" && problems != "" || !strings.HasPrefix(problems, c.want) || strings.Contains(problems, "\n") {
				t.Errorf("got %q, want one problem that begins with %q", problems, c.want)
			}
		})
	}
}
