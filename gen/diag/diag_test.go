package diag

import (
	"go/token"
	"path/filepath"
	"testing"
)

func at(file string, line, column int) token.Position {
	return token.Position{Filename: file, Line: line, Column: column}
}

func TestFormat(t *testing.T) {
	dir := filepath.FromSlash("/src/app")
	d := Diagnostic{
		Pos:     at("/src/app/order/stamp.go", 9, 14),
		Rule:    "PWL218",
		Message: "stamp calls os.Hostname, which differs between hosts",
		Chain: []Call{
			{at("/src/app/order/flow.go", 41, 8), "Checkout calls newID"},
			{at("/src/lib/id.go", 5, 2), "newID calls stamp"},
		},
		Fix: "read it in an activity\nor pass it as an input",
	}
	const want = `order/stamp.go:9:14: stamp calls os.Hostname, which differs between hosts [PWL218]
	order/flow.go:41:8: Checkout calls newID
	/src/lib/id.go:5:2: newID calls stamp
	read it in an activity
	or pass it as an input
`
	if got := d.Format(dir); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := (Diagnostic{Pos: at("/a.go", 1, 2), Rule: "PWL1", Message: "m"}).String(); got != "/a.go:1:2: m [PWL1]\n" {
		t.Errorf("got %q", got)
	}
}

func TestSort(t *testing.T) {
	sorted := Sort([]Diagnostic{
		{Pos: at("b.go", 1, 1), Rule: "PWL2"},
		{Pos: at("a.go", 10, 1), Rule: "PWL2"},
		{Pos: at("a.go", 9, 2), Rule: "PWL2"},
		{Pos: at("a.go", 9, 1), Rule: "PWL3"},
		{Pos: at("a.go", 9, 1), Rule: "PWL1"},
		{Pos: at("a.go", 9, 1), Rule: "PWL3", Fix: "said before"},
	})
	want := []string{"a.go:9:1 PWL1", "a.go:9:1 PWL3", "a.go:9:2 PWL2", "a.go:10:1 PWL2", "b.go:1:1 PWL2"}
	if len(sorted) != len(want) {
		t.Fatalf("got %d findings, want %d: %v", len(sorted), len(want), sorted)
	}
	for i, d := range sorted {
		if got := d.Pos.String() + " " + d.Rule; got != want[i] {
			t.Errorf("place %d: got %s, want %s", i, got, want[i])
		}
	}
}
