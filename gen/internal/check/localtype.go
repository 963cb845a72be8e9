package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// This file finds types declared in a function that leave it: its durable copy has types of its own.

// localTypes rejects values of such types as the target of errors.As and as an input of an operation.
func (s *scanner) localTypes(call *ast.CallExpr, callee *types.Func) {
	if !stdlib.ErrorsAs.Is(callee) && !decls.IsOperation(s.prog.Annotation(callee)) {
		return
	}
	for _, arg := range call.Args {
		if n := s.localWithin(s.info.TypeOf(arg)); n != nil {
			s.enter(finding{
				pos: arg.Pos(), rule: localType, fix: "declare it outside of the function", lowered: true,
				message: "hands " + n.Obj().Name() + ", a type of its own, to " +
					s.name(callee) + "; its durable copy has another",
			})
		}
	}
}

// localWithin is a concrete type declared in a function that t is, points to or is a slice of; nil if there is none.
func (s *scanner) localWithin(t types.Type) *types.Named {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Named:
			if obj := u.Obj(); obj.Pkg() != nil && obj.Parent() != obj.Pkg().Scope() && s.index.Has(obj) && !types.IsInterface(u) {
				return u
			}
			return nil
		default:
			return nil
		}
	}
}
