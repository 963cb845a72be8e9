package lower

import (
	"fmt"
	"go/ast"
	"go/token"

	"github.com/pawlhq/pawl/gen/check"
)

// This file makes ranges over maps go by the order of the keys.
//
//	for k, v := range m {        for k, v, _it := abi.MapEntries(m); _it.Next(&k, &v); {
//	for k, v = range m {         for _it := abi.MapRange(m); _it.Next(&k, &v); {
//	for a[i()], p.x = range m {  for a[i()], p.x = range abi.MapAll(m) {
//
// The first two have the variables that the language version gives them, one for all rounds or one for each, and
// leave the body where it is, so that a recover in it still works. What is not a plain variable must be evaluated once
// for each entry, and never when there is none: that takes an iterator.

// mapRange lowers the head of a range over a map.
func (l *lowerer) mapRange(r *ast.RangeStmt) {
	switch {
	case !check.AssignsVariables(l.info, r):
		l.edits.before(r.X.Pos(), l.names.abi+".MapAll(")
		l.edits.after(r.X.End(), ")")
		return
	case r.Tok == token.DEFINE:
		l.declareIterator(r)
	default:
		l.replaceVariables(r)
	}
	l.edits.after(r.X.End(), fmt.Sprintf("); %s.Next(%s, %s);", l.names.iter, pointer(r.Key), pointer(r.Value)))
}

// declareIterator adds the iterator to the variables that a loop declares.
func (l *lowerer) declareIterator(r *ast.RangeStmt) {
	last, blank := r.Value, ""
	if last == nil {
		last, blank = r.Key, ", _"
	}
	l.edits.after(last.End(), blank+", "+l.names.iter)
	l.edits.replace(r.TokPos, r.X.Pos(), ":= "+l.names.abi+".MapEntries(")
}

// replaceVariables puts the iterator in the place of variables that a loop assigns to, or that it does not have.
func (l *lowerer) replaceVariables(r *ast.RangeStmt) {
	from := r.Range
	if r.Key != nil {
		from = r.Key.Pos()
	}
	l.edits.replace(from, r.X.Pos(), l.names.iter+" := "+l.names.abi+".MapRange(")
}

// pointer is how a variable of a loop is handed to the iterator.
func pointer(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok && id.Name != "_" {
		return "&" + id.Name
	}
	return "nil"
}
