// Names that the author declares although generated code needs them.

package gen

import (
	"fmt"
	"go/token"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/describe"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// takenNames finds names that other code relies on, and that the author has declared as something else. All other names of
// generated code are chosen around the author's.
func takenNames(prog *gosrc.Program, pkg *gosrc.Package, p *ir.Package) (found []diag.Diagnostic) {
	report := func(pos token.Pos, name, what string) {
		found = append(found, prog.At(pos, describe.RuleName, fmt.Sprintf("package %s declares %s, which %s", pkg.Name, name, what), "give it another name"))
	}
	declared := func(name string) bool {
		_, is := slices.BinarySearch(p.Scope, name)
		return is
	}
	for _, name := range emit.Names(p) {
		if declared(name) {
			report(pkg.Types.Scope().Lookup(name).Pos(), name, "is the name of something that pawl generates")
		}
	}
	if declared("nil") {
		report(pkg.Types.Scope().Lookup("nil").Pos(), "nil", "generated code cannot do without")
	}
	return diag.Sort(found)
}
