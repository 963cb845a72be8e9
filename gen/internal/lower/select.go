// This file lowers each select to a switch.
//
//	select {                         switch _c0 := abi.OnRecv(in()); abi.Select(_run, _c0, abi.OnSend(out, next())) {
//	case v, ok := <-in():            case 0: v, ok := _c0.Value, _c0.OK;
//	case out <- next():              case 1:
//	}                                }
//
// The operands move to the head in source order, where each is evaluated once. The target of a received value stays in its
// case. A select with a default calls TrySelect, which returns -1 if the default runs.

package lower

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// arm is a case of a select.
type arm struct {
	clause *ast.CommClause
	send   *ast.SendStmt  // nil if it receives
	recv   *ast.UnaryExpr // nil if it sends
	lhs    []ast.Expr     // the operands that are assigned to; nil if all are blank
	tok    token.Token
}

func (l *lowerer) selectStmt(s *ast.SelectStmt) {
	if len(s.Body.List) == 0 {
		l.edits.replace(s.Pos(), s.End(), fmt.Sprintf("%s.Block(%s)%s", l.names.abi, l.names.run, l.unreachable(s)))
		return
	}
	arms, blocks := l.armsOf(s)
	l.edits.replace(s.Select, s.Select+token.Pos(len("select")), l.head(arms, blocks)...)
	for i, a := range arms {
		l.arms[a.comm()] = true
		head := fmt.Sprintf("case %d:", i)
		if blocks && i == len(arms)-1 && l.endsFunction(s) {
			head = "default:" // a switch without a default is not a terminating statement, as the select was
		}
		l.edits.replace(a.clause.Case, a.clause.Colon+1, l.label(head, i, a)...)
	}
}

// armsOf returns the cases of a select without its default. The select blocks if it has no default.
func (l *lowerer) armsOf(s *ast.SelectStmt) (arms []arm, blocks bool) {
	blocks = true
	for _, c := range s.Body.List {
		a := arm{clause: c.(*ast.CommClause)}
		switch comm := a.clause.Comm.(type) {
		case nil:
			blocks = false
			continue
		case *ast.SendStmt:
			a.send = comm
		case *ast.ExprStmt:
			a.recv = ast.Unparen(comm.X).(*ast.UnaryExpr)
		case *ast.AssignStmt:
			a.recv, a.tok = ast.Unparen(comm.Rhs[0]).(*ast.UnaryExpr), comm.Tok
			if slices.ContainsFunc(comm.Lhs, notBlank) {
				a.lhs = comm.Lhs
			}
		}
		arms = append(arms, a)
	}
	return arms, blocks
}

func notBlank(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return !ok || id.Name != "_"
}

func (a arm) comm() ast.Node {
	if a.send != nil {
		return a.send
	}
	return a.recv
}

// head returns the beginning of the switch. All cases up to the last one whose value is used have names, so that all
// operands are evaluated in order.
func (l *lowerer) head(arms []arm, blocks bool) text {
	named := len(arms)
	for named > 0 && len(arms[named-1].lhs) == 0 {
		named--
	}
	head := text{"switch "}
	if named > 0 {
		head = append(head, strings.Join(l.armNames(named), ", "), " := ")
		for i, a := range arms[:named] {
			head = append(append(head, separator(i)), l.operands(a)...)
		}
		head = append(head, "; ")
	}
	function := "TrySelect"
	if blocks {
		function = "Select"
	}
	head = append(head, fmt.Sprintf("%s.%s(%s", l.names.abi, function, l.names.run))
	for i, a := range arms {
		head = append(head, ", ")
		if i < named {
			head = append(head, l.names.arm(i))
		} else {
			head = append(head, l.operands(a)...)
		}
	}
	return append(head, ")")
}

func (l *lowerer) armNames(n int) (names []string) {
	for i := range n {
		names = append(names, l.names.arm(i))
	}
	return names
}

func separator(i int) string {
	if i == 0 {
		return ""
	}
	return ", "
}

// operands returns the call that makes a case from its channel and, if it sends, its value.
func (l *lowerer) operands(a arm) text {
	if a.send != nil {
		name, between := l.sending("OnSend", a.send)
		return text{l.names.abi + "." + name + l.element(a.send.Chan) + "(", spanOf(a.send.Chan), between, spanOf(a.send.Value), ")"}
	}
	return text{l.names.abi + ".OnRecv" + l.element(a.recv.X) + "(", spanOf(a.recv.X), ")"}
}

func spanOf(x ast.Node) span { return span{x.Pos(), x.End()} }

// label returns the beginning of the i-th case: its head, and the assignment of the received value.
func (l *lowerer) label(head string, i int, a arm) text {
	label := text{head}
	if len(a.lhs) == 0 {
		return label
	}
	label = append(label, " ")
	for j, e := range a.lhs {
		label = append(label, separator(j), spanOf(e))
	}
	name := l.names.arm(i)
	if both, ok := l.info.TypeOf(a.recv).(*types.Tuple); ok {
		ok := name + ".OK"
		if flag := l.flag(both); flag != "" {
			ok = flag + "(" + ok + ")"
		}
		return append(label, fmt.Sprintf(" %s %s.Value, %s;", a.tok, name, ok))
	}
	return append(label, fmt.Sprintf(" %s %s.Value;", a.tok, name))
}

// unreachable returns a terminating statement to write after an empty select that ends a function with results. The select
// is one, but the call that replaces it is not.
func (l *lowerer) unreachable(s ast.Stmt) string {
	if !l.endsFunction(s) {
		return ""
	}
	if l.imports.shadowed["panic"] || l.pkg.Types.Scope().Lookup("panic") != nil {
		return "; for {}"
	}
	return `; panic("unreachable")`
}

// endsFunction reports whether the statement on top of the stack is the last one of a function with results.
func (l *lowerer) endsFunction(s ast.Node) bool {
	for i := len(l.stack) - 2; i >= 0; i-- {
		var list []ast.Stmt
		switch p := l.stack[i].(type) {
		case *ast.BlockStmt:
			list = p.List
		case *ast.CaseClause:
			list = p.Body
		case *ast.CommClause:
			list = p.Body
		case *ast.FuncDecl:
			return p.Type.Results != nil
		case *ast.FuncLit:
			return p.Type.Results != nil
		case *ast.IfStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.LabeledStmt:
		default:
			return false
		}
		if list != nil && !isClause(s) && list[len(list)-1] != s {
			return false
		}
		s = l.stack[i]
	}
	return false
}

func isClause(x ast.Node) bool {
	switch x.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}
