// Findings: what the stages find wrong with the author's code, by package.

package gosrc

import (
	"go/token"

	"github.com/pawlhq/pawl/gen/diag"
)

// findings collects diagnostics. Only those about packages that the user asked for are reported in the end.
type findings struct {
	fset   *token.FileSet
	byPkg  map[*Package][]diag.Diagnostic
	broken map[*Package]bool // packages that don't compile
}

func newFindings(fset *token.FileSet) *findings {
	return &findings{fset, map[*Package][]diag.Diagnostic{}, map[*Package]bool{}}
}

func (f *findings) add(pkg *Package, pos token.Position, rule diag.Rule, message, fix string) {
	f.byPkg[pkg] = append(f.byPkg[pkg], diag.Diagnostic{Pos: pos, Rule: rule.ID, Message: message, Fix: fix})
}

func (f *findings) addAt(pkg *Package, pos token.Pos, rule diag.Rule, message, fix string) {
	f.add(pkg, f.fset.Position(pos), rule, message, fix)
}

// compileError adds an error of the Go compiler, and marks the package as broken.
func (f *findings) compileError(pkg *Package, pos token.Position, message, fix string) {
	f.broken[pkg] = true
	f.add(pkg, pos, RuleCompile, message, fix)
}

// wanted returns those about what the user asked for.
func (f *findings) wanted() (all []diag.Diagnostic) {
	for pkg, ds := range f.byPkg {
		if pkg.Wanted {
			all = append(all, ds...)
		}
	}
	return diag.Sort(all)
}
