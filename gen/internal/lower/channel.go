// This file lowers sends and receives to calls. A call replaces a receive in place, because Go orders calls and receives
// in the same way.
//
//	ch <- v          abi.Send(_run, ch, v)
//	ch <- v          abi.SendTo(_run, ch)(v)   if v is converted to the element type
//	x := <-ch        x := abi.Recv(_run, ch)
//	x, ok := <-ch    x, ok := abi.Recv2(_run, ch)

package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

func (l *lowerer) send(s *ast.SendStmt) {
	if l.arms[s] {
		return
	}
	name, between := l.sending("Send", s)
	l.edits.before(s.Pos(), l.onRun(name, s.Chan))
	l.edits.replace(s.Chan.End(), s.Value.Pos(), between)
	l.edits.after(s.End(), ")")
}

// sending returns the name of the function that sends, and the text between its channel and its value. If the value has
// to be converted, it is the argument of a second call: as an argument of the first, type inference would require it to
// have the element type already.
func (l *lowerer) sending(name string, s *ast.SendStmt) (function, between string) {
	value, elem := l.info.Types[s.Value], gotypes.ChanType(l.info.TypeOf(s.Chan)).Elem()
	if value.IsNil() || types.Identical(value.Type, elem) {
		return name, ", "
	}
	return name + "To", ")("
}

func (l *lowerer) receive(u *ast.UnaryExpr) {
	if u.Op != token.ARROW || l.arms[u] {
		return
	}
	name, open, end := "Recv", "", ""
	if both, ok := l.info.TypeOf(u).(*types.Tuple); ok {
		name = "Recv2"
		open, end = l.convert(both)
	}
	l.edits.replace(u.Pos(), u.X.Pos(), open+l.onRun(name, u.X))
	l.edits.after(u.End(), ")"+end)
}

// convert returns the text around a call that returns a value and a bool, if the bool is assigned to a variable of another
// boolean type.
func (l *lowerer) convert(both *types.Tuple) (open, end string) {
	flag := l.flag(both)
	if flag == "" {
		return "", ""
	}
	return fmt.Sprintf("func() (%s, %s) { v, ok := ", l.typeString(both.At(0).Type()), flag), fmt.Sprintf("; return v, %s(ok) }()", flag)
}

// flag returns the named boolean type that a bool is assigned to. It is empty if the type is bool or an interface.
func (l *lowerer) flag(both *types.Tuple) string {
	t, ok := types.Unalias(both.At(1).Type()).(*types.Named)
	if !ok || types.IsInterface(t) {
		return ""
	}
	return l.typeString(t)
}

// onRun returns the beginning of a call of a function of package abi that takes the run and a channel.
func (l *lowerer) onRun(name string, ch ast.Expr) string {
	return l.names.abi + "." + name + l.element(ch) + "(" + l.names.run + ", "
}

// element returns the element type as a type argument if it cannot be inferred. That is so if the channel's type is a type
// parameter for channels of different directions.
func (l *lowerer) element(ch ast.Expr) string {
	t := l.info.TypeOf(ch)
	if gotypes.CoreType(t) != nil {
		return ""
	}
	return "[" + l.typeString(gotypes.ChanType(t).Elem()) + "]"
}
