// Rule: calls under a context that the function itself has cancelled before.

package check

import (
	"fmt"
	"go/ast"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const endedContext = "PWL253"

var endedContextRule = rule{
	docs: []diag.Rule{
		{ID: endedContext, Title: "call under a cancelled context", Doc: `
An activity, a step or a child that is called under a context that has ended is not started: the call returns an error that names
it and wraps that of the context. A plain call of the function does start it, and leaves it to the function to look at its
context. Call it before the context is cancelled, or under context.WithoutCancel(ctx), for work that must still be done.`},
	},
	program: func(p *pass) {
		p.index.Each(func(part decls.Part) {
			d, ok := part.Decl.(*ast.FuncDecl)
			if !ok || d.Body == nil || p.index.IsExternal(part.Pkg) {
				return
			}
			fn, _ := part.Pkg.Info.Defs[d.Name].(*types.Func)
			if fn == nil {
				return
			}
			if node := p.graph.Existing(fn); node == nil || !p.graph.Lowered[node] {
				return
			}
			e := &endings{p, part, gotypes.NameIn(part.Pkg.Types, fn), cancels(part.Pkg.Info, d.Body)}
			ast.Inspect(d.Body, func(x ast.Node) bool {
				if block, ok := x.(*ast.BlockStmt); ok {
					e.block(block.List)
				}
				return true
			})
		})
	},
}

// cancels returns, for each cancel function that package context returns in a function body, the context that it cancels.
func cancels(info *types.Info, body *ast.BlockStmt) map[types.Object]types.Object {
	pairs := map[types.Object]types.Object{}
	ast.Inspect(body, func(x ast.Node) bool {
		assign, ok := x.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 2 || len(assign.Rhs) != 1 {
			return true
		}
		call, ok := assign.Rhs[0].(*ast.CallExpr)
		if !ok {
			return true
		}
		fn := gotypes.Callee(info, call)
		if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "context" || !strings.HasPrefix(fn.Name(), "With") {
			return true
		}
		if ctx, cancel := variable(info, assign.Lhs[0]), variable(info, assign.Lhs[1]); ctx != nil && cancel != nil {
			if _, again := pairs[cancel]; again { // which of the contexts it cancels is not followed
				ctx = nil
			}
			pairs[cancel] = ctx
		}
		return true
	})
	return pairs
}

// variable returns the variable that an expression names, or nil.
func variable(info *types.Info, e ast.Expr) types.Object {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := info.ObjectOf(id).(*types.Var)
	if !ok {
		return nil
	}
	return v
}

// endings finds calls in one function.
type endings struct {
	p       *pass
	part    decls.Part
	name    string
	cancels map[types.Object]types.Object
}

// block looks at statements that are executed one after the other.
func (e *endings) block(list []ast.Stmt) {
	ended := map[types.Object]bool{}
	for _, s := range list {
		e.calls(s, ended)
		if x, ok := s.(*ast.ExprStmt); ok {
			if call, ok := x.X.(*ast.CallExpr); ok {
				if ctx := e.cancels[variable(e.part.Pkg.Info, call.Fun)]; ctx != nil {
					ended[ctx] = true
				}
			}
		}
	}
}

// calls reports the calls in a statement under contexts that have ended. An assignment to such a variable gives it another context.
func (e *endings) calls(s ast.Stmt, ended map[types.Object]bool) {
	if len(ended) == 0 {
		return
	}
	info := e.part.Pkg.Info
	ast.Inspect(s, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.FuncLit: // it may be called at another time
			return false
		case *ast.AssignStmt:
			for _, left := range x.Lhs {
				delete(ended, variable(info, left))
			}
		case *ast.CallExpr:
			to := e.p.index.Prog.Annotation(gotypes.Callee(info, x))
			if to == nil || len(x.Args) == 0 || !ended[variable(info, x.Args[0])] {
				return true
			}
			e.p.remark(callgraph.Finding{
				Pos: x.Pos(), Rule: endedContext, Remark: true, Fix: "call it before the context is cancelled, or under context.WithoutCancel of it",
				Message: fmt.Sprintf("%s calls %s %s under a context that it has cancelled: it is not started, as it would be in plain Go",
					e.name, to.Kind, gotypes.NameIn(e.part.Pkg.Types, to.Obj)),
			})
		}
		return true
	})
}
