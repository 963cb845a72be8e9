// Rule: package variables are shared by all runs, so a workflow must neither write them nor read what changes.

package check

import (
	"cmp"
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const (
	varWrite   = "PWL221"
	varMutable = "PWL222"
	varAlias   = "PWL225"
)

var packageVarRule = rule{
	docs: []diag.Rule{
		{ID: varWrite, Title: "write to a package variable", Doc: `
All runs of a worker share its package variables, and a replay writes them again. Keep the value in a local variable and
pass it on, or return it.`},
		{ID: varMutable, Title: "read of a package variable that changes", Doc: `
The variable is written after its package was initialized, so a replay may read another value than the first execution.
Pass the value as an input of the workflow or in a config field of its receiver, or read it in an activity.`},
		{ID: varAlias, Title: "package variable that may be written through another name", Doc: `
All runs of a worker share what a package variable points to. Workflow code may read it in place, and may pass it to
functions that only read it. If it is passed on, stored or returned, it may be written, and a replay would read another
value. Copy it (slices.Clone, maps.Clone), pass it as an input of the workflow, or accept it with //pawl:allow PWL225 and
a reason, at the use or at the variable.`},
	},
	visit: func(v *visitor, x ast.Node) {
		checkWrites(v, x)
		id, ok := x.(*ast.Ident)
		if !ok {
			return
		}
		if pv, ok := v.info.Uses[id].(*types.Var); ok && gotypes.IsPackageVar(pv) && v.index.Has(pv) && v.node.Var != pv {
			v.edge(id.Pos(), v.graph.Variable(pv), "reads", false)
			if !checkAlias(v, id, pv) {
				checkRead(v, id, pv)
			}
		}
	},
}

// checkRead rejects a read of a variable that something writes.
func checkRead(v *visitor, id *ast.Ident, pv *types.Var) {
	if by := v.writes.Writer(pv); by != nil && !v.written[id] {
		v.add(callgraph.Finding{Pos: id.Pos(), Rule: varMutable, Decl: pv.Pos(), Fix: stdlib.UseInput,
			Message: "reads " + v.name(pv) + ", a package variable that " + v.name(by) + " writes, so a replay may read another value"})
	}
}

// checkAlias rejects a use of a variable after which it may be written through another name. During initialization a
// variable may be shared freely.
func checkAlias(v *visitor, id *ast.Ident, pv *types.Var) bool {
	use, ok := v.aliases.Use(id)
	if !ok || v.written[id] || v.node.Var != nil && !v.inLiteral() && !use.Bound {
		return false
	}
	why := use.Harm
	if why == "" && use.Returned {
		why = v.node.Func.Name() + " returns it"
	}
	if why == "" {
		return false
	}
	v.add(callgraph.Finding{Pos: id.Pos(), Rule: varAlias, Decl: pv.Pos(),
		Fix:     "read it in place, copy it (slices.Clone, maps.Clone), pass it as an input of the workflow,\nor accept it with //pawl:allow " + varAlias + " and a reason",
		Message: "uses " + v.name(pv) + ", a package variable that all runs share, in a way that may change it: " + why})
	return true
}

// checkWrites rejects what a node does to package variables. Initialization may write them. It also notes function
// literals that change variables around them.
func checkWrites(v *visitor, x ast.Node) {
	for _, t := range v.writes.Targets(v.info, x) {
		lit, inLiteral := gotypes.Enclosing[*ast.FuncLit](v.stack)
		switch {
		case !gotypes.IsPackageVar(t.Var):
			if inLiteral && (t.Var.Pos() < lit.Pos() || lit.End() <= t.Var.Pos()) {
				v.node.Captures = true
			}
		case v.index.Has(t.Var) && (v.node.Var == nil || inLiteral):
			v.written[t.Root] = true
			v.report(t.Root.Pos(), cmp.Or(t.Rule, varWrite), cmp.Or(makeInRun[t.Rule], "keep it in a local variable, or return it"), "%s %s, a package variable that all runs share", t.How, v.name(t.Var))
		}
	}
}

// makeInRun is what to do instead of keeping something in a package variable, by the rule that it breaks.
var makeInRun = map[string]string{
	stdlib.GoStatement: "start the goroutine in the workflow",
	stdlib.Channels:    "make the channel in the workflow, and pass it on",
	stdlib.SyncObjects: "declare it in the workflow or in a struct that the workflow makes, and pass on a pointer to it",
	stdlib.Timers:      "make the timer in the workflow, and pass it on",
	stdlib.Contexts:    "derive the context in the workflow, and pass it on",
}
