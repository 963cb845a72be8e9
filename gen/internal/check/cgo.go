package check

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// This file takes C out of packages, so that values can be followed through the rest of them. What mentions C is rejected
// where a workflow reaches it, and is a body that is not there for all others.

func importsC(pkg *gosrc.Package) bool { return slices.Contains(pkg.Imports(), "C") }

// withoutC are the files of a package and its types, without the bodies and initialisers that have C in them.
func withoutC(files []*ast.File, info *types.Info) ([]*ast.File, *types.Info) {
	var inGo []*ast.File
	for _, f := range files {
		bare := *f
		bare.Decls = slices.Clone(f.Decls)
		for i, d := range bare.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && hasC(info, fn) {
				bare.Decls[i] = external(fn)
			}
		}
		inGo = append(inGo, &bare)
	}
	copied := *info
	copied.InitOrder = slices.DeleteFunc(slices.Clone(info.InitOrder), func(i *types.Initializer) bool { return hasC(info, i.Rhs) })
	return inGo, &copied
}

// external is a function without its body.
func external(fn *ast.FuncDecl) *ast.FuncDecl {
	bare := *fn
	bare.Body = nil
	return &bare
}

// hasC reports whether something of C is in a piece of code, or something whose type only C knows.
func hasC(info *types.Info, code ast.Node) (found bool) {
	ast.Inspect(code, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			switch obj := info.ObjectOf(n).(type) {
			case *types.PkgName:
				found = found || obj.Imported().Path() == "C"
			case *types.Var, *types.Const:
				found = found || invalid(obj.Type())
			}
		case ast.Expr:
			found = found || invalid(info.TypeOf(n))
		}
		return !found
	})
	return found
}

func invalid(t types.Type) bool {
	for t != nil {
		switch u := types.Unalias(t).(type) {
		case *types.Basic:
			return u.Kind() == types.Invalid
		case *types.Named, *types.TypeParam:
			return false
		case interface{ Elem() types.Type }:
			if m, ok := u.(*types.Map); ok && invalid(m.Key()) {
				return true
			}
			t = u.Elem()
		default:
			return false
		}
	}
	return false
}
