// This file has helpers for type parameters: the types they stand for, and the types that are made of them.

package gotypes

import "go/types"

// CoreType returns the underlying type that all types of the type set of t share, or nil if they differ, where t is a
// type parameter. For any other type it returns the underlying type.
func CoreType(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		return t.Underlying()
	}
	var core types.Type
	for u := range typeSet(tp) {
		if core != nil && !types.Identical(core, u) {
			return nil
		}
		core = u
	}
	return core
}

// ChanType returns the channel type under t, or one of them if t is a type parameter that stands for channels of several
// directions. It returns nil if t is not a channel type.
func ChanType(t types.Type) *types.Chan {
	if t == nil {
		return nil
	}
	tp, ok := types.Unalias(t).(*types.TypeParam)
	if !ok {
		ch, _ := t.Underlying().(*types.Chan)
		return ch
	}
	var ch *types.Chan
	for u := range typeSet(tp) {
		if ch, ok = u.(*types.Chan); !ok {
			return nil
		}
	}
	return ch
}

// typeSet yields the underlying types of the terms of a type parameter's constraint. It yields nothing if there are no
// terms.
func typeSet(tp *types.TypeParam) func(yield func(types.Type) bool) {
	return func(yield func(types.Type) bool) {
		terms(tp.Constraint().Underlying().(*types.Interface), yield)
	}
}

func terms(iface *types.Interface, yield func(types.Type) bool) bool {
	for t := range iface.EmbeddedTypes() {
		switch t := types.Unalias(t).(type) {
		case *types.Union:
			for term := range t.Terms() {
				if !yieldTerm(term.Type(), yield) {
					return false
				}
			}
		default:
			if !yieldTerm(t, yield) {
				return false
			}
		}
	}
	return true
}

func yieldTerm(t types.Type, yield func(types.Type) bool) bool {
	if inner, ok := t.Underlying().(*types.Interface); ok {
		return terms(inner, yield)
	}
	return yield(t.Underlying())
}

// IsGeneric reports whether t has type parameters of its own.
func IsGeneric(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// Parametric reports whether t is made of a type parameter.
func Parametric(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if Parametric(arg) {
				return true
			}
		}
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels and maps
		if m, ok := t.(*types.Map); ok && Parametric(m.Key()) {
			return true
		}
		return Parametric(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if Parametric(v.Type()) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if Parametric(f.Type()) {
				return true
			}
		}
	case *types.Signature:
		return Parametric(t.Params()) || Parametric(t.Results())
	case *types.Interface:
		return ParametricMethods(t)
	}
	return false
}

// ParametricMethods reports whether a method of an interface takes or returns something made of a type parameter.
func ParametricMethods(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if Parametric(m.Signature()) {
			return true
		}
	}
	return false
}
