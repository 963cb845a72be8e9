// Rule: a workflow must not call a workflow. Activities and steps are durable operations.

package check

import (
	"go/ast"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/decls"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const (
	childWorkflow = "PWL231"
	// SelfCall is the rule that a workflow breaks which ends by calling itself.
	SelfCall = "PWL232"
)

var operationRule = rule{visit: func(v *visitor, x ast.Node) {
	if m, ok := v.mention(x); ok && decls.IsOperation(m.annotation) {
		v.effect(m.id.Pos(), "", string(m.annotation.Kind)+" "+v.name(m.fn), m.value())
	}
}}

var workflowRule = rule{
	docs: []diag.Rule{
		{ID: childWorkflow, Title: "call of a workflow", Doc: `
A workflow called by a workflow is a child. Child workflows come with a later release. Put what both need into a plain
function, which any workflow may call.`},
		{ID: SelfCall, Title: "workflow that ends by calling itself", Doc: `
The call can mean two things: a child workflow, or this run continued with a new history (continue as new). The first will
be written as it is here, the second with //pawl:continue above it. Both come with a later release. Write a loop.`},
	},
	visit: func(v *visitor, x ast.Node) {
		m, ok := v.mention(x)
		switch {
		case !ok || !decls.IsWorkflow(m.annotation):
		case m.fn == v.node.Func && m.call != nil && inTail(v, m.call):
			v.report(m.id.Pos(), SelfCall, "write a loop; a later release will have both a child workflow\nand, with //pawl:continue, a run that continues with a new history",
				"ends by calling itself, which can mean a child workflow or to continue as new")
		default:
			v.report(m.id.Pos(), childWorkflow, noChildren, "%s workflow %s", m.verb(), v.name(m.fn))
		}
	},
}

const noChildren = "child workflows come with a later release; put what both need into a plain function"

// inTail reports whether a call is all that a return statement of the function itself returns.
func inTail(v *visitor, call *ast.CallExpr) bool {
	ret, ok := gotypes.Enclosing[*ast.ReturnStmt](v.stack)
	return ok && !v.inLiteral() && len(ret.Results) == 1 && ast.Unparen(ret.Results[0]) == call
}
