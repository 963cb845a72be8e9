package alias_test

import (
	"go/ast"
	"go/types"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/gen/internal/alias"
	"github.com/pawlhq/pawl/gen/internal/checktest"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/writes"
)

// TestUses compares the mentions of variables with the comments on their lines.
func TestUses(t *testing.T) {
	prog, _ := checktest.Load(t, checktest.Cases(t, "testdata"), nil)
	index := decls.New(prog)
	a := alias.Analyze(index, writes.Find(index).ChangesReceiver)
	wants := checktest.Wants(prog)
	pkg := prog.Packages[0]
	for _, f := range pkg.Files {
		ast.Inspect(f.Syntax, func(x ast.Node) bool {
			id, ok := x.(*ast.Ident)
			if !ok {
				return true
			}
			line := checktest.LineOf(prog, id.Pos())
			name, want, ok := strings.Cut(wants[line], ": ")
			if _, used := pkg.Info.Uses[id].(*types.Var); !ok || !used || id.Name != name {
				return true
			}
			if got := describe(a, id); got != want {
				t.Errorf("line %d: %s: got %q, want %q", line.Line, id.Name, got, want)
			}
			delete(wants, line)
			return true
		})
	}
	for line := range wants {
		t.Errorf("line %d: no variable was found for the comment", line.Line)
	}
}

// describe is what a mention leads to, in the words of the comments.
func describe(a *alias.Analysis, id *ast.Ident) string {
	use, ok := a.Use(id)
	switch {
	case !ok:
		return "not followed"
	case use.Writes:
		return "writes: " + use.Harm
	case use.Harm != "":
		return use.Harm
	case use.Returned:
		return "returned"
	case use.Bound:
		return "reads, bound"
	}
	return "reads"
}

func TestShares(t *testing.T) {
	prog, _ := checktest.Load(t, checktest.Cases(t, "testdata"), nil)
	index := decls.New(prog)
	a := alias.Analyze(index, writes.Find(index).ChangesReceiver)
	scope := prog.Packages[0].Types.Scope()
	for name, want := range map[string]bool{
		"p": true, "list": true, "m": true, "ch": true, "s": true, "grid": true, "other": true,
		"flat": false, "when": false, "err": false, "fail": false,
	} {
		if got := a.Shares(scope.Lookup(name).Type()); got != want {
			t.Errorf("Shares(type of %s) = %t, want %t", name, got, want)
		}
	}
}
