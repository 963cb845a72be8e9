// Rule: a type declared in a function must not leave it, because the durable copy of the function declares another one.

package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const localType = "PWL236"

var localTypeRule = rule{
	docs: []diag.Rule{{ID: localType, Title: "local type that leaves its function", Doc: `
A type declared in a function is a different type in the function's durable copy. Where the identity of the type matters
(errors.As, an activity's input) the two do not match. Declare it outside of the function.`}},
	visit: func(v *visitor, x ast.Node) {
		call, callee := v.call(x)
		if callee == nil || !stdlib.ErrorsAs.Is(callee) && !decls.IsOperation(v.index.Prog.Annotation(callee)) {
			return
		}
		for _, arg := range call.Args {
			if n := localWithin(v, v.info.TypeOf(arg)); n != nil {
				v.add(callgraph.Finding{
					Pos: arg.Pos(), Rule: localType, Fix: "declare it outside of the function", IfLowered: true,
					Message: "passes " + n.Obj().Name() + ", a type of its own, to " + v.name(callee) + ", but its durable copy declares another type",
				})
			}
		}
	},
}

// localWithin is a concrete type declared in a function that t is, points to or is a slice of; nil if there is none.
func localWithin(v *visitor, t types.Type) *types.Named {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Named:
			if obj := u.Obj(); obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope() && v.index.Has(obj) && !types.IsInterface(u) {
				return u
			}
			return nil
		default:
			return nil
		}
	}
}
