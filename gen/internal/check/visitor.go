// What rules see of one piece of syntax.

package check

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// visitor looks at one function or one initializer.
type visitor struct {
	*program
	node  *callgraph.Node // what the syntax belongs to
	file  *gosrc.File
	info  *types.Info
	stack []ast.Node // from the function or initializer to the current node

	written map[*ast.Ident]bool // names that stand for a write, and are not reads
	types   map[types.Type]bool // that occurred
}

func newVisitor(p *program, n *callgraph.Node, pkg *gosrc.Package, file *gosrc.File) *visitor {
	return &visitor{program: p, node: n, file: file, info: pkg.Info, written: map[*ast.Ident]bool{}, types: map[types.Type]bool{}}
}

// report adds a finding. The message continues the name of the function: "reads …", "calls …".
func (v *visitor) report(pos token.Pos, rule, fix, format string, args ...any) {
	v.add(callgraph.Finding{Pos: pos, Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...)})
}

// remark adds something that is worth knowing and stops nothing.
func (v *visitor) remark(pos token.Pos, rule, fix, format string, args ...any) {
	v.add(callgraph.Finding{Pos: pos, Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...), Remark: true})
}

func (v *visitor) add(f callgraph.Finding) {
	f.Message = v.node.Subject() + " " + f.Message
	v.node.Findings = append(v.node.Findings, f)
}

// effect adds a durable operation. Where there is no run, it breaks the given rule, or the general one if that is empty.
// It is a value if it is not executed where it is.
func (v *visitor) effect(pos token.Pos, rule, what string, value bool) {
	v.node.Effects = append(v.node.Effects, callgraph.Effect{Pos: pos, Rule: rule, What: what, Value: value || v.runsLater()})
}

// edge adds a way to another node.
func (v *visitor) edge(pos token.Pos, to *callgraph.Node, verb string, value bool) {
	v.node.Edges = append(v.node.Edges, callgraph.Edge{Pos: pos, To: to, Verb: verb, Value: value || v.runsLater()})
}

// name is what the reader of this syntax calls an object.
func (v *visitor) name(obj types.Object) string { return gotypes.NameIn(v.node.Pkg.Types, obj) }

// typeName is what the reader of this syntax calls a type.
func (v *visitor) typeName(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(v.node.Pkg.Types))
}

// inLiteral reports whether the current node is inside a function literal.
func (v *visitor) inLiteral() bool {
	_, ok := gotypes.Enclosing[*ast.FuncLit](v.stack)
	return ok
}

// runsLater reports whether the current node is inside a function literal that is not called where it is.
func (v *visitor) runsLater() bool {
	for i := len(v.stack) - 1; i >= 0; i-- {
		lit, ok := v.stack[i].(*ast.FuncLit)
		if !ok {
			continue
		}
		if i == 0 {
			return true
		}
		if call, ok := v.stack[i-1].(*ast.CallExpr); !ok || call.Fun != lit {
			return true
		}
	}
	return false
}

// constantString is the value of a constant string expression.
func (v *visitor) constantString(e ast.Expr) (string, bool) {
	value := v.info.Types[e].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(value), true
}

// builtin returns the name of the built-in function that a node calls, or "".
func (v *visitor) builtin(x ast.Node) (call *ast.CallExpr, name string) {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return nil, ""
	}
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
		if b, ok := v.info.Uses[id].(*types.Builtin); ok {
			return call, b.Name()
		}
	}
	return nil, ""
}

// call returns the function that a node calls by name, or nil.
func (v *visitor) call(x ast.Node) (call *ast.CallExpr, callee *types.Func) {
	call, ok := x.(*ast.CallExpr)
	if !ok {
		return nil, nil
	}
	return call, gotypes.Callee(v.info, call)
}

// mention is the name of a function or method.
type mention struct {
	id         *ast.Ident
	fn         *types.Func // the generic one
	annotation *gosrc.Func // nil if there is none
	ref        ast.Expr    // the whole expression that names the function
	call       *ast.CallExpr
}

// mention returns the function that a node names.
func (v *visitor) mention(x ast.Node) (m mention, ok bool) {
	id, ok := x.(*ast.Ident)
	if !ok {
		return m, false
	}
	fn, ok := v.info.Uses[id].(*types.Func)
	if !ok {
		return m, false
	}
	m = mention{id: id, fn: fn.Origin(), annotation: v.index.Prog.Annotation(fn.Origin())}
	m.ref, m.call = gotypes.Reference(v.stack)
	return m, true
}

// value reports whether the function is not called, but taken as a value.
func (m mention) value() bool { return m.call == nil }

func (m mention) verb() string {
	if m.value() {
		return "uses"
	}
	return "calls"
}
