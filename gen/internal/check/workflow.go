// Rules: calls of workflows are children. Activities and steps are durable operations.

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
		{ID: childWorkflow, Title: "call of a workflow that is no child", Doc: `
A call of a workflow in workflow code starts a child and waits for its end. That takes the run, so code that does not know the run
cannot make the call: an interface's method, or a function of the standard library. Call the workflow by its own name, or in a
function literal.

A child has its own channels. Pass nil for the channel parameters of its function, and send signals and updates to the child with
its generated functions.`},
		{ID: SelfCall, Title: "workflow that ends by calling itself", Doc: `
The call can mean two things: a child workflow, or this run continued with a new history (continue as new). For a child, assign the
results first, and return them in another statement. The second is written with //pawl:continue on the line above the return
statement.`},
	},
	visit: func(v *visitor, x ast.Node) {
		m, ok := v.mention(x)
		switch {
		case !ok || !decls.IsWorkflow(m.annotation) || Continues(v.index.Prog, v.file, v.stack, m.call):
		case m.fn == v.node.Func && m.call != nil && inTail(v, m.call):
			v.report(m.id.Pos(), SelfCall, "to continue as new, put //pawl:continue on the line above;\nfor a child, assign the results first, and return them in another statement",
				"ends by calling itself, which can mean a child workflow or to continue as new")
		default:
			v.effect(m.id.Pos(), "", "workflow "+v.name(m.fn), m.value())
			if m.call != nil {
				checkChannels(v, m)
			}
		}
	},
}

const byName = "call it by its own name, or in a function literal"

// checkChannels reports arguments of a child for channels that are not nil.
func checkChannels(v *visitor, m mention) {
	params := m.fn.Signature().Params()
	args := m.call.Args
	if len(args) != params.Len() && !m.fn.Signature().Variadic() { // a method expression, or the results of another call
		args = args[max(0, len(args)-params.Len()):]
	}
	for i, arg := range args {
		if i >= params.Len() || gotypes.ChanType(params.At(i).Type()) == nil || v.info.Types[arg].IsNil() {
			continue
		}
		v.report(arg.Pos(), childWorkflow, "pass nil, and send to the child with its generated functions",
			"passes a channel to workflow %s, but a child has channels of its own", v.name(m.fn))
	}
}

// inTail reports whether a call is all that a return statement of the function itself returns.
func inTail(v *visitor, call *ast.CallExpr) bool {
	ret, ok := gotypes.Enclosing[*ast.ReturnStmt](v.stack)
	return ok && !v.inLiteral() && len(ret.Results) == 1 && ast.Unparen(ret.Results[0]) == call
}
