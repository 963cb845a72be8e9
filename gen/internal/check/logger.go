// Rule: what workflow code logs with a logger of a package variable is written again on every replay.

package check

import (
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/callgraph"
)

const packageLogger = "PWL243"

var loggerRule = rule{
	docs: []diag.Rule{{ID: packageLogger, Title: "logger in a package variable", Doc: `
A *slog.Logger or a *log.Logger in a package variable does not know the run. What workflow code logs with it appears again on
every replay, with the time of the process. Nothing else depends on it, so this is a remark. Call slog.Default or log.Default,
or the functions of these packages, in workflow code: they write nothing during a replay.`}},
	reached: func(p *pass, r *callgraph.Reach) {
		for _, n := range r.Nodes {
			for _, e := range n.Edges {
				if isLogger(e.To) && n.Var == nil && !p.graph.External(n) {
					p.report(r, n, callgraph.Finding{
						Pos: e.Pos, Rule: packageLogger, Decl: e.To.Var.Pos(), Remark: true,
						Fix:     "call slog.Default or log.Default in the workflow, or the functions of package slog or log",
						Message: n.Subject() + " uses logger " + e.To.Name(n.Pkg.Types) + ", which writes again on every replay",
					})
				}
			}
		}
	},
}

// isLogger reports whether a node is a package variable that holds a logger. Workflow code cannot read anything back from one.
func isLogger(n *callgraph.Node) bool {
	if n.Var == nil {
		return false
	}
	p, ok := types.Unalias(n.Var.Type()).(*types.Pointer)
	if !ok {
		return false
	}
	t, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok || t.Obj().Pkg() == nil || t.Obj().Name() != "Logger" {
		return false
	}
	return t.Obj().Pkg().Path() == "log/slog" || t.Obj().Pkg().Path() == "log"
}

// onlyForLogger reports whether a workflow reaches a node only because it makes a logger that a package variable holds.
func onlyForLogger(r *callgraph.Reach, n *callgraph.Node) bool {
	if n == r.Root {
		return false
	}
	_, otherwise := r.Search(r.Root, func(n *callgraph.Node) bool { return !isLogger(n) }, func(at *callgraph.Node) bool { return at == n })
	return !otherwise
}
