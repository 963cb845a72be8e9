// Rule: generated functions that start, find and address runs are operations of the run in workflow code, with a nil client.

package check

import (
	"go/types"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
)

const realClient = "PWL247"

var stubRule = rule{
	docs: []diag.Rule{{ID: realClient, Title: "client in a workflow", Doc: `
Workflow code starts, signals, updates and cancels other runs, and waits for their results, with the same generated functions as other
code, and with nil for the client: StartShip(ctx, nil, id, order), FindShip(nil, id).Cancel(ctx, reason). Each is an operation of the
run, done once and recorded. With a client, every replay would do it again.

Handles of updates that are accepted and not yet answered are for other code. In a workflow, call the method that waits for the answer,
in a goroutine.`}},
}

// checkStub reports what a workflow must not do with a generated function. It reports false if the function is not one that starts,
// finds or addresses runs.
func checkStub(v *visitor, m mention) bool {
	sig := m.fn.Signature()
	if sig.Results().Len() > 0 && isPawl(sig.Results().At(0).Type(), "StartOption") {
		return true
	}
	client := -1
	for i := range sig.Params().Len() {
		if isPawl(gotypes.Deref(sig.Params().At(i).Type()), "Client") {
			client = i
		}
	}
	switch {
	case client < 0 && !handle(sig):
		return false
	case sig.Results().Len() > 0 && isPawl(sig.Results().At(0).Type(), "Update"):
		v.report(m.id.Pos(), realClient, "call the method that waits for the answer, in a goroutine", "%s %s, whose handle is for code outside of workflows", m.verb(), v.name(m.fn))
	case client >= 0 && m.call == nil:
		v.report(m.id.Pos(), realClient, "call it, with nil for the client", "uses %s, which takes a client", v.name(m.fn))
	case client >= 0 && (client >= len(m.call.Args) || !v.info.Types[m.call.Args[client]].IsNil()):
		v.report(m.id.Pos(), realClient, "pass nil: the run does it, and records it", "calls %s with a client, which would do it again on every replay", v.name(m.fn))
	case sig.Params().Len() > 0 && types.TypeString(sig.Params().At(0).Type(), nil) == "context.Context":
		v.effect(m.id.Pos(), "", v.name(m.fn), m.value())
	}
	return true
}

// handle reports whether a method is one of a generated handle on a run.
func handle(sig *types.Signature) bool {
	if sig.Recv() == nil {
		return false
	}
	s, ok := sig.Recv().Type().Underlying().(*types.Struct)
	return ok && s.NumFields() == 1 && s.Field(0).Embedded() && isPawl(gotypes.Deref(s.Field(0).Type()), "Run")
}

// isPawl reports whether a type is one of package pawl, or what it is another name for.
func isPawl(t types.Type, name string) bool {
	switch t := t.(type) {
	case *types.Alias:
		return of(t.Obj(), name)
	case *types.Named:
		return of(t.Obj(), name)
	}
	return false
}

func of(obj *types.TypeName, name string) bool {
	return obj.Name() == name && obj.Pkg() != nil && obj.Pkg().Path() == importpath.Pawl
}
