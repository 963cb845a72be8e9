// This file replaces functions by their copies where they are called and where they are used as values.

package lower

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/gen/internal/ir"
)

// reference is a use of a function.
type reference struct {
	id   *ast.Ident
	expr ast.Expr      // the whole of it: qualifier or receiver, name, type arguments
	call *ast.CallExpr // that calls it; nil if it is taken as a value
	fn   *types.Func   // origin
}

// useCopy calls what takes the run in place of a function or method: its copy, or another function with a suffix.
func (l *lowerer) useCopy(r reference, suffix string) {
	if r.call != nil && !l.spreads(r.call) {
		l.edits.after(r.id.End(), suffix)
		if l.isExpression(r.expr) {
			l.edits.after(r.call.Args[0].End(), ", "+l.names.run)
		} else {
			l.passRun(r.call)
		}
		return
	}
	form := ir.Plain
	if l.isExpression(r.expr) {
		form = ir.Expression
	}
	l.bind(r, form)
	l.instantiate(r)
	l.edits.after(r.id.End(), suffix)
}

// isExpression reports whether a reference is a method expression: T.M.
func (l *lowerer) isExpression(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	return ok && l.info.Selections[sel] != nil && l.info.Selections[sel].Kind() == types.MethodExpr
}

// bind makes a function value of a reference, bound to the run.
func (l *lowerer) bind(r reference, form ir.Form) {
	sig := l.info.TypeOf(r.expr).Underlying().(*types.Signature)
	binder := l.declare(ir.Binder{Shape: shape(sig), Form: form, Recovers: l.recovering.has(r.fn)})
	l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", binder, l.names.run))
	l.edits.after(r.expr.End(), ")")
}

// instantiate spells out the type arguments of a generic function, which cannot be inferred if it is an argument of a binder.
func (l *lowerer) instantiate(r reference) {
	inst, ok := l.info.Instances[r.id]
	if !ok {
		return
	}
	var args []string
	for t := range inst.TypeArgs.Types() {
		args = append(args, l.typeString(t))
	}
	list := bracket(args)
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

// onReceiver lowers a method whose counterpart is a function with the parameters run and receiver. If the method is used as a
// value, the receiver is converted to a type, if one is given.
func (l *lowerer) onReceiver(r reference, target, conversion string) {
	sel := ast.Unparen(r.expr).(*ast.SelectorExpr)
	expression := l.isExpression(r.expr)
	call := r.call != nil && !l.spreads(r.call)
	open, end := "", ""
	if conversion != "" {
		open, end = conversion+"(", ")"
	}
	switch {
	case expression && l.path(sel) != "":
		l.edits.replace(r.expr.Pos(), r.expr.End(), l.promoted(sel, target))
	case expression && call:
		l.edits.replace(r.expr.Pos(), r.expr.End(), target)
		l.passRun(r.call)
	case expression:
		l.edits.replace(r.expr.Pos(), r.expr.End(), fmt.Sprintf("%s(%s, %s)", l.binder(ir.Plain, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run, target))
	case call:
		between := l.path(sel) + end
		if len(r.call.Args) > 0 {
			between += l.comma(r.call.Lparen + 1)
		} else if l.edits.lines(sel.X.End(), r.call.Rparen) != "" {
			between += ","
		}
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, %s", target, l.names.run, open+l.address(sel)))
		l.edits.replace(sel.X.End(), r.call.Lparen+1, between)
	default:
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, %s", l.binder(ir.OnValue, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run, open+l.address(sel)))
		l.edits.replace(sel.X.End(), r.expr.End(), fmt.Sprintf("%s%s,%s%s)", l.path(sel), end, cmp.Or(l.edits.lines(sel.X.End(), r.expr.End()), " "), target))
	}
}

// address is the operator that turns the operand of a selector into the method's receiver.
func (l *lowerer) address(sel *ast.SelectorExpr) string {
	s := l.info.Selections[sel]
	recv := s.Recv()
	if index := s.Index(); len(index) > 1 {
		recv = fieldAt(recv, index[:len(index)-1]).Type()
	}
	_, wants := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	if _, is := recv.Underlying().(*types.Pointer); wants && !is {
		return "&"
	}
	return ""
}

// promoted spells a function that does what the expression of a promoted method does.
func (l *lowerer) promoted(sel *ast.SelectorExpr, target string) string {
	sig := l.info.TypeOf(sel).(*types.Signature)
	var params []string
	args := []string{l.names.run, l.address(sel) + "a1" + l.path(sel)}
	for i, p := range slices.Collect(sig.Params().Variables()) {
		params = append(params, fmt.Sprintf("a%d %s", i+1, l.typeString(p.Type())))
		if i > 0 {
			args = append(args, fmt.Sprint("a", i+1))
		}
	}
	body, result := fmt.Sprintf("%s(%s)", target, strings.Join(args, ", ")), ""
	if sig.Results().Len() > 0 {
		body, result = "return "+body, l.typeString(sig.Results().At(0).Type())+" "
	}
	return fmt.Sprintf("(func(%s) %s{ %s })", strings.Join(params, ", "), result, body)
}

// path spells the embedded fields between an operand and the method that is promoted to it.
func (l *lowerer) path(sel *ast.SelectorExpr) (path string) {
	s := l.info.Selections[sel]
	for i := range len(s.Index()) - 1 {
		path += "." + fieldAt(s.Recv(), s.Index()[:i+1]).Name()
	}
	return path
}

// fieldAt is the field of a struct, or of one that is pointed to, that a list of indices leads to.
func fieldAt(t types.Type, index []int) (field *types.Var) {
	for _, i := range index {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		field = t.Underlying().(*types.Struct).Field(i)
		t = field.Type()
	}
	return field
}
