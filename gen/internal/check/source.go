// Rule: functions of the program are followed, so they need source in Go.

package check

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const noSource = "PWL234"

var sourceRule = rule{
	docs: []diag.Rule{{ID: noSource, Title: "function without Go source", Doc: `
The function has no body in Go, or Pawl has generated it for callers outside of workflows. Its behavior is not known.
Call it in an activity.`}},
	visit: func(v *visitor, x ast.Node) {
		if m, ok := v.mention(x); ok && m.annotation == nil && v.index.Has(m.fn) && !gotypes.IsInterfaceMethod(m.fn) {
			checkSource(v, m)
		}
	},
}

func checkSource(v *visitor, m mention) {
	d, ok := v.index.Funcs[m.fn]
	pos, name := m.id.Pos(), v.name(m.fn)
	switch {
	case !ok && checkStub(v, m):
	case !ok:
		v.report(pos, noSource, "call it outside of workflows, or in an activity", "%s %s, which Pawl has generated for callers outside of workflows", m.verb(), name)
	case d.Decl.Body == nil && !d.Pure:
		v.report(pos, noSource, stdlib.ToActivity, "%s %s, which has no body in Go", m.verb(), name)
	case d.Decl.Body == nil && slices.ContainsFunc(slices.Collect(m.fn.Signature().Results().Variables()), returnsFunc):
		v.report(pos, noSource, stdlib.ToActivity, "%s %s, which has no body in Go and returns a function that cannot be followed", m.verb(), name)
	default:
		v.edge(pos, v.graph.Function(m.fn), m.verb(), m.value())
	}
}

func returnsFunc(result *types.Var) bool { return holdsFunc(result.Type(), map[types.Type]bool{}) }
