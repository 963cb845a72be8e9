// This file describes calls to packages that don't know SSA.

package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Call is a call in the code of a workflow.
type Call struct {
	values *Values
	site   ssa.CallInstruction
}

// CallsAt returns the calls with an opening parenthesis at pos. A call in a generic function occurs once for each
// instance.
func (v *Values) CallsAt(pos token.Pos) (calls []Call) {
	for _, site := range v.sites[pos] {
		calls = append(calls, Call{v, site})
	}
	return calls
}

// Signature returns the signature of what is called.
func (c Call) Signature() *types.Signature { return c.site.Common().Signature() }

// Callees returns the declared functions and methods that the call may run.
func (c Call) Callees() (fns []*types.Func) {
	for _, callee := range c.values.program.callees(c.site) {
		if fn, ok := callee.Object().(*types.Func); ok {
			fns = append(fns, fn)
		}
	}
	return fns
}

// list is the last argument of a variadic call.
func (c Call) list() ssa.Value {
	args := c.site.Common().Args
	return args[len(args)-1]
}
