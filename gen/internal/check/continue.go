// Rule: //pawl:continue marks a call with which a workflow continues as new.

package check

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const continueAsNew = "PWL235"

var continueRule = rule{
	docs: []diag.Rule{{ID: continueAsNew, Title: "pawl:continue that cannot continue the run", Doc: `
A workflow continues as new by returning a call of itself:

	//pawl:continue
	return Subscribe(ctx, next, cancels)

The run then goes on with a history of its own, so nothing of the old one may be left: no deferred call, and no context but the
workflow's own. What is unread in its channels goes on with the run, so each channel is passed on, in its place. The directive is
directly above the return statement, which is in the workflow itself and not in a function literal.`}},
	program: func(p *pass) {
		for _, pkg := range p.index.Prog.Packages {
			for _, f := range pkg.Files {
				for _, mark := range f.Continues {
					p.found = append(p.found, checkContinue(p, pkg, f, mark)...)
				}
			}
		}
	},
}

// Continues reports whether a call is marked as one with which its function continues as new.
func Continues(prog *gosrc.Program, file *gosrc.File, stack []ast.Node, call *ast.CallExpr) bool {
	ret, ok := gotypes.Enclosing[*ast.ReturnStmt](stack)
	return ok && call != nil && len(ret.Results) == 1 && ast.Unparen(ret.Results[0]) == call && file.Continued(prog.Fset, ret)
}

// checkContinue checks one directive.
func checkContinue(p *pass, pkg *gosrc.Package, file *gosrc.File, mark gosrc.Continue) []diag.Diagnostic {
	at := func(pos token.Pos, fix, format string, args ...any) []diag.Diagnostic {
		return []diag.Diagnostic{{Pos: p.position(pos), Rule: continueAsNew, Message: fmt.Sprintf(format, args...), Fix: fix}}
	}
	decl, ret, inLiteral := markedReturn(p.index.Prog.Fset, file, mark)
	if ret == nil || len(ret.Results) != 1 {
		return at(mark.Pos, "put it on the line above: return F(ctx, next)", "pawl:continue is not directly above a return statement with a call")
	}
	fn, _ := pkg.Info.Defs[decl.Name].(*types.Func)
	call, _ := ast.Unparen(ret.Results[0]).(*ast.CallExpr)
	annotation := p.index.Prog.Annotation(fn)
	switch {
	case !decls.IsWorkflow(annotation):
		return at(mark.Pos, "return to the workflow what it needs, and continue there", "pawl:continue is in %s, which is no workflow", decl.Name.Name)
	case inLiteral:
		return at(mark.Pos, "return from the workflow itself", "pawl:continue is in a function literal of workflow %s", fn.Name())
	case call == nil || gotypes.Callee(pkg.Info, call) != fn || len(call.Args) != fn.Signature().Params().Len() && !fn.Signature().Variadic():
		return at(ret.Results[0].Pos(), fmt.Sprintf("call %s with its parameters one by one", fn.Name()), "workflow %s must continue as new with a call of itself", fn.Name())
	}
	var found []diag.Diagnostic
	found = append(found, checkCarried(pkg, fn, decl, call, at)...)
	inspectOwn(decl.Body, func(n ast.Node) {
		if d, ok := n.(*ast.DeferStmt); ok {
			found = append(found, at(d.Pos(), "call it before the return statement", "workflow %s defers a call and continues as new: the call would run before the next generation begins", fn.Name())...)
		}
	})
	return found
}

// checkCarried reports arguments that are not the parameters which the next generation takes over.
func checkCarried(pkg *gosrc.Package, fn *types.Func, decl *ast.FuncDecl, call *ast.CallExpr, at func(token.Pos, string, string, ...any) []diag.Diagnostic) (found []diag.Diagnostic) {
	params := fn.Signature().Params()
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil && !isVariable(pkg.Info, sel.X, fn.Signature().Recv()) {
		found = append(found, at(sel.X.Pos(), "call it on the workflow's own receiver", "workflow %s continues as new on another receiver", fn.Name())...)
	}
	for i, arg := range call.Args {
		if i >= params.Len() {
			break
		}
		param := params.At(i)
		if i > 0 && gotypes.ChanType(param.Type()) == nil {
			continue
		}
		switch {
		case !isVariable(pkg.Info, arg, param):
			fix := "pass " + param.Name()
			found = append(found, at(arg.Pos(), fix, "workflow %s continues as new without its own %s", fn.Name(), param.Name())...)
		case assigned(pkg.Info, decl.Body, param) != token.NoPos:
			found = append(found, at(assigned(pkg.Info, decl.Body, param), "use another variable",
				"workflow %s assigns to %s, which it passes on when it continues as new", fn.Name(), param.Name())...)
		}
	}
	return found
}

func isVariable(info *types.Info, e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && info.Uses[id] == v
}

// assigned returns where a variable is assigned, or its address is taken.
func assigned(info *types.Info, body ast.Node, v *types.Var) (pos token.Pos) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if isVariable(info, e, v) {
					pos = e.Pos()
				}
			}
		case *ast.UnaryExpr:
			if n.Op == token.AND && isVariable(info, n.X, v) {
				pos = n.Pos()
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if e != nil && isVariable(info, e, v) {
					pos = e.Pos()
				}
			}
		}
		return true
	})
	return pos
}

// markedReturn returns the return statement below a directive, and the function that it is in. ret is nil if there is none.
func markedReturn(fset *token.FileSet, file *gosrc.File, mark gosrc.Continue) (decl *ast.FuncDecl, ret *ast.ReturnStmt, inLiteral bool) {
	for _, d := range file.Syntax.Decls {
		fd, ok := d.(*ast.FuncDecl)
		if !ok || fd.Body == nil || mark.Pos < fd.Pos() || fd.End() < mark.Pos {
			continue
		}
		decl = fd
		ast.PreorderStack(fd.Body, nil, func(n ast.Node, stack []ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && mark.Marks(fset, r) {
				ret = r
				_, inLiteral = gotypes.Enclosing[*ast.FuncLit](stack)
			}
			return true
		})
	}
	return decl, ret, inLiteral
}

// inspectOwn calls visit with the nodes of a body that are not in function literals.
func inspectOwn(body ast.Node, visit func(ast.Node)) {
	ast.Inspect(body, func(n ast.Node) bool {
		if _, literal := n.(*ast.FuncLit); literal {
			return false
		}
		if n != nil {
			visit(n)
		}
		return true
	})
}
