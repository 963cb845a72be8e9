// This file divides memory into places: what is stored in a place may be loaded from the same place.

package flow

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Place is a part of memory. Variables are distinguished from each other, all other memory is distinguished by its type.
// The zero Place is none.
type Place struct {
	kind  kind
	typ   string    // of the container or of the part, depending on the kind
	field int       // its index
	v     ssa.Value // the variable
	holds string    // the type of what a pointer to the place points to; empty if there are no such pointers
}

// kind says what a place is a part of.
type kind string

const (
	variable kind = "variable"
	field    kind = "field"   // of structs with the same fields
	element  kind = "element" // of slices and arrays with the same elements
	mapKey   kind = "key"
	mapValue kind = "value"
	message  kind = "message"  // on channels with the same elements
	pointee  kind = "pointee"  // of a pointer of which nothing else is known
	retained kind = "retained" // by a package of the standard library
	panicked kind = "panicked" // passed to panic
)

// Pointee returns the place of what pointers to t point to.
func Pointee(t types.Type) Place { return place(pointee, t) }

// Element returns the place of the elements of slices and arrays of t.
func Element(t types.Type) Place { return place(element, t).holding(t) }

// Key returns the place of the keys of maps of type t.
func Key(t types.Type) Place { return place(mapKey, t) }

// Value returns the place of the values of maps of type t.
func Value(t types.Type) Place { return place(mapValue, t) }

// Field returns the place of the i-th field of structs that can be converted to t.
func Field(t types.Type, i int) Place {
	p := place(field, t.Underlying())
	p.field = i
	if s, ok := t.Underlying().(*types.Struct); ok {
		return p.holding(s.Field(i).Type())
	}
	return p
}

// place returns the place of a kind that belongs to a type.
func place(k kind, t types.Type) Place { return Place{kind: k, typ: typeText(t)} }

// typeText is the text of a type that only identical types have.
func typeText(t types.Type) string { return types.TypeString(types.Unalias(t), nil) }

// holding returns p with the type of what pointers to it point to.
func (p Place) holding(t types.Type) Place {
	p.holds = typeText(t)
	return p
}

// throughPointers returns the place of what is stored in p by way of a pointer of which nothing is known. It returns
// false if there is no such place.
func (p Place) throughPointers() (Place, bool) {
	return Place{kind: pointee, typ: p.holds}, p.holds != ""
}

// retainedBy returns the place of what functions of a package keep.
func retainedBy(path string) Place { return Place{kind: retained, typ: path} }

// elem returns the type of what a pointer points to, or of what a slice, an array, a map or a channel holds.
func elem(t types.Type) types.Type {
	if u, ok := t.Underlying().(interface{ Elem() types.Type }); ok {
		return u.Elem()
	}
	return t
}

// captures holds what closures capture for their free variables.
type captures map[ssa.Value][]ssa.Value

// places returns the places that an address may be of.
func (c captures) places(addr ssa.Value) []Place { return c.placesOf(addr, map[ssa.Value]bool{}) }

func (c captures) placesOf(addr ssa.Value, seen map[ssa.Value]bool) (ps []Place) {
	if seen[addr] {
		return nil
	}
	seen[addr] = true
	switch a := addr.(type) {
	case *ssa.Alloc, *ssa.Global:
		return []Place{Place{kind: variable, v: a}.holding(elem(a.Type()))}
	case *ssa.FieldAddr:
		return []Place{Field(elem(a.X.Type()), a.Field)}
	case *ssa.IndexAddr:
		if onlyPassed(a.X) {
			return nil // elements finds it
		}
		return []Place{Element(elem(a.Type()))}
	case *ssa.Phi:
		for _, e := range a.Edges {
			ps = append(ps, c.placesOf(e, seen)...)
		}
		return ps
	case *ssa.FreeVar:
		for _, b := range c[a] {
			ps = append(ps, c.placesOf(b, seen)...)
		}
		return ps
	}
	return []Place{Pointee(elem(addr.Type()))}
}

// onlyPassed reports whether a list is only read, and is made of the arguments of a variadic call or of a literal, or is a
// parameter. What is in it is then found by following calls, without a place that all lists of its type share.
func onlyPassed(list ssa.Value) bool {
	switch x := list.(type) {
	case *ssa.Alloc:
		return madeAtOnce(x) && onlyReadSlices(x)
	case *ssa.Slice:
		array, ok := x.X.(*ssa.Alloc)
		return ok && madeAtOnce(array) && onlyReadSlices(array)
	case *ssa.Parameter:
		return onlyRead(x, map[ssa.Value]bool{})
	}
	return false
}

// Comments by which the SSA builder marks the array of a variadic call's arguments and the array of a slice literal.
const (
	varargs  = "varargs"
	sliceLit = "slicelit"
)

// madeAtOnce reports whether an array is given its elements where it is made.
func madeAtOnce(array *ssa.Alloc) bool { return array.Comment == varargs || array.Comment == sliceLit }

// variadic returns the array behind a list of variadic arguments that a call makes itself.
func variadic(list ssa.Value) (array *ssa.Alloc, ok bool) {
	s, ok := list.(*ssa.Slice)
	if !ok {
		return nil, false
	}
	array, ok = s.X.(*ssa.Alloc)
	return array, ok && array.Comment == varargs
}

// arguments returns what an array is given where it is made, by index.
func arguments(array *ssa.Alloc) map[int]ssa.Value {
	args := map[int]ssa.Value{}
	for _, use := range *array.Referrers() {
		at, ok := use.(*ssa.IndexAddr)
		if !ok {
			continue
		}
		i, _ := constant.Int64Val(at.Index.(*ssa.Const).Value)
		for _, use := range *at.Referrers() {
			if store, ok := use.(*ssa.Store); ok {
				args[int(i)] = store.Val
			}
		}
	}
	return args
}

// onlyReadSlices reports whether all slices of an array are only read.
func onlyReadSlices(array *ssa.Alloc) bool {
	for _, use := range *array.Referrers() {
		if s, ok := use.(*ssa.Slice); ok && !onlyRead(s, map[ssa.Value]bool{}) {
			return false
		}
	}
	return true
}

// onlyRead reports whether a list is read and passed on, and neither stored nor written, in all known bodies.
func onlyRead(list ssa.Value, seen map[ssa.Value]bool) bool {
	if seen[list] {
		return true
	}
	seen[list] = true
	for _, use := range *list.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.IndexAddr:
			if slices.ContainsFunc(*use.Referrers(), func(in ssa.Instruction) bool { return !isLoad(in) }) {
				return false
			}
		case ssa.CallInstruction:
			if !onlyReadBy(use.Common(), list, seen) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func isLoad(in ssa.Instruction) bool {
	op, ok := in.(*ssa.UnOp)
	return ok && op.Op == token.MUL
}

// onlyReadBy reports whether a call only reads a list that it is given.
func onlyReadBy(call *ssa.CallCommon, list ssa.Value, seen map[ssa.Value]bool) bool {
	if b, ok := call.Value.(*ssa.Builtin); ok {
		return b.Name() == "len" || b.Name() == "cap"
	}
	fn := call.StaticCallee()
	switch {
	case fn == nil:
		return false
	case !hasBody(fn):
		return true
	}
	for i, arg := range call.Args {
		if arg == list && !onlyRead(fn.Params[i], seen) {
			return false
		}
	}
	return true
}
