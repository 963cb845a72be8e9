// Package golden_test holds the compiler and the engine against a corpus: accept has programs that are compiled,
// generated for, run as plain Go and on the engine, and replayed; reject has programs with what the compiler says of
// them.
//
// What a program of the corpus should give is refreshed with go test ./golden -update='pattern', where the pattern is
// one for names of cases. That fails the test once, so that a difference is read before it is believed.
package golden_test

import (
	"flag"
	"path"
	"testing"
)

var update = flag.String("update", "", "refresh the cases whose names match this `pattern`, and fail")

// refresh reports whether a case is to be refreshed.
func refresh(t *testing.T, name string) bool {
	t.Helper()
	yes, err := path.Match(*update, name)
	if err != nil {
		t.Fatalf("-update: %v", err)
	}
	return yes
}
