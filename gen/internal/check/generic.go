package check

import "go/types"

// This file tells types that depend on type parameters from those that do not.

// isGeneric reports whether a type has type parameters of its own.
func isGeneric(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.TypeParams().Len() > 0
}

// parametric reports whether a type is made of a type parameter.
func parametric(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Named:
		for arg := range t.TypeArgs().Types() {
			if parametric(arg) {
				return true
			}
		}
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels and maps
		if m, ok := t.(*types.Map); ok && parametric(m.Key()) {
			return true
		}
		return parametric(t.Elem())
	case *types.Tuple:
		for v := range t.Variables() {
			if parametric(v.Type()) {
				return true
			}
		}
	case *types.Struct:
		for f := range t.Fields() {
			if parametric(f.Type()) {
				return true
			}
		}
	case *types.Signature:
		return parametric(t.Params()) || parametric(t.Results())
	case *types.Interface:
		return parametricMethods(t)
	}
	return false
}

// parametricMethods reports whether a method of an interface takes or gives something made of a type parameter.
func parametricMethods(iface *types.Interface) bool {
	for m := range iface.Methods() {
		if parametric(m.Signature()) {
			return true
		}
	}
	return false
}
