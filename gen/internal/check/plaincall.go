// Rule: calls of annotated functions that run, but not as durable operations.

package check

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const (
	nestedActivity = "PWL244"
	ownRoot        = "PWL245"
	plainWorkflow  = "PWL246"
)

var plainCallRule = rule{
	docs: []diag.Rule{
		{ID: nestedActivity, Title: "activity called from an activity", Doc: `
Only workflow code calls activities and steps durably. In an activity, the call is one of an ordinary function: it has no retries, no
timeout and no record of its own. If that is meant, put what both need into a function without a directive. Otherwise call
the second activity from the workflow.`},
		{ID: ownRoot, Title: "activity or child under context.Background", Doc: `
A call under context.Background or context.TODO does not end when the run is cancelled or when its time is over. Pass the
context of the workflow, or one derived from it. For work that must go on after a cancellation, use
context.WithoutCancel(ctx).`},
		{ID: plainWorkflow, Title: "workflow called as a plain function", Doc: `
A workflow that package main calls by its own name runs as an ordinary function, without a run: nothing is recorded, and it does
not continue after a crash. Start a run with the generated function, such as StartCheckout.`},
	},
	program: func(p *pass) {
		p.index.Each(func(part decls.Part) {
			if d, ok := part.Decl.(*ast.FuncDecl); ok && d.Body != nil && !p.index.IsExternal(part.Pkg) {
				plainCalls(p, part, d)
			}
		})
	},
}

func plainCalls(p *pass, part decls.Part, d *ast.FuncDecl) {
	info := part.Pkg.Info
	fn, _ := info.Defs[d.Name].(*types.Func)
	if fn == nil {
		return
	}
	from := p.index.Prog.Annotation(fn)
	node := p.graph.Existing(fn)
	name := gotypes.NameIn(part.Pkg.Types, fn)
	ast.Inspect(d.Body, func(x ast.Node) bool {
		call, ok := x.(*ast.CallExpr)
		if !ok {
			return true
		}
		callee := gotypes.Callee(info, call)
		to := p.index.Prog.Annotation(callee)
		if to == nil {
			return true
		}
		remark := func(rule, fix, format string, args ...any) {
			p.remark(callgraph.Finding{Pos: call.Pos(), Rule: rule, Fix: fix, Message: fmt.Sprintf(format, args...), Remark: true})
		}
		called := gotypes.NameIn(part.Pkg.Types, callee)
		switch {
		case decls.IsOperation(from) && decls.IsOperation(to):
			remark(nestedActivity, "call it from the workflow, or put what both need into a function without a directive",
				"%s %s calls %s %s as an ordinary function, without retries and without a record", from.Kind, name, to.Kind, called)
		case node != nil && p.graph.Lowered[node] && makesRoot(info, call):
			remark(ownRoot, "pass the context of the workflow, or context.WithoutCancel of it",
				"%s calls %s %s under a context that does not end with the run", name, to.Kind, called)
		case decls.IsWorkflow(to) && part.Pkg.Name == "main" && node == nil:
			remark(plainWorkflow, "start a run with "+startName(to),
				"%s calls workflow %s as an ordinary function, without a run", name, called)
		}
		return true
	})
}

// makesRoot reports whether the first argument of a call is context.Background() or context.TODO().
func makesRoot(info *types.Info, call *ast.CallExpr) bool {
	if len(call.Args) == 0 {
		return false
	}
	arg, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr)
	if !ok {
		return false
	}
	fn := gotypes.Callee(info, arg)
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path() == "context" && (fn.Name() == "Background" || fn.Name() == "TODO")
}

// startName is the generated function that starts a workflow, as far as its name follows from that of a function.
func startName(f *gosrc.Func) string {
	if f.Type() != nil {
		return "the generated function Start" + f.Type().Obj().Name()
	}
	return "Start" + f.Obj.Name()
}
