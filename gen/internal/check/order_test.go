package check_test

import (
	"fmt"
	"go/ast"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// TestOrderMakesNoDifference checks the same program with its packages, files, declarations and annotated functions in
// other orders. The results must be the same.
func TestOrderMakesNoDifference(t *testing.T) {
	prog, dir := checktest.Load(t, checktest.Cases(t, "testdata"), deps)
	want := everything(check.Run(prog), dir)
	for seed := range uint64(10) {
		shuffle(prog, rand.New(rand.NewPCG(seed, 0)))
		if got := everything(check.Run(prog), dir); got != want {
			t.Fatalf("in order %d the check says\n%s\nin the order of the sources\n%s", seed, onlyIn(got, want), onlyIn(want, got))
		}
	}
}

// everything returns all that a result says, one thing per line.
func everything(res *check.Result, dir string) string {
	lines := []string{all(res, dir)}
	for fn := range res.Lowered {
		lines = append(lines, "lowered "+fn.FullName())
	}
	for id := range res.Dispatched {
		lines = append(lines, fmt.Sprint("dispatched ", id, id.Pos()))
	}
	slices.Sort(lines)
	for _, w := range res.Workflows() {
		lines = append(lines, fmt.Sprint("reached ", res.Reached[w]))
	}
	for _, t := range res.Forwarders {
		lines = append(lines, fmt.Sprint("forwarder ", t.Type, t.Path, t.Method))
	}
	return strings.Join(lines, "\n")
}

// shuffle changes every order that has no meaning.
func shuffle(prog *gosrc.Program, r *rand.Rand) {
	mix(r, prog.Packages)
	for _, pkg := range prog.Packages {
		mix(r, pkg.Files)
		mix(r, pkg.Annotated)
		for _, file := range pkg.Files {
			file.Syntax = withDecls(file.Syntax, r)
		}
	}
}

// withDecls returns a file with its declarations in another order, after the imports.
func withDecls(file *ast.File, r *rand.Rand) *ast.File {
	mixed := *file
	mixed.Decls = slices.Clone(file.Decls)
	imports := slices.IndexFunc(mixed.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		return !ok || len(g.Specs) == 0 || !isImport(g.Specs[0])
	})
	if imports >= 0 {
		mix(r, mixed.Decls[imports:])
	}
	return &mixed
}

func isImport(spec ast.Spec) bool {
	_, ok := spec.(*ast.ImportSpec)
	return ok
}

func mix[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// onlyIn returns the lines of a text that another does not have.
func onlyIn(text, other string) string {
	has := map[string]bool{}
	for line := range strings.Lines(other) {
		has[line] = true
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !has[line] {
			b.WriteString(line)
		}
	}
	return b.String()
}
