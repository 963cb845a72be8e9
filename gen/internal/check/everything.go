// A result for tests of lowering: everything is lowered.

package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Everything returns a result without findings in which every function and method of the program is lowered that has a
// body and a name to call it by. Calls through interfaces of the program are dispatched. Code lowered in this way isn't
// durable: it is for tests of lowering.
func Everything(prog *gosrc.Program) *Result {
	res := &Result{Lowered: map[*types.Func]bool{}, Dispatched: map[*ast.Ident]bool{}, Reached: map[*types.Func][]*types.Func{}}
	for _, pkg := range prog.Packages {
		for sel, s := range pkg.Info.Selections {
			if dispatchable(pkg.Types, s) {
				res.Dispatched[sel.Sel] = true
			}
		}
		for _, file := range pkg.Files {
			for _, d := range file.Syntax.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && callable(d) {
					res.Lowered[pkg.Info.Defs[d.Name].(*types.Func)] = true
				}
			}
		}
	}
	return res
}

func callable(d *ast.FuncDecl) bool {
	return d.Body != nil && d.Name.Name != "_" && !(d.Recv == nil && d.Name.Name == "init")
}

// dispatchable reports whether a selection is that of a method of an interface of the package.
func dispatchable(pkg *types.Package, s *types.Selection) bool {
	fn, ok := s.Obj().(*types.Func)
	_, parameter := types.Unalias(s.Recv()).(*types.TypeParam)
	return ok && gotypes.IsInterfaceMethod(fn) && fn.Pkg() == pkg && !parameter
}
