// Tests of the program, and the limits that the packages of this module must keep.

package main

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"testing"
)

func TestKnotOfARing(t *testing.T) {
	packages, err := load(".", "./testdata/ring")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) != 1 {
		t.Fatalf("loaded %d packages, want 1", len(packages))
	}
	p := packages[0]
	if want := []string{"a.go", "b.go", "c.go", "head.go", "tail.go"}; !slices.Equal(p.files, want) {
		t.Errorf("files are %v, want %v", p.files, want)
	}
	var out bytes.Buffer
	print(&out, p, true)
	want := ` 3 of  5 files  github.com/pawlhq/pawl/internal/knots/testdata/ring
	a.go → b.go: b
	b.go → c.go: grow, newest
	c.go → a.go: box, size
`
	if out.String() != want {
		t.Errorf("printed\n%swant\n%s", out.String(), want)
	}
}

func TestFilesWithoutCirclesHaveAKnotOfOne(t *testing.T) {
	p := &pkg{
		files: []string{"x.go", "y.go"},
		uses:  map[string]map[string]map[string]bool{"x.go": {"y.go": {"f": true}}},
	}
	if got := p.knot(); len(got) != 1 {
		t.Errorf("knot is %v, want one file", got)
	}
}

// limit is how many files a knot may have.
const limit = 8

// limits are the lower limits of single packages.
var limits = map[string]int{
	"gen/internal/check": 5,
}

// TestKnotsAreSmall requires that no package of this module has a knot over its limit.
func TestKnotsAreSmall(t *testing.T) {
	packages, err := load("../..", "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 50 {
		t.Fatalf("loaded only %d packages", len(packages))
	}
	for _, p := range packages {
		name := strings.TrimPrefix(p.path, "github.com/pawlhq/pawl/")
		max := cmp.Or(limits[name], limit)
		size := len(p.knot())
		t.Logf("%2d of %2d files  %s", size, len(p.files), name)
		if size > max {
			t.Errorf("package %s: %d files use each other, more than %d: go run ./internal/knots -v ./%s prints how", name, size, max, name)
		}
	}
}
