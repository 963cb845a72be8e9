package check

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// This file is what checking and lowering must see alike.

// Suffix ends the name of every generated twin.
const Suffix = "__pawl"

const reservedCure = "choose a name that does not end in " + Suffix

func reserved(name string) bool { return strings.HasSuffix(name, Suffix) }

// Reference finds the whole expression that names a function, for the identifier on top of a stack of nodes: with its
// qualifier or receiver, its type arguments and parentheses. If that is what a call calls, Reference returns the call
// as well; otherwise the function is taken as a value.
func Reference(stack []ast.Node) (ref ast.Expr, call *ast.CallExpr) {
	ref = stack[len(stack)-1].(*ast.Ident)
	for _, parent := range slices.Backward(stack[:len(stack)-1]) {
		switch p := parent.(type) {
		case *ast.SelectorExpr:
			if p.Sel != ref {
				return ref, nil
			}
			ref = p
		case *ast.ParenExpr:
			ref = p
		case *ast.IndexExpr:
			if p.X != ref {
				return ref, nil
			}
			ref = p
		case *ast.IndexListExpr:
			if p.X != ref {
				return ref, nil
			}
			ref = p
		case *ast.CallExpr:
			if p.Fun == ref {
				return ref, p
			}
			return ref, nil
		default:
			return ref, nil
		}
	}
	return ref, nil
}

// Callee is the function or method that a call names, or nil if it calls a value, a built-in or converts.
func Callee(info *types.Info, call *ast.CallExpr) *types.Func {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = ast.Unparen(x.X)
	case *ast.IndexListExpr:
		fun = ast.Unparen(x.X)
	}
	var id *ast.Ident
	switch x := fun.(type) {
	case *ast.Ident:
		id = x
	case *ast.SelectorExpr:
		id = x.Sel
	default:
		return nil
	}
	fn, _ := info.Uses[id].(*types.Func)
	return fn
}

// CoreType is the type under t that all types of t's set share, if t is a type parameter; else t's underlying type.
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

// ChanType is the type of the channels of type t, or one of them if t is a type parameter that stands for channels of
// several directions; nil if t is not a channel's type.
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

// typeSet yields the underlying types of the terms of a type parameter's constraint; nothing if it has no terms.
func typeSet(tp *types.TypeParam) func(yield func(types.Type) bool) {
	return func(yield func(types.Type) bool) {
		iface := tp.Constraint().Underlying().(*types.Interface)
		terms(iface, yield)
	}
}

func terms(iface *types.Interface, yield func(types.Type) bool) bool {
	for t := range iface.EmbeddedTypes() {
		switch t := types.Unalias(t).(type) {
		case *types.Union:
			for term := range t.Terms() {
				if inner, ok := term.Type().Underlying().(*types.Interface); ok {
					if !terms(inner, yield) {
						return false
					}
				} else if !yield(term.Type().Underlying()) {
					return false
				}
			}
		default:
			if inner, ok := t.Underlying().(*types.Interface); ok {
				if !terms(inner, yield) {
					return false
				}
			} else if !yield(t.Underlying()) {
				return false
			}
		}
	}
	return true
}

// interfaceMethod reports whether fn is declared by an interface.
func interfaceMethod(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	return recv != nil && types.IsInterface(recv.Type())
}
