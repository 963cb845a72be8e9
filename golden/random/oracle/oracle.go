// Package oracle runs a program in its durable form, and decides whether plain Go allows the outcome.
package oracle

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pawlhq/pawl/golden/internal/durable"
	"github.com/pawlhq/pawl/runtime/abi"
)

// Program is a workflow and what is known about it.
type Program struct {
	Name string
	Run  func(context.Context) (string, error)
	// Racy programs may have several outcomes.
	Racy bool
	// CancelAt is when it is cancelled, after its start; 0 if it is not.
	CancelAt time.Duration
}

// Verdict is the result of judging a program.
type Verdict struct {
	Name      string
	Outcome   string // of the durable form
	Events    int    // in its history
	Problem   string // what is wrong, if something is
	Undecided bool   // the outcome was not seen in plain Go, which has so many that this says nothing
}

// Judge prints a verdict on each program to standard output, as JSON, a line each; before that a line with the name.
func Judge(t *testing.T, programs []Program, module abi.Registration) {
	out := json.NewEncoder(os.Stdout)
	for _, p := range programs {
		fmt.Println(p.Name)
		if err := out.Encode(judge(t, p, module)); err != nil {
			t.Fatal(err)
		}
	}
}

func judge(t *testing.T, p Program, module abi.Registration) Verdict {
	run, err := durable.Program{Module: module, Name: p.Name, CancelAt: p.CancelAt}.Run(t)
	v := Verdict{Name: p.Name, Outcome: run.Outcome, Events: len(run.History)}
	if err != nil {
		v.Problem = err.Error()
	} else {
		v.Problem, v.Undecided = p.allows(t, run.Outcome)
	}
	return v
}

const (
	atFirst = 3   // runs in plain Go of a program that has one outcome
	atMost  = 400 // and of one whose durable outcome has not come up
	many    = 16  // outcomes are so many that the one that is missing may just be rare
)

// allows returns what is wrong with an outcome. The outcome is undecided if plain Go has not shown it, but might.
func (p Program) allows(t *testing.T, outcome string) (problem string, undecided bool) {
	seen := map[string]int{}
	newest := 0
	for n := range atMost {
		o := plain(t, p)
		if seen[o]++; seen[o] == 1 {
			newest = n
		}
		switch {
		case !p.Racy && len(seen) > 1:
			return fmt.Sprintf("plain Go has several outcomes; the generator is to blame:\n%s", list(seen)), false
		case seen[outcome] > 0 && (p.Racy || n+1 >= atFirst):
			return "", false
		case !p.Racy && n+1 >= 10*atFirst:
			return fmt.Sprintf("the durable form gives\n  %s\nplain Go\n%s", outcome, list(seen)), false
		}
	}
	if len(seen) > many || newest > atMost/2 {
		return "", true
	}
	return fmt.Sprintf("the durable form gives\n  %s\nplain Go, in %d runs\n%s", outcome, atMost, list(seen)), false
}

func list(seen map[string]int) string {
	var b strings.Builder
	for _, o := range slices.Sorted(maps.Keys(seen)) {
		fmt.Fprintf(&b, "  %s\n", o)
	}
	return b.String()
}

// plain runs a program as plain Go, in a bubble. Goroutines that it leaks are not ended.
func plain(t *testing.T, p Program) (outcome string) {
	defer func() {
		v := recover()
		switch text := fmt.Sprint(v); {
		case v == nil:
		case !strings.Contains(text, "deadlock"):
			panic(v)
		case outcome == "":
			outcome = durable.Deadlock
		}
	}()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		if p.CancelAt > 0 {
			time.AfterFunc(p.CancelAt, cancel)
		}
		said, err := p.Run(ctx)
		outcome = said
		if err != nil {
			outcome = "error: " + err.Error()
		}
	})
	return outcome
}
