package lower

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/check"
)

// This file puts twins in the place of functions, where they are called and where they are taken as values.

// reference is the mention of a function.
type reference struct {
	id   *ast.Ident
	expr ast.Expr      // the whole of it: qualifier or receiver, name, type arguments
	call *ast.CallExpr // that calls it; nil if it is taken as a value
	fn   *types.Func   // origin
}

// identifier lowers what a name refers to, and keeps the import that it needs.
func (l *lowerer) identifier(id *ast.Ident) {
	switch obj := l.info.Uses[id].(type) {
	case *types.Builtin:
		l.builtin(id, obj)
	case *types.PkgName:
		if !l.replaced(id) {
			l.imports.keep(obj)
		}
	case *types.Func:
		l.mention(id, obj.Origin())
	default:
		if obj != nil && obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			l.unqualified(id, obj)
		}
	}
}

// unqualified keeps the dot import that a bare name comes from.
func (l *lowerer) unqualified(id *ast.Ident, obj types.Object) {
	if obj.Pkg() != l.pkg.Types && !l.qualified(id) {
		l.imports.keepDot(obj.Pkg())
	}
}

// qualified reports whether the identifier on top of the stack is the right side of a selector.
func (l *lowerer) qualified(id *ast.Ident) bool {
	sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr)
	return ok && sel.Sel == id
}

// replaced reports whether the package name on top of the stack qualifies a function that the run has its own of.
func (l *lowerer) replaced(id *ast.Ident) bool {
	sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr)
	if !ok || sel.X != id {
		return false
	}
	fn, ok := l.info.Uses[sel.Sel].(*types.Func)
	return ok && check.IsDurable(fn)
}

func (l *lowerer) builtin(id *ast.Ident, obj *types.Builtin) {
	twin, ok := map[string]string{"print": "BuiltinPrint", "println": "BuiltinPrintln"}[obj.Name()]
	if !ok {
		return
	}
	_, call := check.Reference(l.stack)
	l.edits.replace(id.Pos(), id.End(), l.names.abi+"."+twin)
	l.passRun(call)
}

// mention lowers the mention of a function or method.
func (l *lowerer) mention(id *ast.Ident, fn *types.Func) {
	expr, call := check.Reference(l.stack)
	r := reference{id, expr, call, fn}
	a := l.prog.Annotation(fn)
	operation := a != nil && a.Kind != annotations.Workflow
	switch {
	case operation && a.Iface != nil:
		l.onInterface(r, a.Iface)
	case l.res.Dispatched[id]:
		l.dispatch(r)
	case operation || l.res.Lowered[fn]:
		l.twin(r)
	case check.IsDurable(fn):
		l.std(r)
	}
	if fn.Signature().Recv() == nil && !check.IsDurable(fn) {
		l.unqualified(id, fn)
	}
}

// twin names the twin in the place of a function or method.
func (l *lowerer) twin(r reference) {
	if r.call != nil && !l.spreads(r.call) {
		l.edits.after(r.id.End(), check.Suffix)
		if l.isExpression(r.expr) {
			l.edits.after(r.call.Args[0].End(), ", "+l.names.run)
		} else {
			l.passRun(r.call)
		}
		return
	}
	form := Plain
	if l.isExpression(r.expr) {
		form = Expression
	}
	l.bind(r, form)
	l.instantiate(r)
	l.edits.after(r.id.End(), check.Suffix)
}

// passRun makes the run the first argument of a call.
func (l *lowerer) passRun(call *ast.CallExpr) {
	run := l.names.run
	if len(call.Args) > 0 {
		run += l.comma(call.Lparen + 1)
	}
	l.edits.after(call.Lparen+1, run)
}

// spreads reports whether a call has the results of another call as its arguments, beside which nothing can stand.
func (l *lowerer) spreads(call *ast.CallExpr) bool {
	if len(call.Args) != 1 {
		return false
	}
	_, tuple := l.info.TypeOf(call.Args[0]).(*types.Tuple)
	return tuple
}

// isExpression reports whether a reference is a method expression: T.M.
func (l *lowerer) isExpression(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && l.info.Selections[sel] != nil && l.info.Selections[sel].Kind() == types.MethodExpr
}

// bind makes a function value of a reference, bound to the run.
func (l *lowerer) bind(r reference, form Form) {
	sig := l.info.TypeOf(r.expr).Underlying().(*types.Signature)
	l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", l.binder(form, sig), l.names.run))
	l.edits.after(r.expr.End(), ")")
}

// instantiate spells out the type arguments of a generic function: as an argument of a binder nothing else gives them.
func (l *lowerer) instantiate(r reference) {
	inst, ok := l.info.Instances[r.id]
	if !ok {
		return
	}
	var args []string
	for t := range inst.TypeArgs.Types() {
		args = append(args, l.typeString(t))
	}
	list := "[" + strings.Join(args, ", ") + "]"
	base := ast.Expr(r.id)
	if l.qualified(r.id) {
		base = l.stack[len(l.stack)-2].(*ast.SelectorExpr)
	}
	for _, n := range l.stack {
		switch n := n.(type) {
		case *ast.IndexExpr:
			if n.X == base {
				l.edits.replace(base.End(), n.End(), list)
				return
			}
		case *ast.IndexListExpr:
			if n.X == base {
				l.edits.replace(base.End(), n.End(), list)
				return
			}
		}
	}
	l.edits.after(base.End(), list)
}

// typeString spells a type with the imports of the file.
func (l *lowerer) typeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		return strings.TrimSuffix(l.imports.qualifier(p), ".")
	})
}

// onInterface lowers an annotated method of an interface: its twin is a function that takes the interface.
func (l *lowerer) onInterface(r reference, iface *types.Named) {
	sel := ast.Unparen(r.expr).(*ast.SelectorExpr)
	pkg := l.imports.qualifier(iface.Obj().Pkg())
	twin := pkg + iface.Obj().Name() + "_" + r.fn.Name() + check.Suffix
	switch {
	case l.isExpression(r.expr) && r.call != nil && !l.spreads(r.call):
		l.edits.replace(r.expr.Pos(), r.expr.End(), twin)
		l.passRun(r.call)
	case l.isExpression(r.expr):
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", l.binder(Plain, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run))
		l.edits.after(r.expr.End(), ")")
		l.edits.replace(sel.Pos(), sel.End(), twin)
	case r.call != nil && !l.spreads(r.call):
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", twin, l.names.run))
		l.edits.replace(sel.X.End(), r.call.Lparen+1, l.path(sel)+l.comma(r.call.Lparen+1))
	default:
		// The receiver is converted, so that its static type cannot stand in the way of inference.
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, %s%s(", l.binder(OnValue, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run, pkg, iface.Obj().Name()))
		l.edits.replace(sel.X.End(), r.expr.End(), fmt.Sprintf("%s),%s%s)", l.path(sel), cmp.Or(l.edits.lines(sel.X.End(), r.expr.End()), " "), twin))
	}
}

// path spells the embedded fields between an operand and the method that is promoted to it.
func (l *lowerer) path(sel *ast.SelectorExpr) (path string) {
	s := l.info.Selections[sel]
	t := s.Recv()
	for _, i := range s.Index()[:len(s.Index())-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		field := t.Underlying().(*types.Struct).Field(i)
		path += "." + field.Name()
		t = field.Type()
	}
	return path
}
