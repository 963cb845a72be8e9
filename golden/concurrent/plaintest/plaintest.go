// Package plaintest runs the programs of the corpus as what they are without Pawl: plain Go, in virtual time. What it
// sees of a program is the measure for the durable one.
package plaintest

import (
	"context"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
)

// A Program is a workflow whose result tells what happened in it.
type Program = func(context.Context) (string, error)

const (
	runs        = 100
	mostResults = 8 // more would make it likely that a legal result is never seen
)

// Run tries each program a hundred times, and fails unless all runs end well and agree on a handful of results.
func Run(t *testing.T, programs map[string]Program) {
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		t.Run(name, func(t *testing.T) {
			seen := Outcomes(t, programs[name], runs)
			t.Log(seen)
			if len(seen) > mostResults {
				t.Errorf("%s has %d results, more than %d: sort or add up what the scheduler scrambles: %v", name, len(seen), mostResults, seen)
			}
		})
	}
}

// Outcomes runs a program n times, each in a bubble of its own, and counts the results. A run that fails, says nothing,
// or leaves a goroutine behind fails the test.
func Outcomes(t *testing.T, program Program, n int) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for range n {
		synctest.Test(t, func(t *testing.T) {
			result, err := program(t.Context())
			switch {
			case err != nil:
				t.Fatalf("failed with %v after the result %q", err, result)
			case result == "":
				t.Fatal("said nothing of what happened")
			}
			seen[result]++
		})
	}
	return seen
}
