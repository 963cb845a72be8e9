package lower

import (
	"go/ast"
	"strings"
)

// This file makes ranges over maps go by the order of the keys.

// mapRange lowers a range over a map to the loop over an iterator that goes by the keys' order.
func (l *lowerer) mapRange(r *ast.RangeStmt) {
	it := l.names.iter
	from := r.Range
	if r.Key != nil {
		from = r.Key.Pos()
	}
	var assign string
	if lhs, rhs := l.rangeVars(r); lhs != "" {
		assign = " " + lhs + " " + r.Tok.String() + " " + rhs + ";"
	}
	l.edits.replace(from, r.X.Pos(), it+" := "+l.names.abi+".MapRange(")
	l.edits.after(r.X.End(), "); "+it+".Next();")
	if assign != "" {
		l.edits.after(r.Body.Lbrace+1, assign)
	}
}

// rangeVars are both sides of the assignment that a loop begins each round with; empty if it has no variables.
func (l *lowerer) rangeVars(r *ast.RangeStmt) (lhs, rhs string) {
	key, value := l.rangeVar(r.Key), l.rangeVar(r.Value)
	it := l.names.iter
	switch {
	case key != "" && value != "":
		return key + ", " + value, it + ".Key(), " + it + ".Value()"
	case key != "":
		return key, it + ".Key()"
	case value != "":
		return value, it + ".Value()"
	}
	return "", ""
}

// rangeVar is the text of a loop's variable on one line; empty for none and for the blank one.
func (l *lowerer) rangeVar(e ast.Expr) string {
	if e == nil {
		return ""
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "_" {
		return ""
	}
	return oneLine(l.edits.apply(e.Pos(), e.End()))
}

// oneLine joins the lines of an expression, which gofmt breaks only where a blank may stand as well.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }
