package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
	"github.com/pawlhq/pawl/gen/internal/writes"
)

// This file finds branches on errors that an activity never returns, because it is retried for ever until it does not.

// checkErrorBranches looks at every test of an error in lowered code.
func (c *checker) checkErrorBranches() {
	for _, r := range c.reached {
		for _, n := range r.nodes {
			if d, ok := c.index.Funcs[n.fn]; ok && c.lowered[n] && d.Decl.Body != nil {
				c.errorTests(r, n, d)
			}
		}
	}
}

func (c *checker) errorTests(r *reach, n *node, d decls.Func) {
	var stack []ast.Node
	ast.Inspect(d.Decl, func(x ast.Node) bool {
		if x == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, x)
		call, ok := x.(*ast.CallExpr)
		if !ok {
			return true
		}
		if v, wanted := errorTest(d.Pkg.Info, call); v != nil && wanted != nil {
			for _, op := range c.sources(d, stack, v) {
				if c.neverReturns(op, wanted) {
					c.accuse(r, n, deadBranchFinding(n, op, wanted, call))
					break
				}
			}
		}
		return true
	})
}

func deadBranchFinding(n *node, op *gosrc.Func, wanted types.Object, call *ast.CallExpr) finding {
	name, err := gotypes.NameIn(n.pkg.Types, op.Obj), gotypes.NameIn(n.pkg.Types, wanted)
	if _, ok := wanted.(*types.TypeName); ok && isPointerError(wanted.Type()) {
		err = "*" + err
	}
	return finding{
		pos: call.Pos(), rule: deadBranch,
		fix:     fmt.Sprintf("add final=%s to the pawl:%s of %s", err, op.Kind, name),
		message: fmt.Sprintf("%s retries %s for ever, so this branch is never reached", name, err),
	}
}

// isPointerError reports whether it is the pointer to a type, and not the type, that is an error.
func isPointerError(t types.Type) bool { return !gotypes.ImplementsError(t) }

// errorTest recognises errors.Is(v, sentinel), errors.As(v, &target) and errors.AsType[T](v) for a local variable v. What
// is wanted is the variable of the sentinel or the name of the target's type; nil if that tells nothing.
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

// whole reports whether an expression is the variable itself and nothing of it.
func whole(t writes.Target, e ast.Expr) bool {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return sel.Sel == t.Root
	}
	return e == t.Root
}

// concrete is the name of an error type that is no interface.
func concrete(t types.Type) types.Object {
	if n := gotypes.Origin(t); n != nil && !types.IsInterface(n) {
		return n.Obj()
	}
	return nil
}

// sources are the operations whose error a variable may hold at the call on top of the stack; none if it may hold
// anything else.
func (c *checker) sources(d decls.Func, stack []ast.Node, v *types.Var) (ops []*gosrc.Func) {
	all := c.assignments(d, v)
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
	scope ast.Node    // the innermost statement list, or statement with an initialiser, that it stands in
	in    ast.Node    // the innermost function
}

// assignments are all places of a function where v gets a value, and those where its address is taken.
func (c *checker) assignments(d decls.Func, v *types.Var) (as []assignment) {
	info := d.Pkg.Info
	var stack []ast.Node
	ast.Inspect(d.Decl, func(x ast.Node) bool {
		if x == nil {
			stack = stack[:len(stack)-1]
			return true
		}
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
					enter(c.operationOf(info, x, i))
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

// operationOf is the operation whose error an assignment gives to its i-th variable.
func (c *checker) operationOf(info *types.Info, a *ast.AssignStmt, i int) *gosrc.Func {
	if len(a.Rhs) != 1 || i != len(a.Lhs)-1 {
		return nil
	}
	call, ok := ast.Unparen(a.Rhs[0]).(*ast.CallExpr)
	if !ok {
		return nil
	}
	if op := c.prog.Annotation(gotypes.Callee(info, call)); decls.IsOperation(op) {
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

// inSameLoop reports whether a loop around the top of the stack, but not around the assignment that comes before it,
// holds a later assignment too.
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

// neverReturns reports whether an operation is retried for ever when it fails with the error that is wanted.
func (c *checker) neverReturns(op *gosrc.Func, wanted types.Object) bool {
	o := op.Directive.Options
	if o.Attempts != 0 || o.ScheduleToClose != 0 || wanted.Pkg() == nil || exempt(wanted) {
		return false
	}
	for _, final := range c.prog.Finals(op) {
		if final.Obj == wanted || c.madeOf(wanted, final.Obj) {
			return false
		}
	}
	return !c.finalByItself(wanted) && !c.makesFinal(op)
}

// exempt reports whether an error comes from the engine and not from the activity.
func exempt(wanted types.Object) bool {
	return wanted.Pkg().Path() == "context" || importpath.IsEngine(wanted.Pkg().Path())
}

// madeOf reports whether a sentinel is a value of a final type.
func (c *checker) madeOf(wanted, final types.Object) bool {
	v, ok := wanted.(*types.Var)
	if !ok {
		return false
	}
	d, ok := c.index.Vars[v]
	return ok && d.Init != nil && gotypes.Origin(d.Pkg.Info.TypeOf(d.Init)) == gotypes.Origin(final.Type()) && gotypes.Origin(final.Type()) != nil
}

// finalByItself reports whether an error says of itself that it is final.
func (c *checker) finalByItself(wanted types.Object) bool {
	if v, ok := wanted.(*types.Var); ok {
		d, ok := c.index.Vars[v]
		if !ok || d.Init == nil {
			return false
		}
		call, ok := ast.Unparen(d.Init).(*ast.CallExpr)
		return ok && isFinal(gotypes.Callee(d.Pkg.Info, call)) || hasFinalMethod(d.Pkg.Info.TypeOf(d.Init))
	}
	return hasFinalMethod(wanted.Type())
}

func isFinal(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == importpath.Pawl && fn.Name() == "Final"
}

func hasFinalMethod(t types.Type) bool {
	n := gotypes.Origin(t)
	return n != nil && gotypes.LookupMethod(n, nil, "Final") != nil
}

// makesFinal reports whether the code of an operation, or what it reaches in the module, may make its errors final: it
// calls pawl.Final, or uses a type that has a method Final. Of a method of an interface nothing is known if no type of
// the module implements it.
func (c *checker) makesFinal(op *gosrc.Func) bool {
	work := []*types.Func{op.Obj}
	if op.Iface != nil {
		if work = c.implementations(op); len(work) == 0 {
			return true
		}
	}
	seen := map[*types.Func]bool{}
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		d, ok := c.index.Funcs[fn]
		if seen[fn] || !ok {
			continue
		}
		seen[fn] = true
		final := false
		ast.Inspect(d.Decl, func(x ast.Node) bool {
			id, ok := x.(*ast.Ident)
			if !ok {
				return true
			}
			switch obj := d.Pkg.Info.Uses[id].(type) {
			case *types.Func:
				final = final || isFinal(obj)
				work = append(work, obj.Origin())
			case *types.TypeName:
				final = final || hasFinalMethod(obj.Type())
			case *types.Var:
				final = final || gotypes.IsPackageVar(obj) && c.finalByItself(obj)
			}
			return !final
		})
		if final {
			return true
		}
	}
	return false
}

// implementations are the methods of the module that stand behind an annotated method of an interface.
func (c *checker) implementations(op *gosrc.Func) (fns []*types.Func) {
	iface := op.Iface.Underlying().(*types.Interface)
	for fn, d := range c.index.Funcs {
		recv := gotypes.Receiver(fn)
		if fn.Name() == op.Obj.Name() && d.Decl.Recv != nil && recv != nil && types.Implements(types.NewPointer(recv), iface) {
			fns = append(fns, fn)
		}
	}
	return fns
}
