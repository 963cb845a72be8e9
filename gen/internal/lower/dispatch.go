// This file lowers calls of interface methods. A value behind an interface may or may not have a lowered method M__pawl for
// its method M. A dispatcher has one in both cases. It is the receiver of an ordinary call of a lowered method:
//
//	store.Save(order)  ─▶  dispatchSave_1x1__pawl(store).Save__pawl(_run, order)
//
// Therefore the receiver and the arguments are evaluated in place, a nil interface panics when the method is called or
// evaluated, and a deferred method is itself the deferred function, which may recover.

package lower

import (
	"fmt"
	"go/ast"

	"github.com/pawlhq/pawl/gen/internal/check"
)

// dispatch lowers the mention of an interface's method behind which something may need the run.
func (l *lowerer) dispatch(r reference) {
	sel := ast.Unparen(r.expr).(*ast.SelectorExpr)
	switch expression := l.isExpression(r.expr); {
	case expression && r.call != nil && !l.spreads(r.call):
		l.expressed(sel, r)
		return
	case expression:
		l.edits.before(r.expr.Pos(), fmt.Sprintf("%s(%s, ", l.dispatcher(r.fn, true), l.names.run))
		l.edits.after(r.expr.End(), ")")
		return
	}
	l.useCopy(r, check.Suffix)
	l.edits.before(sel.X.Pos(), l.dispatcher(r.fn, false)+"(")
	l.edits.after(sel.X.End(), l.path(sel)+")")
}

// expressed lowers the call of a method expression as that of a method, so that a deferred one may recover: T.M(s, a)
// is T(s).M(a).
func (l *lowerer) expressed(sel *ast.SelectorExpr, r reference) {
	l.edits.before(r.call.Pos(), l.dispatcher(r.fn, false)+"(")
	l.edits.replace(sel.X.End(), r.call.Lparen+1, "(")
	l.edits.after(r.call.Args[0].End(), "))."+sel.Sel.Name+check.Suffix+"("+l.names.run)
}
