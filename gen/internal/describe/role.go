// This file decides what the parameters of workflows are for.

package describe

import (
	"fmt"
	"go/types"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// role returns what a parameter of f is for, and the types that this is about.
func role(f *gosrc.Func, v *types.Var) (ir.Role, []types.Type) {
	if ch := channel(f, v); ch != nil && ch.Dir() == types.RecvOnly {
		return ir.Signal, []types.Type{ch.Elem()}
	}
	return ir.Input, nil
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
		return at(fmt.Sprintf("takes a %s, but a workflow can only receive signals", short(v.Type())),
			fmt.Sprintf("write: %s <-chan %s", v.Name(), short(ch.Elem())))
	case !named(v):
		return at("has a signal without a name, and signals are sent by the name of the parameter", "name the parameter")
	}
	if fault := encodable(ch.Elem()); fault != nil && f.Directive.Options.Codec == "" {
		return []diag.Diagnostic{p.At(v.Pos(), ruleEncode, fmt.Sprintf("signal %s of workflow %s cannot be recorded: %s", v.Name(), f.Name(), fault.inResult(ch.Elem())), fault.fix)}
	}
	return nil
}
