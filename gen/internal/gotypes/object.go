// This file has helpers for functions and variables, and how messages name them.

package gotypes

import (
	"go/types"
	"strings"
)

// IsPackageVar reports whether v is declared at package level.
func IsPackageVar(v *types.Var) bool {
	return !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope()
}

// Receiver returns the declaration of the type whose method fn is, or nil if fn is a function.
func Receiver(fn *types.Func) *types.Named {
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	return Origin(recv.Type())
}

// IsInterfaceMethod reports whether fn is declared by an interface.
func IsInterfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}

// LookupMethod returns the method that a pointer to t has under a name that is read in pkg, or nil if there is none.
func LookupMethod(t types.Type, pkg *types.Package, name string) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), false, pkg, name)
	fn, _ := obj.(*types.Func)
	return fn
}

// ParamType returns the type of the parameter that takes the i-th argument of a call, or nil if there is none. Of a
// variadic parameter it is the element type.
func ParamType(sig *types.Signature, i int) types.Type {
	n := sig.Params().Len()
	if sig.Variadic() && i >= n-1 {
		last := sig.Params().At(n - 1).Type()
		if s, ok := last.Underlying().(*types.Slice); ok {
			return s.Elem()
		}
		return last // append takes a string
	}
	if i >= n {
		return nil
	}
	return sig.Params().At(i).Type()
}

// LocalName returns the name of obj inside its package. A method has its type in front: "Sleep", "Time.Local".
func LocalName(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		if n := Receiver(fn); n != nil {
			return n.Obj().Name() + "." + fn.Name()
		}
	}
	return obj.Name()
}

// NameIn returns the name of obj as code of pkg spells it: with a package name in front, unless pkg declares it.
func NameIn(pkg *types.Package, obj types.Object) string {
	if obj.Pkg() == nil || obj.Pkg() == pkg {
		return LocalName(obj)
	}
	return strings.Join([]string{obj.Pkg().Name(), LocalName(obj)}, ".")
}

// TypeName returns the name of t, or its text if it has no name, as code of pkg spells it. A pointer to a named type is
// called by the name of that type.
func TypeName(pkg *types.Package, t types.Type) string {
	if n := Origin(t); n != nil {
		return NameIn(pkg, n.Obj())
	}
	return types.TypeString(t, func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	})
}
