// Functions that run only while packages are initialized.

package writes

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// mention is a place where a function is named.
type mention struct {
	by  *types.Func // the function around it; nil for init functions and initializers
	now bool        // it is called there, before what is around it returns
}

// initial returns the functions that run only while packages are initialized: all mentions of them are calls in init functions, in
// initializers of variables, and in functions of the same kind. Other packages cannot name them.
func initial(x *decls.Index) map[*types.Func]bool {
	only, mentions := map[*types.Func]bool{}, map[*types.Func][]mention{}
	for fn, d := range x.Funcs {
		if d.Decl.Recv == nil && !fn.Exported() && fn.Name() != "main" && d.Decl.Body != nil && x.Prog.Annotation(fn) == nil {
			only[fn] = true
		}
	}
	x.Each(func(part decls.Part) { addMentions(part, mentions) })
	for again := true; again; {
		again = false
		for fn := range only {
			for _, m := range mentions[fn] {
				if !m.now || m.by != nil && !only[m.by] {
					delete(only, fn)
					again = true
					break
				}
			}
		}
	}
	return only
}

// addMentions adds the mentions of functions in a declaration.
func addMentions(part decls.Part, mentions map[*types.Func][]mention) {
	var by *types.Func
	if d, ok := part.Decl.(*ast.FuncDecl); ok && !decls.IsInit(d) {
		by, _ = part.Pkg.Info.Defs[d.Name].(*types.Func)
	}
	ast.PreorderStack(part.Decl, nil, func(x ast.Node, stack []ast.Node) bool {
		id, ok := x.(*ast.Ident)
		if !ok {
			return true
		}
		if fn, ok := part.Pkg.Info.Uses[id].(*types.Func); ok {
			mentions[fn.Origin()] = append(mentions[fn.Origin()], mention{by, calledNow(append(stack, x))})
		}
		return true
	})
}

// calledNow reports whether the name on top of a stack is called where it is, and not in a goroutine or a function literal.
func calledNow(stack []ast.Node) bool {
	_, call := gotypes.Reference(stack)
	if call == nil {
		return false
	}
	for i, n := range stack {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.GoStmt:
			if stack[i+1] == ast.Node(call) {
				return false
			}
		}
	}
	return true
}
