// This file walks through types the way package fmt walks through values.

package printed

import (
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/flow"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Address is an address that is printed as part of a value.
type Address struct {
	// Type is the type of the whole value.
	Type types.Type
	// SortsKeys is set if the address itself isn't printed, but the entries of a map are printed in the order of addresses.
	SortsKeys bool
	// Calls are the opening parentheses of the calls that lead to the text: first the call with the value, then the calls that
	// pass it on.
	Calls []token.Pos
}

// formatter looks for an address in one printed value.
type formatter struct {
	methods  []string        // that package fmt calls instead of printing a value
	pointers bool            // a pointer is printed as an address even if it is the whole value
	open     func(part) bool // reports whether an address is printed for what an interface holds
	sorts    bool            // what was found is a map whose entries are printed in the order of addresses
	seen     []visit
}

// newFormatter returns a formatter that looks into interfaces, at every value that may have been put into them.
func newFormatter(by Verb, values *flow.Values) *formatter {
	top, asked := &formatter{methods: by.methods(), pointers: by.printsPointers()}, map[part]bool{}
	top.open = func(in part) bool {
		if in.place == (flow.Place{}) {
			return in.hidden // an error made by the standard library, which is a pointer
		}
		if asked[in] {
			return false
		}
		asked[in] = true
		return slices.ContainsFunc(values.TypesAt(in.place), func(t types.Type) bool {
			inner := formatter{methods: top.methods, open: top.open}
			shows := inner.shows(t, part{inner: in.inner, hidden: in.hidden, key: in.key})
			top.sorts = top.sorts || inner.sorts
			return shows
		})
	}
	return top
}

// address returns the address that is printed for a value of type t, or nil.
func (f *formatter) address(t types.Type) *Address {
	if !f.shows(t, part{}) {
		return nil
	}
	return &Address{Type: t, SortsKeys: f.sorts}
}

// part says where a part of a printed value is. The zero part is the whole value.
type part struct {
	place  flow.Place // that holds it
	inner  bool       // inside another value
	hidden bool       // in a field that is not exported, where package fmt calls no methods
	key    bool       // the keys of a map, which package fmt sorts
}

// visit is a type that was looked at.
type visit struct {
	t           types.Type
	hidden, key bool
}

// at returns the part in a place inside of in.
func (in part) at(p flow.Place) part { return part{place: p, inner: true, hidden: in.hidden} }

// shows reports whether an address is printed for a part of type t. Package fmt follows a pointer to a composite value if
// it is the whole value, and no other pointer.
func (f *formatter) shows(t types.Type, in part) bool {
	switch {
	case slices.Contains(f.seen, visit{t, in.hidden, in.key}):
		return false
	case gotypes.IsReflectValue(t):
		return f.open(in)
	case in.key && !types.IsInterface(t) && !gotypes.Ordered(t): // a type parameter counts as an interface here
		f.sorts = true
		return true
	case !in.hidden && !in.key && hasAny(t, f.methods):
		return false
	}
	f.seen = append(f.seen, visit{t, in.hidden, in.key})
	switch u := t.Underlying().(type) {
	case *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Interface:
		return f.open(in)
	case *types.Pointer:
		return in.inner || f.pointers || !composite(u.Elem()) || f.shows(u.Elem(), in.at(flow.Pointee(u.Elem())))
	case *types.Slice:
		return f.shows(u.Elem(), in.at(flow.Element(u.Elem())))
	case *types.Array:
		return f.shows(u.Elem(), in.at(flow.Element(u.Elem())))
	case *types.Map:
		keys := in.at(flow.Key(t))
		keys.key = true
		return f.shows(u.Key(), keys) || f.shows(u.Elem(), in.at(flow.Value(t)))
	case *types.Struct:
		for i := range u.NumFields() {
			field := in.at(flow.Field(t, i))
			field.hidden = in.hidden || !u.Field(i).Exported()
			if f.shows(u.Field(i).Type(), field) {
				return true
			}
		}
	}
	return false
}

// PointsUnknown reports whether a value of type t may be printed as an address if the verb is not known until run time.
func PointsUnknown(t types.Type) bool { return gotypes.IsPointer(t) && !hasAny(t, Plain.methods()) }

// composite reports whether package fmt prints what a pointer to t points to.
func composite(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Struct, *types.Map, *types.Slice, *types.Array:
		return true
	}
	return false
}

// hasAny reports whether t has one of the named methods with the meaning that package fmt gives it.
func hasAny(t types.Type, methods []string) bool {
	return slices.ContainsFunc(methods, func(name string) bool {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
		fn, method := obj.(*types.Func)
		return method && gotypes.IsSought(fn)
	})
}
