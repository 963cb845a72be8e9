// Rule: a context value is not seen by activities.

package check

import (
	"go/ast"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

const contextValue = "PWL242"

var contextValueRule = rule{
	docs: []diag.Rule{{ID: contextValue, Title: "context value that activities do not see", Doc: `
A value in a context is seen by the workflow's own code, but not by the activities that it calls: they run in other
processes. Pass it as an argument.`}},
	visit: func(v *visitor, x ast.Node) {
		if call, callee := v.call(x); stdlib.ContextWithValue.Is(callee) {
			v.remark(call.Pos(), contextValue, "pass it as an argument where an activity needs it", "puts a value into a context, which activities do not see")
		}
	},
}
