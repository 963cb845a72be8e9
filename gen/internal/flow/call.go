// This file describes calls to packages that don't know SSA.

package flow

import (
	"go/constant"
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

// Variadic returns the types that the i-th variadic argument may have, if it is an interface. It returns nil if the
// variadic arguments are passed as one list.
func (c Call) Variadic(i int) []types.Type {
	if s, ok := c.list().(*ssa.Slice); ok {
		if array, ok := s.X.(*ssa.Alloc); ok {
			return c.values.trace(func(t *tracer) { t.value(arguments(array)[i]) })
		}
	}
	return nil
}

// Variadics returns the types that any variadic argument may have, if they are interfaces.
func (c Call) Variadics() []types.Type {
	return c.values.trace(func(t *tracer) { t.elements(c.list()) })
}

// list is the last argument of a variadic call.
func (c Call) list() ssa.Value {
	args := c.site.Common().Args
	return args[len(args)-1]
}

// Strings returns the strings that the parameter before the variadic one may have. If known is false it may have any
// other value, too.
func (c Call) Strings() (texts []string, known bool) {
	args := c.site.Common().Args
	return c.values.strings(args[len(args)-2], map[ssa.Value]bool{})
}

// maxStrings limits the number of strings that a value may have. A value with more may have any.
const maxStrings = 1000

// strings returns what a string may be if it is made of constants alone.
func (v *Values) strings(s ssa.Value, seen map[ssa.Value]bool) (texts []string, known bool) {
	if seen[s] {
		return nil, false
	}
	seen[s] = true
	defer delete(seen, s)
	switch x := s.(type) {
	case *ssa.Const:
		if x.Value == nil || x.Value.Kind() != constant.String {
			return nil, false
		}
		return []string{constant.StringVal(x.Value)}, true
	case *ssa.BinOp:
		if x.Op != token.ADD {
			return nil, false
		}
		left, known := v.strings(x.X, seen)
		if !known {
			return nil, false
		}
		right, known := v.strings(x.Y, seen)
		return concatenated(left, right), known && len(left)*len(right) <= maxStrings
	case *ssa.Phi:
		return v.stringsOf(x.Edges, seen)
	case *ssa.Parameter:
		return v.stringsOf(v.passed(x), seen)
	}
	return nil, false
}

// stringsOf returns what any of some strings may be. They are not known if there are none: a parameter for which no call
// in reach passes an argument.
func (v *Values) stringsOf(all []ssa.Value, seen map[ssa.Value]bool) (texts []string, known bool) {
	for _, s := range all {
		some, known := v.strings(s, seen)
		if !known || len(texts)+len(some) > maxStrings {
			return nil, false
		}
		texts = append(texts, some...)
	}
	return texts, len(all) > 0
}

// concatenated returns each string of left followed by each string of right, unless there are too many.
func concatenated(left, right []string) (texts []string) {
	if len(left)*len(right) > maxStrings {
		return nil
	}
	for _, l := range left {
		for _, r := range right {
			texts = append(texts, l+r)
		}
	}
	return texts
}
