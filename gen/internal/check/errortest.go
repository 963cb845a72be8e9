// Which errors a test asks for, and which operations may have returned them.

package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
	"github.com/pawlhq/pawl/gen/internal/writes"
)

// errorTest recognizes errors.Is(v, sentinel), errors.As(v, &target) and errors.AsType[T](v) for a local variable v. What
// is wanted is the variable of the sentinel or the name of the target's type; nil if that is not known.
func errorTest(info *types.Info, call *ast.CallExpr) (v *types.Var, wanted types.Object) {
	fn := gotypes.Callee(info, call)
	if fn == nil || len(call.Args) == 0 {
		return nil, nil
	}
	id, ok := ast.Unparen(call.Args[0]).(*ast.Ident)
	if !ok {
		return nil, nil
	}
	v, _ = info.Uses[id].(*types.Var)
	switch {
	case stdlib.ErrorsIs.Is(fn):
		if t, ok := writes.RootOf(info, call.Args[1]); ok && gotypes.IsPackageVar(t.Var) && whole(t, call.Args[1]) {
			return v, t.Var
		}
	case stdlib.ErrorsAs.Is(fn):
		if p, ok := info.TypeOf(call.Args[1]).(*types.Pointer); ok {
			return v, concrete(p.Elem())
		}
	case stdlib.ErrorsAsType.Is(fn):
		return v, concrete(info.TypeOf(call).(*types.Tuple).At(0).Type())
	}
	return nil, nil
}

// whole reports whether an expression is the variable itself, and not a part of it.
func whole(t writes.Target, e ast.Expr) bool {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return sel.Sel == t.Root
	}
	return e == t.Root
}

// concrete is the name of an error type, unless it is an interface.
func concrete(t types.Type) types.Object {
	if n := gotypes.Origin(t); n != nil && !types.IsInterface(n) {
		return n.Obj()
	}
	return nil
}

// sources are the operations whose error a variable may hold at the call on top of the stack; none if it may hold any
// other error.
func sources(index *decls.Index, d decls.Func, stack []ast.Node, v *types.Var) (ops []*gosrc.Func) {
	all := assignments(index, d, v)
	use := stack[len(stack)-1]
	var last *assignment
	for i, a := range all {
		if a.pos < use.Pos() && dominates(a, stack) && (last == nil || a.pos > last.pos) {
			last = &all[i]
		}
	}
	if last == nil || last.in != innermostFunc(stack) {
		return nil
	}
	for _, a := range all {
		if a.pos < last.pos || a.pos > use.Pos() && !inSameLoop(a, *last, stack) {
			continue
		}
		if a.op == nil || a.in != last.in {
			return nil
		}
		ops = append(ops, a.op)
	}
	return ops
}

// assignment is one place where a variable gets a value.
type assignment struct {
	pos   token.Pos
	op    *gosrc.Func // the operation whose error it gets; nil for anything else
	scope ast.Node    // the innermost statement list, or statement with an initializer, around it
	in    ast.Node    // the innermost function
}

// assignments are the places of a function where v gets a value or its address is taken.
func assignments(index *decls.Index, d decls.Func, v *types.Var) (as []assignment) {
	info := d.Pkg.Info
	ast.PreorderStack(d.Decl, nil, func(x ast.Node, stack []ast.Node) bool {
		stack = append(stack, x)
		is := func(e ast.Expr) bool {
			id, ok := e.(*ast.Ident)
			return ok && (info.Uses[id] == v || info.Defs[id] == v)
		}
		enter := func(op *gosrc.Func) {
			as = append(as, assignment{pos: x.Pos(), op: op, scope: scopeOf(stack), in: innermostFunc(stack)})
		}
		switch x := x.(type) {
		case *ast.AssignStmt:
			for i, e := range x.Lhs {
				if is(e) {
					enter(operationOf(index, info, x, i))
				}
			}
		case *ast.ValueSpec:
			for _, e := range x.Names {
				if is(e) && len(x.Values) > 0 {
					enter(nil)
				}
			}
		case *ast.UnaryExpr:
			if x.Op == token.AND && is(x.X) {
				enter(nil)
			}
		case *ast.RangeStmt:
			if is(x.Key) || is(x.Value) {
				enter(nil)
			}
		}
		return true
	})
	return as
}

// operationOf is the operation whose error an assignment assigns to its i-th variable.
func operationOf(index *decls.Index, info *types.Info, a *ast.AssignStmt, i int) *gosrc.Func {
	if len(a.Rhs) != 1 || i != len(a.Lhs)-1 {
		return nil
	}
	call, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if op := index.Prog.Annotation(gotypes.Callee(info, call)); decls.IsOperation(op) {
		return op
	}
	return nil
}

// scopeOf is the innermost node above the top of a stack whose execution runs the statement on top of it.
func scopeOf(stack []ast.Node) ast.Node {
	for i := len(stack) - 2; i >= 0; i-- {
		switch s := stack[i].(type) {
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause, *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt:
			return s
		}
	}
	return nil
}

// innermostFunc is the innermost function of a stack.
func innermostFunc(stack []ast.Node) ast.Node {
	for i := len(stack) - 1; i >= 0; i-- {
		switch stack[i].(type) {
		case *ast.FuncLit, *ast.FuncDecl:
			return stack[i]
		}
	}
	return nil
}

// dominates reports whether the top of the stack is only reached after an assignment.
func dominates(a assignment, stack []ast.Node) bool {
	for _, n := range stack {
		if n == a.scope {
			return true
		}
	}
	return false
}

// inSameLoop reports whether a loop that contains the top of the stack, but not the assignment before it, also contains a
// later assignment.
func inSameLoop(a, before assignment, stack []ast.Node) bool {
	for _, n := range stack {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if n.Pos() <= a.pos && a.pos < n.End() && (before.pos < n.Pos() || n.End() <= before.pos) {
				return true
			}
		}
	}
	return false
}
