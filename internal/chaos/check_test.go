package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pawlhq/pawl/internal/chaos/load"
)

// runWithID is a run with an id only.
type runWithID string

func (r runWithID) RunID() string                      { return string(r) }
func (runWithID) Result(context.Context) (int, error)  { panic("not called") }
func (runWithID) Cancel(context.Context, string) error { panic("not called") }

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
	good := start{id: "run-1", kind: chain, input: in, run: runWithID("other")}
	now := time.Now()
	once := load.Attempt{Key: "r/0/1", Name: "Once", Limit: 1, Attempt: 1, Time: now}
	fan := start{id: "run-1", kind: kind(t, "FanOnce"), input: load.Input{Seed: 1, N: 1}, run: runWithID("r")}
	done := result{start: fan, value: fan.kind.Want(fan.input), ended: now}
	unlimited := load.Attempt{Key: "r/0/2", Name: "Compute", Attempt: 1}
	for _, c := range []struct {
		name     string
		results  []result
		open     []string
		attempts []load.Attempt
		want     string // of the only problem; empty means none
	}{
		{"all is well", []result{{start: good, value: chain.Want(in)}}, nil, []load.Attempt{once, unlimited, unlimited}, ""},
		{"a start without acknowledgement", []result{{start: start{id: "run-1", kind: chain, input: in, err: errors.New("no")}}}, nil, nil, "lost: "},
		{"no result", []result{{start: good, err: context.Canceled}}, nil, nil, "stuck: "},
		{"a failed run", []result{{start: good, err: errors.New("no")}}, nil, nil, "wrong: "},
		{"a wrong result", []result{{start: good, value: chain.Want(in) + 1}}, nil, nil, "wrong: "},
		{"a run that stays open", nil, []string{"run-1 (running)"}, nil, "open: "},
		{"an activity that started once", []result{done}, nil, []load.Attempt{once}, ""},
		{"an activity that never started", []result{done}, nil, nil, "unstarted: 1 of 1"},
		{"an attempt after the end", []result{done}, nil, []load.Attempt{{Key: "r/0/1", Name: "Once", Limit: 1, Time: now.Add(time.Minute)}}, "late: Once started 60.0 s"},
		{"a second start of attempts=1", nil, nil, []load.Attempt{once, once}, "repeated: Once started 2 times"},
	} {
		t.Run(c.name, func(t *testing.T) {
			problems := strings.Join(check(c.results, c.open, c.attempts, false).Problems, "\n")
			if c.want == "" && problems != "" || !strings.HasPrefix(problems, c.want) || strings.Contains(problems, "\n") {
				t.Errorf("got %q, want one problem that begins with %q", problems, c.want)
			}
		})
	}
}
