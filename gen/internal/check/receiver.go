// Rule: the fields of an activity's receiver are not there in a workflow.

package check

import (
	"go/ast"
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

const activityState = "PWL226"

var receiverRule = rule{
	docs: []diag.Rule{{ID: activityState, Title: "state of an activity's receiver in workflow code", Doc: `
In a workflow, the receiver of an activity only says where the activity runs: its fields are empty there. Read the field
in an activity and return what the workflow needs.`}},
	visit: func(v *visitor, x ast.Node) {
		switch x := x.(type) {
		case *ast.CompositeLit:
			receiverLiteral(v, x)
		case *ast.Ident:
			receiverField(v, x)
		}
	},
}

// receiverLiteral rejects composite literals with fields for the receiver of activities.
func receiverLiteral(v *visitor, lit *ast.CompositeLit) {
	if n := gotypes.Origin(v.info.TypeOf(lit)); len(lit.Elts) > 0 && n != nil && v.index.ReceivesActivities(n) {
		v.report(lit.Pos(), activityState, "leave its fields empty here, and set them where the worker is made",
			"sets fields of %s, the receiver of activities, which do not reach the worker", v.name(n.Obj()))
	}
}

// receiverField rejects uses of a field.
func receiverField(v *visitor, id *ast.Ident) {
	field, ok := v.info.Uses[id].(*types.Var)
	if !ok || !field.IsField() {
		return
	}
	sel, ok := v.stack[max(0, len(v.stack)-2)].(*ast.SelectorExpr)
	if !ok || sel.Sel != id || v.info.Selections[sel] == nil {
		return
	}
	if owner := ownerOf(v.info.Selections[sel]); owner != nil && v.index.ReceivesActivities(owner) && !v.index.ReceivesWorkflows(owner) {
		v.report(id.Pos(), activityState, "read it in an activity, and return what the workflow needs",
			"uses field %s of %s, the receiver of activities, which is empty in a workflow", field.Name(), v.name(owner.Obj()))
	}
}

// ownerOf is the named struct that declares a selected field, at the end of all embedding.
func ownerOf(sel *types.Selection) *types.Named {
	t := sel.Recv()
	for _, i := range sel.Index()[:len(sel.Index())-1] {
		t = gotypes.Deref(t).Underlying().(*types.Struct).Field(i).Type()
	}
	return gotypes.Origin(t)
}
