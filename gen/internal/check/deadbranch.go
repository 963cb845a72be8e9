// Rule: a branch on an error that an activity never returns, because Pawl retries the activity instead.

package check

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/describe"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const deadBranch = "PWL241"

var deadBranchRule = rule{
	docs: []diag.Rule{{ID: deadBranch, Title: "error that never arrives", Doc: `
An activity is retried until it succeeds, unless the error is final. This error is not final, and the activity retries it
indefinitely, so the branch is never taken. Name the error in the activity's final=, return it through pawl.Final, or limit
the attempts with attempts=.`}},
	reached: func(p *pass, r *callgraph.Reach) {
		for _, n := range r.Nodes {
			if d, ok := p.index.Funcs[n.Func]; ok && p.graph.Lowered[n] && d.Decl.Body != nil {
				errorTests(p, r, n, d)
			}
		}
	},
}

func errorTests(p *pass, r *callgraph.Reach, n *callgraph.Node, d decls.Func) {
	ast.PreorderStack(d.Decl, nil, func(x ast.Node, stack []ast.Node) bool {
		call, ok := x.(*ast.CallExpr)
		if !ok {
			return true
		}
		if v, wanted := errorTest(d.Pkg.Info, call); v != nil && wanted != nil {
			for _, op := range sources(p.index, d, append(stack, x), v) {
				if neverReturns(p, op, wanted) {
					p.report(r, n, deadBranchFinding(n, op, wanted, call))
					break
				}
			}
		}
		return true
	})
}

func deadBranchFinding(n *callgraph.Node, op *gosrc.Func, wanted types.Object, call *ast.CallExpr) callgraph.Finding {
	name, err := gotypes.NameIn(n.Pkg.Types, op.Obj), gotypes.NameIn(n.Pkg.Types, wanted)
	if _, ok := wanted.(*types.TypeName); ok && isPointerError(wanted.Type()) {
		err = "*" + err
	}
	return callgraph.Finding{
		Pos: call.Pos(), Rule: deadBranch,
		Fix:     fmt.Sprintf("add final=%s to the pawl:%s of %s", err, op.Kind, name),
		Message: fmt.Sprintf("%s retries %s indefinitely, so this branch is never reached", name, err),
	}
}

// isPointerError reports whether the pointer to a type is an error, and the type itself is not.
func isPointerError(t types.Type) bool { return !gotypes.ImplementsError(t) }

// neverReturns reports whether an operation that fails with the wanted error is retried indefinitely.
func neverReturns(p *pass, op *gosrc.Func, wanted types.Object) bool {
	o := op.Directive.Options
	if o.Attempts != 0 || o.ScheduleToClose != 0 || wanted.Pkg() == nil || exempt(wanted) {
		return false
	}
	for _, final := range describe.Finals(op) {
		if final.Obj == wanted || madeOf(p, wanted, final.Obj) {
			return false
		}
	}
	return !finalByItself(p, wanted) && !makesFinal(p, op)
}

// exempt reports whether an error comes from the engine, and not from the activity.
func exempt(wanted types.Object) bool {
	return wanted.Pkg().Path() == "context" || importpath.IsEngine(wanted.Pkg().Path())
}

// madeOf reports whether a sentinel is a value of a final type.
func madeOf(p *pass, wanted, final types.Object) bool {
	v, ok := wanted.(*types.Var)
	if !ok {
		return false
	}
	d, ok := p.index.Vars[v]
	return ok && d.Init != nil && gotypes.Origin(d.Pkg.Info.TypeOf(d.Init)) == gotypes.Origin(final.Type()) && gotypes.Origin(final.Type()) != nil
}

// finalByItself reports whether an error says that it is final.
func finalByItself(p *pass, wanted types.Object) bool {
	if v, ok := wanted.(*types.Var); ok {
		d, ok := p.index.Vars[v]
		if !ok || d.Init == nil {
			return false
		}
		call, ok := ast.Unparen(d.Init).(*ast.CallExpr)
		return ok && stdlib.PawlFinal.Is(gotypes.Callee(d.Pkg.Info, call)) || hasFinalMethod(d.Pkg.Info.TypeOf(d.Init))
	}
	return hasFinalMethod(wanted.Type())
}

func hasFinalMethod(t types.Type) bool {
	n := gotypes.Origin(t)
	return n != nil && gotypes.LookupMethod(n, nil, "Final") != nil
}

// makesFinal reports whether the code of an operation, or what it reaches in the module, may make its errors final: it
// calls pawl.Final, or uses a type that has a method Final. If no type of the module implements an interface, nothing is
// known of its methods.
func makesFinal(p *pass, op *gosrc.Func) bool {
	work := []*types.Func{op.Obj}
	if op.Iface != nil {
		if work = implementations(p, op); len(work) == 0 {
			return true
		}
	}
	seen := map[*types.Func]bool{}
	for len(work) > 0 {
		fn := work[len(work)-1]
		work = work[:len(work)-1]
		d, ok := p.index.Funcs[fn]
		if seen[fn] || !ok {
			continue
		}
		seen[fn] = true
		final := false
		ast.Inspect(d.Decl, func(x ast.Node) bool {
			id, ok := x.(*ast.Ident)
			if !ok {
				return true
			}
			switch obj := d.Pkg.Info.Uses[id].(type) {
			case *types.Func:
				final = final || stdlib.PawlFinal.Is(obj)
				work = append(work, obj.Origin())
			case *types.TypeName:
				final = final || hasFinalMethod(obj.Type())
			case *types.Var:
				final = final || gotypes.IsPackageVar(obj) && finalByItself(p, obj)
			}
			return !final
		})
		if final {
			return true
		}
	}
	return false
}

// implementations are the methods of the module that implement an annotated method of an interface.
func implementations(p *pass, op *gosrc.Func) (fns []*types.Func) {
	iface := op.Iface.Underlying().(*types.Interface)
	for fn, d := range p.index.Funcs {
		recv := gotypes.Receiver(fn)
		if fn.Name() == op.Obj.Name() && d.Decl.Recv != nil && recv != nil && types.Implements(types.NewPointer(recv), iface) {
			fns = append(fns, fn)
		}
	}
	return fns
}
