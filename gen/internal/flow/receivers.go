// This file finds the types that the receivers of interface calls may have.

package flow

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Receivers knows the types that the receivers of interface calls may have in the code of one workflow. It isn't safe for
// concurrent use.
type Receivers struct {
	program *Program
	added   map[types.Object]bool
	escaped map[*types.Named]bool
	any     bool // values of any type may have escaped
	seen    map[types.Type]bool
}

// NewReceivers returns the receivers in a workflow of which no code has been added yet. The engine has values of the
// types in errors, which activities return, and calls functions with the signatures in annotated.
func NewReceivers(p *Program, errors []*types.Named, annotated []*types.Signature) *Receivers {
	r := &Receivers{program: p, added: map[types.Object]bool{}, escaped: map[*types.Named]bool{}, seen: map[types.Type]bool{}}
	for _, t := range errors {
		r.escapeType(t)
	}
	for _, sig := range annotated {
		r.escapeEncoded(sig)
	}
	return r
}

// Add adds the body of a function, or the initialization of a package variable, to the code of the workflow.
func (r *Receivers) Add(code types.Object) {
	if r.added[code] {
		return
	}
	r.added[code] = true
	for _, fn := range r.program.bodiesOf(code) {
		r.escapeFrom(fn)
	}
}

// May reports whether a value of type t, or a pointer to one, may be the receiver of a call, given by its opening
// parenthesis.
func (r *Receivers) May(call token.Pos, t types.Type) bool {
	n := gotypes.Origin(t)
	return r.any || n == nil || r.escaped[n] || r.program.receivers[call][n] || !r.program.known[n.Obj().Pkg()]
}

// escapeEncoded enters what an annotated function takes and returns, apart from its context and its error.
func (r *Receivers) escapeEncoded(sig *types.Signature) {
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if !gotypes.IsContext(v.Type()) && !gotypes.IsError(v.Type()) {
				r.escapeType(v.Type())
			}
		}
	}
}

// escapeFrom enters what a body passes to unknown code.
func (r *Receivers) escapeFrom(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, in := range b.Instrs {
			if call, ok := in.(ssa.CallInstruction); ok && !r.program.inside[call] && !discards(call.Common()) {
				for _, arg := range call.Common().Args {
					r.escape(arg)
				}
			}
			if store, ok := in.(*ssa.Store); ok && r.foreignField(store.Addr) {
				r.escape(store.Val)
			}
		}
	}
}

// discards reports whether nothing that a call is given can be obtained afterwards: it calls a built-in, which is
// followed, or a function that makes text of its arguments.
func discards(call *ssa.CallCommon) bool {
	switch fn := call.Value.(type) {
	case *ssa.Builtin:
		return true
	case *ssa.Function:
		return fn.Pkg != nil && fn.Object() != nil && stdlib.Of(fn.Object()).Discards
	}
	return false
}

// foreignField reports whether an address is that of a field of a type from outside, which bodies from there may read.
func (r *Receivers) foreignField(addr ssa.Value) bool {
	field, ok := addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	t := gotypes.Origin(field.X.Type())
	return t != nil && !r.program.known[t.Obj().Pkg()]
}

// escape enters a value that unknown code gets.
func (r *Receivers) escape(v ssa.Value) {
	switch v := v.(type) {
	case *ssa.Const:
	case *ssa.MakeInterface:
		r.escapeType(v.X.Type())
	case *ssa.ChangeInterface:
		r.escape(v.X)
	case *ssa.Slice:
		if array, ok := variadic(v); ok {
			for _, arg := range arguments(array) {
				r.escape(arg)
			}
			return
		}
		r.escapeType(v.Type())
	default:
		r.escapeType(v.Type())
	}
}

// escapeType enters everything that can be obtained from a value of a type: what it holds, what its methods return, and
// what a function takes and returns.
func (r *Receivers) escapeType(t types.Type) {
	t = types.Unalias(t)
	if r.seen[t] {
		return
	}
	r.seen[t] = true
	if n, ok := t.(*types.Named); ok && !types.IsInterface(n) && r.program.known[n.Obj().Pkg()] {
		r.escaped[n.Origin()] = true
		for m := range r.program.types.methods(n).Methods() {
			r.escapeType(m.Type().(*types.Signature).Results())
		}
	}
	switch u := t.Underlying().(type) {
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels and maps
		if m, ok := u.(*types.Map); ok {
			r.escapeType(m.Key())
		}
		r.escapeType(u.Elem())
	case *types.Struct:
		if gotypes.Origin(t) != nil {
			return // fields of known types are followed, and what is in other fields has escaped when it was stored
		}
		for field := range u.Fields() {
			r.escapeType(field.Type())
		}
	case *types.Tuple:
		for v := range u.Variables() {
			r.escapeType(v.Type())
		}
	case *types.Signature:
		r.escapeType(u.Params())
		r.escapeType(u.Results())
	case *types.Interface:
		r.escapeInterface(u)
	}
}

// escapeInterface enters that values of any type that implements an interface may have escaped.
func (r *Receivers) escapeInterface(iface *types.Interface) {
	if iface.NumMethods() == 0 || gotypes.ParametricMethods(iface) {
		r.any = true
		return
	}
	for _, t := range r.program.types.implementing(iface) {
		r.escapeType(t)
	}
}
