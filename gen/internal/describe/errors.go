// Errors of a package that keep their identity when they are recorded.

package describe

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// Errors returns the package-level error variables and error types of a package, by name. If only is not nil, it returns
// those for which only holds.
func Errors(pkg *gosrc.Package, only func(types.Object) bool) (out []ir.Error) {
	for _, f := range pkg.Files {
		if f.Condition() != "" {
			continue
		}
		for _, obj := range declared(pkg, f) {
			if only == nil || only(obj) {
				out = append(out, asErrors(obj)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b ir.Error) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// declared returns the types of a file, and its variables with initial values.
func declared(p *gosrc.Package, f *gosrc.File) (objs []types.Object) {
	for _, decl := range f.Syntax.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				objs = append(objs, p.Info.Defs[s.Name])
			case *ast.ValueSpec:
				for _, id := range s.Names {
					if len(s.Values) > 0 && id.Name != "_" {
						objs = append(objs, p.Info.Defs[id])
					}
				}
			}
		}
	}
	return slices.DeleteFunc(objs, func(o types.Object) bool { return o == nil || o.Pkg() == nil })
}

// asErrors returns obj as an error that can be recorded: once for a variable; for a type, once for each of T and *T that
// implements error.
func asErrors(obj types.Object) []ir.Error {
	name := obj.Pkg().Path() + "." + obj.Name()
	switch obj := obj.(type) {
	case *types.Var:
		if gotypes.ImplementsError(obj.Type()) {
			return []ir.Error{{Final: ir.Final{Ref: ref(obj)}, Registered: name}}
		}
	case *types.TypeName:
		return errorTypes(obj, name)
	}
	return nil
}

func errorTypes(obj *types.TypeName, name string) (out []ir.Error) {
	named, ok := obj.Type().(*types.Named)
	if !ok || obj.IsAlias() || named.TypeParams().Len() > 0 || types.IsInterface(named) {
		return nil
	}
	if gotypes.ImplementsError(named) {
		out = append(out, ir.Error{Final: ir.Final{Ref: ref(obj), Type: true}, Registered: name})
	}
	if gotypes.ImplementsError(types.NewPointer(named)) {
		out = append(out, ir.Error{Final: ir.Final{Ref: ref(obj), Type: true, Pointer: true}, Registered: "*" + name})
	}
	return out
}
