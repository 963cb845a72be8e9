// This file prepares the syntax of a package for the SSA builder, which cannot handle C nor generated stubs that are not
// written yet. Functions that mention C lose their bodies, and are followed like other functions without a body.

package flow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// compilable returns the files of a package and its types, without C, and with the bodies of stubs taken out.
func compilable(fset *token.FileSet, pkg *gosrc.Package) (files []*ast.File, info *types.Info) {
	for _, f := range pkg.Files {
		files = append(files, f.Syntax)
	}
	info = pkg.Info
	if slices.Contains(pkg.Imports(), "C") {
		files, info = withoutC(files, info)
	}
	if pkg.Stub == nil {
		return files, info
	}
	stub := fset.File(pkg.Stub.Pos())
	bare := withoutBodies(pkg.Stub, func(*ast.FuncDecl) bool { return true })
	info = withoutInitializers(info, func(e ast.Expr) bool { return fset.File(e.Pos()) == stub })
	return append(files, bare), info
}

// withoutC returns the files of a package and its types, without the bodies and initializers that mention C.
func withoutC(files []*ast.File, info *types.Info) ([]*ast.File, *types.Info) {
	var inGo []*ast.File
	for _, f := range files {
		inGo = append(inGo, withoutBodies(f, func(fn *ast.FuncDecl) bool { return mentionsC(info, fn) }))
	}
	return inGo, withoutInitializers(info, func(e ast.Expr) bool { return mentionsC(info, e) })
}

// withoutBodies returns a file in which the functions that unwanted selects have no bodies.
func withoutBodies(f *ast.File, unwanted func(*ast.FuncDecl) bool) *ast.File {
	bare := *f
	bare.Decls = slices.Clone(f.Decls)
	for i, d := range bare.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && unwanted(fn) {
			declared := *fn
			declared.Body = nil
			bare.Decls[i] = &declared
		}
	}
	return &bare
}

// withoutInitializers returns the types of a package without the initializers that unwanted selects.
func withoutInitializers(info *types.Info, unwanted func(ast.Expr) bool) *types.Info {
	bare := *info
	bare.InitOrder = slices.DeleteFunc(slices.Clone(info.InitOrder), func(i *types.Initializer) bool { return unwanted(i.Rhs) })
	return &bare
}

// mentionsC reports whether code mentions something of package C, or something with a type that only C knows.
func mentionsC(info *types.Info, code ast.Node) (found bool) {
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

// invalid reports whether a type, or what it holds, is unknown to the type checker.
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
