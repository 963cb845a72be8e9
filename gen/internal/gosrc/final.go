// Final errors: what the names behind final= stand for.

package gosrc

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Final is an error named by final=, resolved.
type Final struct {
	Obj     types.Object // a variable or a type
	Pointer bool         // the pointer to the type is the error
}

// Finals resolves the errors that f's directive names, leaving out those that mean nothing.
func (p *Program) Finals(f *Func) (out []Final) {
	for _, name := range f.Directive.Options.Final {
		if final, problem := f.final(name); problem == "" {
			out = append(out, final)
		}
	}
	return out
}

func (p *Program) checkFinal(f *Func) (found []diag.Diagnostic) {
	for _, name := range f.Directive.Options.Final {
		if _, problem := f.final(name); problem != "" {
			pos := f.Pos + token.Pos(max(0, strings.Index(f.File.text(f.Pos), string(name))))
			found = append(found, p.at(pos, RuleFinal, problem, ""))
		}
	}
	return found
}

// final resolves one name; problem says why it is no error.
func (f *Func) final(name annotations.Final) (_ Final, problem string) {
	qualifier, id := name.Split()
	scope := f.Pkg.Types.Scope()
	if qualifier != "" {
		imported := f.imported(qualifier)
		if imported == nil {
			return Final{}, fmt.Sprintf("final=%s: this file imports no package %s", name, qualifier)
		}
		scope = imported.Scope()
	}
	obj := scope.Lookup(id)
	if obj == nil || qualifier != "" && !obj.Exported() {
		if near := annotations.Nearest(id, scope.Names()); near != "" {
			return Final{}, fmt.Sprintf("final=%s: there is no %s; did you mean %s?", name, id, near)
		}
		return Final{}, fmt.Sprintf("final=%s: there is no %s in the package", name, id)
	}
	return asFinal(name, obj)
}

func asFinal(name annotations.Final, obj types.Object) (_ Final, problem string) {
	switch obj := obj.(type) {
	case *types.Var:
		if name.Pointer() || !gotypes.ImplementsError(obj.Type()) {
			return Final{}, fmt.Sprintf("final=%s: variable %s is not an error", name, obj.Name())
		}
		return Final{Obj: obj}, ""
	case *types.TypeName:
		return asFinalType(name, obj)
	}
	return Final{}, fmt.Sprintf("final=%s: %s is neither a variable nor a type", name, obj.Name())
}

func asFinalType(name annotations.Final, obj *types.TypeName) (_ Final, problem string) {
	byValue, byPointer := gotypes.ImplementsError(obj.Type()), gotypes.ImplementsError(types.NewPointer(obj.Type()))
	switch {
	case !byPointer:
		return Final{}, fmt.Sprintf("final=%s: type %s has no method Error", name, obj.Name())
	case !byValue && !name.Pointer():
		return Final{}, fmt.Sprintf("final=%s: only *%s is an error; write final=*%s", name, obj.Name(), obj.Name())
	}
	if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && named.TypeParams().Len() > 0 {
		return Final{}, fmt.Sprintf("final=%s: type %s has type parameters", name, obj.Name())
	}
	return Final{Obj: obj, Pointer: name.Pointer()}, ""
}

// imported is the package that the function's file imports under a name.
func (f *Func) imported(name string) *types.Package {
	for _, spec := range f.File.Syntax.Imports {
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil {
			for _, p := range f.Pkg.Types.Imports() {
				if p.Path() == importPath(spec) && (spec.Name != nil || p.Name() == name) {
					return p
				}
			}
		}
	}
	return nil
}

// text is the line of source that pos is on, from pos.
func (f *File) text(pos token.Pos) string {
	rest := string(f.Source[pos-f.Syntax.FileStart:])
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
