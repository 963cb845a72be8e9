package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/gosrc"
)

// Everything is the result of a check that judges nothing and gives every function a copy: each function and method of
// the program that has a body and a name to be called by. Code lowered so is not durable; tests of lowering run it.
func Everything(prog *gosrc.Program) *Result {
	res := &Result{Lowered: map[*types.Func]bool{}, Reached: map[*types.Func][]*types.Func{}}
	for _, pkg := range prog.Packages {
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
