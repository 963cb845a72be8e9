// Package gotypes has helpers for go/types and go/ast that several stages of the compiler share. They know nothing of
// Pawl. This file has those for a single type.
package gotypes

import "go/types"

// ErrorType is the predeclared type error.
var ErrorType = types.Universe.Lookup("error").Type()

// IsError reports whether t is the predeclared type error.
func IsError(t types.Type) bool { return types.Identical(t, ErrorType) }

// IsContext reports whether t is context.Context.
func IsContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == "Context" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// ImplementsError reports whether a value of type t is an error.
func ImplementsError(t types.Type) bool {
	return types.Implements(t, ErrorType.Underlying().(*types.Interface))
}

// Named returns the named type that t is or points to, with its type arguments, or nil if there is none.
func Named(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// Origin returns the declaration of the named type that t is or points to, without type arguments, or nil if there is
// none.
func Origin(t types.Type) *types.Named {
	if n := Named(t); n != nil {
		return n.Origin()
	}
	return nil
}

// IsPointer reports whether the underlying type of t is a pointer.
func IsPointer(t types.Type) bool {
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}

// Deref returns the type that t points to, or t itself if it is not a pointer.
func Deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// Ordered reports whether the values of t have an order that is the same in every process.
func Ordered(t types.Type) bool {
	if tp, ok := types.Unalias(t).(*types.TypeParam); ok {
		some := false
		for u := range typeSet(tp) {
			some = true
			if !Ordered(u) {
				return false
			}
		}
		return some
	}
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() != types.UnsafePointer
	case *types.Array:
		return Ordered(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if !Ordered(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}

// IsReflectValue reports whether t is reflect.Value.
func IsReflectValue(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "reflect" && n.Obj().Name() == "Value"
}

// NamedWithin returns the named types, other than interfaces, that a value of type t consists of. It looks into named
// types only if enter reports true for them. Open reports whether there is an interface among the parts, so that the
// value may consist of other types as well.
func NamedWithin(t types.Type, enter func(*types.Named) bool) (named []*types.Named, open bool) {
	seen := map[types.Type]bool{}
	var walk func(types.Type)
	walk = func(t types.Type) {
		if seen[t] {
			return
		}
		seen[t] = true
		if n := Origin(t); n != nil && n.Obj().Pkg() != nil && !types.IsInterface(n) {
			named = append(named, n)
			if !enter(n) {
				return
			}
		}
		switch u := t.Underlying().(type) {
		case *types.Interface:
			open = true
		case *types.Pointer:
			walk(u.Elem())
		case *types.Slice:
			walk(u.Elem())
		case *types.Array:
			walk(u.Elem())
		case *types.Map:
			walk(u.Key())
			walk(u.Elem())
		case *types.Struct:
			for f := range u.Fields() {
				walk(f.Type())
			}
		}
	}
	walk(t)
	return named, open
}
