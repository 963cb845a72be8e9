// This file lowers range loops: loops over maps follow the order of the keys, and loops over channels wait in the run.
//
//	for k, v := range m {        for k, v, _it := abi.MapEntries(m); _it.Next(&k, &v); {
//	for k, v = range m {         for _it := abi.MapRange(m); _it.Next(&k, &v); {
//	for a[i()], p.x = range m {  for _it := abi.MapRange(m); _it.Next(nil, nil); { a[i()], p.x = _it.Key(), _it.Value();
//	for v := range ch {          for v, _it := abi.EachRecv(_run, ch); _it.Next(&v); {
//	for v = range ch {           for _it := abi.RangeChan(_run, ch); _it.Next(&v); {
//	for p.x = range ch {         for _it := abi.RangeChan(_run, ch); _it.Next(nil); { p.x = _it.Value();
//
// The loops have the variables of the language version: one for all iterations or one per iteration. The body stays in
// place, so a recover in it still works. A left operand that is not a plain variable is evaluated once per entry, and not
// at all if there are no entries; both are assigned together, as a range does it.

package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// rangeStmt lowers the head of a range over a map or a channel.
func (l *lowerer) rangeStmt(r *ast.RangeStmt) {
	if ch := gotypes.ChanType(l.info.TypeOf(r.X)); ch != nil {
		l.chanRange(r, ch)
	} else if _, ok := gotypes.CoreType(l.info.TypeOf(r.X)).(*types.Map); ok {
		l.mapRange(r)
	}
}

func (l *lowerer) mapRange(r *ast.RangeStmt) {
	key, value := pointer(r.Key), pointer(r.Value)
	switch {
	case !check.AssignsVariables(l.info, r):
		key, value = "nil", "nil"
		l.edits.after(r.Body.Lbrace+1, l.assignment(r)...)
		l.replaceVariables(r, l.names.abi+".MapRange(")
	case r.Tok == token.DEFINE:
		blank := ""
		if r.Value == nil {
			blank = ", _"
		}
		l.declareIterator(r, blank, l.names.abi+".MapEntries(")
	default:
		l.replaceVariables(r, l.names.abi+".MapRange(")
	}
	l.edits.after(r.X.End(), fmt.Sprintf("); %s.Next(%s, %s);", l.names.iter, key, value))
}

// assignment assigns the entry of an iterator over a map to the operands of a loop.
func (l *lowerer) assignment(r *ast.RangeStmt) []any {
	key := l.names.iter + ".Key();"
	if r.Value == nil {
		return []any{span{r.Key.Pos(), r.Key.End()}, " = " + key}
	}
	return []any{span{r.Key.Pos(), r.Key.End()}, ", ", span{r.Value.Pos(), r.Value.End()}, fmt.Sprintf(" = %[1]s.Key(), %[1]s.Value();", l.names.iter)}
}

func (l *lowerer) chanRange(r *ast.RangeStmt, ch *types.Chan) {
	variable := pointer(r.Key)
	if r.Tok == token.DEFINE {
		l.declareIterator(r, "", l.onRun("EachRecv", r.X))
	} else {
		if !check.IsVariable(l.info, r.Key, ch.Elem()) {
			variable = "nil"
			l.edits.after(r.Body.Lbrace+1, span{r.Key.Pos(), r.Key.End()}, " = "+l.names.iter+".Value();")
		}
		l.replaceVariables(r, l.onRun("RangeChan", r.X))
	}
	l.edits.after(r.X.End(), fmt.Sprintf("); %s.Next(%s);", l.names.iter, variable))
}

// declareIterator adds the iterator to the variables that a loop declares.
func (l *lowerer) declareIterator(r *ast.RangeStmt, blank, maker string) {
	last := r.Value
	if last == nil {
		last = r.Key
	}
	l.edits.after(last.End(), blank+", "+l.names.iter)
	l.edits.replace(r.TokPos, r.X.Pos(), ":= "+maker)
}

// replaceVariables declares the iterator in place of the variables that a loop assigns to, if it has any.
func (l *lowerer) replaceVariables(r *ast.RangeStmt, maker string) {
	from := r.Range
	if r.Key != nil {
		from = r.Key.Pos()
	}
	l.edits.replace(from, r.X.Pos(), l.names.iter+" := "+maker)
}

// pointer returns the argument through which the iterator sets a variable of the loop.
func pointer(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
		return "&" + id.Name
	}
	return "nil"
}
