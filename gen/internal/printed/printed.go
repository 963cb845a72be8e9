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
		for _, list := range call.Handed() {
			for _, p := range a.printed(call, list) {
				for _, t := range list.Types(p.arg) {
					found := newFormatter(p.by, values).address(t)
					if found != nil && (first == nil || t.String() < first.Type.String()) {
						first = found
						first.Calls = list.Calls
					}
				}
			}
		}
	}
	return first
}

// use is one way in which an argument of a list is printed.
type use struct {
	arg int
	by  Verb
}

// printed returns how a call prints its argument, which is in a list.
func (a Argument) printed(call flow.Call, list flow.Handed) []use {
	if !a.Value && !a.Spread {
		return []use{{a.Index, a.Verb}}
	}
	formats, known := []string{""}, true
	if takesFormat(call.Signature()) {
		formats, known = list.Strings()
	}
	if !known {
		return each(list, Unknown)
	}
	var uses []use
	for _, format := range formats {
		uses = append(uses, usesOf(format, list)...)
	}
	return uses
}

// usesOf returns how a list is printed by a format. Arguments without a verb are printed after all others.
func usesOf(format string, list flow.Handed) (uses []use) {
	taken := map[int]bool{}
	for _, verb := range Verbs(format) {
		taken[verb.Arg] = true
		switch {
		case verb.Rune == 'T' || verb.Rune == '*':
		case list.Len() < 0:
			uses = append(uses, use{0, verb})
		case verb.Arg < list.Len():
			uses = append(uses, use{verb.Arg, verb})
		}
	}
	for _, u := range each(list, Plain) {
		if list.Len() < 0 || !taken[u.arg] {
			uses = append(uses, u)
		}
	}
	return uses
}

// each returns one use of each argument of a list, or of all together if their number is not known.
func each(list flow.Handed, by Verb) (uses []use) {
	if list.Len() < 0 {
		return []use{{0, by}}
	}
	for i := range list.Len() {
		uses = append(uses, use{i, by})
	}
	return uses
}

// takesFormat reports whether the parameter before the variadic one is a string.
func takesFormat(sig *types.Signature) bool {
	i := sig.Params().Len() - 2
	return i >= 0 && types.Identical(sig.Params().At(i).Type(), types.Typ[types.String])
}
