// Package printed finds addresses that package fmt and package log make into text. An address differs between
// processes, so text with an address in it differs on every replay.
//
// A format or the type of a value may already say that an address is printed: see [Static]. If the type has interfaces
// in it, the answer depends on the values that they hold at run time: see [Argument.Address], which follows values
// through the program.
package printed

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Static returns an address that is printed for a value of type t, whatever interfaces in it hold. It returns nil if
// there is none. Dynamic reports whether the values in interfaces decide whether there is one.
func Static(t types.Type, by Verb) (a *Address, dynamic bool) {
	f := &formatter{methods: by.methods(), open: func(part) bool { dynamic = true; return false }}
	return f.address(t), dynamic
}

// Argument is an argument of a call that may print it.
type Argument struct {
	Call   token.Pos // the opening parenthesis
	Index  int       // among the variadic arguments
	Spread bool      // the variadic arguments are passed as one list
	Value  bool      // the call is one of a function value, which may print its arguments or not
	Verb   Verb      // ignored if Spread or Value is set: then the format is looked up
}

// Address returns an address that is printed for one of the values that the argument may have, or nil if there is none.
func (a Argument) Address(values *flow.Values) (first *Address) {
	for _, call := range values.CallsAt(a.Call) {
		if a.Value && !slices.ContainsFunc(call.Callees(), func(fn *types.Func) bool { return stdlib.Of(fn).Printing.Prints }) {
			continue
		}
		for _, by := range a.verbs(call) {
			for _, t := range a.types(call) {
				found := newFormatter(by, values).address(t)
				if found != nil && (first == nil || t.String() < first.Type.String()) {
					first = found
				}
			}
		}
	}
	return first
}

// types returns the types that the argument may have.
func (a Argument) types(call flow.Call) []types.Type {
	if a.Spread {
		return call.Variadics()
	}
	return call.Variadic(a.Index)
}

// verbs returns the verbs that a call may print the argument with.
func (a Argument) verbs(call flow.Call) []Verb {
	switch {
	case !a.Value && !a.Spread:
		return []Verb{a.Verb}
	case !takesFormat(call.Signature()):
		return []Verb{Plain}
	}
	formats, known := call.Strings()
	if !known {
		return []Verb{Unknown}
	}
	verbs := []Verb{Plain}
	for _, format := range formats {
		for _, by := range Verbs(format) {
			if by.Rune == 'p' && !slices.Contains(verbs, by) {
				verbs = append(verbs, by)
			}
		}
	}
	return verbs
}

// takesFormat reports whether the parameter before the variadic one is a string.
func takesFormat(sig *types.Signature) bool {
	i := sig.Params().Len() - 2
	return i >= 0 && types.Identical(sig.Params().At(i).Type(), types.Typ[types.String])
}
