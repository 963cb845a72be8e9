// This file decides what the parameters of workflows are for.

package describe

import (
	"fmt"
	"go/types"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// role returns what a parameter of f is for, and the types that this is about.
func role(f *gosrc.Func, v *types.Var) (ir.Role, []types.Type) {
	ch := channel(f, v)
	if ch == nil || ch.Dir() != types.RecvOnly {
		return ir.Input, nil
	}
	if in, out, ok := request(ch.Elem()); ok {
		return ir.Update, []types.Type{in, out}
	}
	return ir.Signal, []types.Type{ch.Elem()}
}

// request returns the type arguments of pawl.Request.
func request(t types.Type) (in, out types.Type, ok bool) {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Name() != "Request" || n.Obj().Pkg() == nil || n.Obj().Pkg().Path() != importpath.ABI || n.TypeArgs().Len() != 2 {
		return nil, nil, false
	}
	return n.TypeArgs().At(0), n.TypeArgs().At(1), true
}

// channel returns the type of a parameter of a workflow that is a channel, or nil.
func channel(f *gosrc.Func, v *types.Var) *types.Chan {
	if f.Kind != annotations.Workflow {
		return nil
	}
	return gotypes.ChanType(v.Type())
}

// setRoles sets the roles of the parameters that describe vs.
func setRoles(f *gosrc.Func, params []ir.Param, vs []*types.Var) []ir.Param {
	for i, v := range vs {
		role, elems := role(f, v)
		params[i].Role = role
		for _, t := range elems {
			params[i].Elems = append(params[i].Elems, typeOf(t))
		}
	}
	return params
}

// checkChannel checks a parameter of a workflow that is a channel.
func checkChannel(p *gosrc.Program, f *gosrc.Func, v *types.Var, ch *types.Chan) []diag.Diagnostic {
	at := func(problem, fix string) []diag.Diagnostic {
		return []diag.Diagnostic{p.At(v.Pos(), ruleSignal, fmt.Sprintf("workflow %s %s", f.Name(), problem), fix)}
	}
	switch {
	case ch.Dir() != types.RecvOnly:
		return at(fmt.Sprintf("takes a %s, but a workflow can only receive signals and updates", short(v.Type())),
			fmt.Sprintf("write: %s <-chan %s", v.Name(), short(ch.Elem())))
	case !named(v):
		return at("has a signal without a name, and signals are sent by the name of the parameter", "name the parameter")
	}
	if f.Directive.Options.Codec != "" {
		return nil
	}
	what := []string{"signal"}
	role, elems := role(f, v)
	if role == ir.Update {
		what = []string{"input of update", "answer of update"}
	}
	for i, t := range elems {
		if fault := encodable(t); fault != nil {
			return []diag.Diagnostic{p.At(v.Pos(), ruleEncode, fmt.Sprintf("%s %s of workflow %s cannot be recorded: %s", what[i], v.Name(), f.Name(), fault.inResult(t)), fault.fix)}
		}
	}
	return nil
}
