// Package plain runs the programs of the corpus as plain Go, in bubbles of virtual time, and says which outcomes Go allows.
package plain

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"testing/synctest"
)

// Program is a workflow of the corpus: what happened in it, in words.
type Program = func(context.Context) (string, error)

const (
	runs = 100 // that a test makes of each program
	most = 8   // outcomes that a program may have, since a rare one would never be seen
)

// Test runs every program many times, and fails where one ends with an error, without a word, or in too many ways.
func Test(t *testing.T, programs map[string]Program) {
	for _, name := range slices.Sorted(maps.Keys(programs)) {
		t.Run(name, func(t *testing.T) {
			seen := Outcomes(t, programs[name], runs)
			if len(seen) > most {
				t.Errorf("%d outcomes, want at most %d: %q", len(seen), most, slices.Sorted(maps.Keys(seen)))
			}
			for _, outcome := range slices.Sorted(maps.Keys(seen)) {
				t.Logf("%3d× %s", seen[outcome], outcome)
			}
		})
	}
}

// Outcomes runs a program some times, each in a bubble of its own, and counts its outcomes. It fails the test for a run
// that gives an error or nothing.
func Outcomes(t *testing.T, program Program, times int) map[string]int {
	t.Helper()
	seen := map[string]int{}
	for range times {
		outcome, err := once(t, program)
		if err != nil {
			t.Fatal(err)
		}
		seen[outcome]++
	}
	return seen
}

func once(t *testing.T, program Program) (outcome string, err error) {
	synctest.Test(t, func(t *testing.T) {
		outcome, err = program(t.Context())
	})
	if err == nil && outcome == "" {
		err = fmt.Errorf("the program says nothing of what happened")
	}
	return outcome, err
}
