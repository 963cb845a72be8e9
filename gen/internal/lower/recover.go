// Which functions recover. A recovering function that is deferred must be deferred itself, or by a helper that knows it.

package lower

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// recovering holds the functions of a program that call recover in their own body, and the names of the methods among
// them, as types.Func.Id has them.
type recovering struct {
	functions map[*types.Func]bool
	methods   map[string]bool
}

// has reports whether a function recovers, or, if it is a method of an interface, whether it may.
func (r recovering) has(fn *types.Func) bool {
	return r.functions[fn] || gotypes.IsInterfaceMethod(fn) && r.methods[fn.Id()]
}

func recoveringIn(prog *gosrc.Program) recovering {
	r := recovering{map[*types.Func]bool{}, map[string]bool{}}
	for _, pkg := range prog.Packages {
		for _, file := range pkg.Files {
			for _, d := range file.Syntax.Decls {
				if d, ok := d.(*ast.FuncDecl); ok && callsRecover(pkg.Info, d) {
					r.add(pkg.Info.Defs[d.Name].(*types.Func))
				}
			}
		}
	}
	return r
}

func (r recovering) add(fn *types.Func) {
	r.functions[fn] = true
	if fn.Signature().Recv() != nil {
		r.methods[fn.Id()] = true
	}
}

// callsRecover reports whether a function calls recover itself, and not in a function literal.
func callsRecover(info *types.Info, d *ast.FuncDecl) (found bool) {
	ast.Inspect(d, func(x ast.Node) bool {
		if id, ok := x.(*ast.Ident); ok {
			b, ok := info.Uses[id].(*types.Builtin)
			found = found || ok && b.Name() == "recover"
		}
		_, literal := x.(*ast.FuncLit)
		return !literal
	})
	return found
}
