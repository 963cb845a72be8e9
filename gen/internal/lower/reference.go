// This file replaces functions by their copies where they are called and where they are used as values.

package lower

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

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
		l.edits.whenWritten(id.Pos(), func() { l.imports.keepName(obj) })
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
		l.edits.whenWritten(id.Pos(), func() { l.imports.keepDot(obj.Pkg()) })
	}
}

// qualified reports whether the identifier on top of the stack is the right side of a selector.
func (l *lowerer) qualified(id *ast.Ident) bool {
	sel, ok := l.stack[len(l.stack)-2].(*ast.SelectorExpr)
	return ok && sel.Sel == id
}

// builtins are the twins of built-in functions.
var builtins = map[string]string{"close": "Close", "print": "BuiltinPrint", "println": "BuiltinPrintln"}

// printer is the type of print and println: func(...any).
var printer = types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(0, nil, "", types.NewSlice(types.Universe.Lookup("any").Type()))), nil, true)

func (l *lowerer) builtin(id *ast.Ident, obj *types.Builtin) {
	twin, ok := builtins[obj.Name()]
	if !ok {
		return
	}
	_, call := gotypes.Reference(l.stack)
	switch {
	case l.started(call):
	case l.spreads(call):
		l.edits.replace(id.Pos(), id.End(), l.printer(twin))
	default:
		l.edits.replace(id.Pos(), id.End(), l.names.abi+"."+twin)
		l.passRun(call)
	}
}

// printer spells a function that prints what it is given.
func (l *lowerer) printer(twin string) string {
	return fmt.Sprintf("%s(%s, %s.%s)", l.binder(ir.Plain, printer), l.names.run, l.names.abi, twin)
}

// mention lowers the mention of a function or method. What a go statement calls, it takes as a value.
func (l *lowerer) mention(id *ast.Ident, fn *types.Func) {
	expr, call := gotypes.Reference(l.stack)
	started := l.started(call)
	if started {
		call = nil
	}
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
	case stdlib.IsDurable(fn) && !check.OrderLost(l.info, l.stack):
		l.std(r)
	case check.DecodesTimes(l.info, l.stack):
		l.decoder(r)
	case started:
		l.instantiate(r)
	}
	if fn.Signature().Recv() == nil {
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
	form := ir.Plain
	if l.isExpression(r.expr) {
		form = ir.Expression
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
func (l *lowerer) bind(r reference, form ir.Form) {
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

// typeString spells a type with the imports of the file.
func (l *lowerer) typeString(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		return strings.TrimSuffix(l.imports.qualifier(p), ".")
	})
}

// onInterface lowers an annotated method of an interface: its twin is a function that takes the interface.
func (l *lowerer) onInterface(r reference, iface *types.Named) {
	pkg := l.imports.qualifier(iface.Obj().Pkg())
	name := iface.Obj().Name()
	// The receiver is converted where inference would see its static type.
	l.onReceiver(r, pkg+name+"_"+r.fn.Name()+check.Suffix, pkg+name)
}

// onReceiver lowers a method whose twin is a function that takes the receiver behind the run. As a value, the receiver
// is converted to a type, if one is given.
func (l *lowerer) onReceiver(r reference, twin, conversion string) {
	sel := ast.Unparen(r.expr).(*ast.SelectorExpr)
	expression := l.isExpression(r.expr)
	call := r.call != nil && !l.spreads(r.call)
	switch {
	case expression && l.path(sel) != "":
		l.edits.replace(r.expr.Pos(), r.expr.End(), l.promoted(sel, twin))
	case expression && call:
		l.edits.replace(r.expr.Pos(), r.expr.End(), twin)
		l.passRun(r.call)
	case expression:
		l.edits.replace(r.expr.Pos(), r.expr.End(), fmt.Sprintf("%s(%s, %s)", l.binder(ir.Plain, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run, twin))
	case call:
		between := l.path(sel)
		if len(r.call.Args) > 0 {
			between += l.comma(r.call.Lparen + 1)
		} else if l.edits.lines(sel.X.End(), r.call.Rparen) != "" {
			between += ","
		}
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, %s", twin, l.names.run, l.address(sel)))
		l.edits.replace(sel.X.End(), r.call.Lparen+1, between)
	default:
		open, end := "", ""
		if conversion != "" {
			open, end = conversion+"(", ")"
		}
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, %s", l.binder(ir.OnValue, l.info.TypeOf(r.expr).(*types.Signature)), l.names.run, open+l.address(sel)))
		l.edits.replace(sel.X.End(), r.expr.End(), fmt.Sprintf("%s%s,%s%s)", l.path(sel), end, cmp.Or(l.edits.lines(sel.X.End(), r.expr.End()), " "), twin))
	}
}

// address is the operator that makes a method's receiver of the operand of a selector.
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
func (l *lowerer) promoted(sel *ast.SelectorExpr, twin string) string {
	sig := l.info.TypeOf(sel).(*types.Signature)
	var params []string
	args := []string{l.names.run, l.address(sel) + "a1" + l.path(sel)}
	for i, p := range slices.Collect(sig.Params().Variables()) {
		params = append(params, fmt.Sprintf("a%d %s", i+1, l.typeString(p.Type())))
		if i > 0 {
			args = append(args, fmt.Sprint("a", i+1))
		}
	}
	body, result := fmt.Sprintf("%s(%s)", twin, strings.Join(args, ", ")), ""
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
