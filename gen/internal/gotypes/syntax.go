// This file has helpers for expressions: what a call calls, and what surrounds a name.

package gotypes

import (
	"go/ast"
	"go/types"
	"slices"
)

// Reference returns the whole expression that names a function, given the identifier on top of a stack of nodes: with
// its qualifier or receiver, its type arguments and parentheses. If a call calls that expression, Reference returns the
// call as well. Otherwise the function is used as a value, and call is nil.
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

// Callee returns the function or method that a call names, or nil if it calls a value or a built-in, or is a conversion.
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

// Enclosing returns the innermost node of type T on a stack of nodes.
func Enclosing[T ast.Node](stack []ast.Node) (t T, ok bool) {
	for _, n := range slices.Backward(stack) {
		if t, ok = n.(T); ok {
			return t, true
		}
	}
	return t, false
}
