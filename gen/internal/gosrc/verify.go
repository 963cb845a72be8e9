// Verification: does the output compile together with the author's code?

package gosrc

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/gen/diag"
)

// Verify type-checks packages, in their order, with output in place of the stubs: contents by absolute file name. Findings
// are at the author's line if a line directive of the output names it. The program does not change.
func (p *Program) Verify(pkgs []*Package, output map[string][]byte) []diag.Diagnostic {
	var found []diag.Diagnostic
	parsed, err := p.parseOutput(output)
	if err != nil {
		return []diag.Diagnostic{unsound(token.Position{}, err.Error())}
	}
	u := &universe{maps.Clone(p.universe.local), p.universe.export, nil}
	for _, pkg := range pkgs {
		if len(pkg.Files) > 0 {
			files := append(pkg.syntax(), parsed[pkg.Dir]...)
			u.local[pkg.Path] = p.typecheck(u, pkg, files, nil, false, func(e types.Error) {
				found = append(found, unsound(e.Fset.Position(e.Pos), e.Msg))
			})
		}
	}
	return diag.Sort(found)
}

// parseOutput parses generated files, and sorts them by directory and name.
func (p *Program) parseOutput(output map[string][]byte) (map[string][]*ast.File, error) {
	names := slices.Sorted(maps.Keys(output))
	files := make([]*ast.File, len(names))
	var work errgroup.Group
	for i, name := range names {
		work.Go(func() (err error) {
			files[i], err = parser.ParseFile(p.Fset, name, output[name], parser.SkipObjectResolution|parser.ParseComments)
			return err
		})
	}
	err := work.Wait()
	byDir := map[string][]*ast.File{}
	for i, name := range names {
		byDir[filepath.Dir(name)] = append(byDir[filepath.Dir(name)], files[i])
	}
	return byDir, err
}

func unsound(pos token.Position, message string) diag.Diagnostic {
	message, _, _ = strings.Cut(message, "\n")
	return diag.Diagnostic{
		Pos: pos, Rule: ruleOutput.ID, Message: "the code generated for this does not compile: " + message,
		Fix: "nothing was written; this is a bug in pawl: please report it with this line of code",
	}
}
