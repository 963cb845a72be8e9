// Final errors: what the names in final= mean.

package describe

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Final is an error named by final=, resolved.
type Final struct {
	Obj     types.Object // a variable or a type
	Pointer bool         // the pointer to the type is the error
}

// Finals resolves the errors that f's directive names, without errors that do not exist.
func Finals(f *gosrc.Func) (out []Final) {
	for _, name := range f.Directive.Options.Final {
		if final, problem := resolve(f, name); problem == "" {
			out = append(out, final)
		}
	}
	return out
}

func checkFinal(p *gosrc.Program, f *gosrc.Func) (found []diag.Diagnostic) {
	for _, name := range f.Directive.Options.Final {
		if _, problem := resolve(f, name); problem != "" {
			pos := f.Pos + token.Pos(max(0, strings.Index(text(f.File, f.Pos), string(name))))
			found = append(found, p.At(pos, ruleFinal, problem, ""))
		}
	}
	return found
}

// resolve resolves one name; problem says why it is not an error.
func resolve(f *gosrc.Func, name annotations.Final) (_ Final, problem string) {
	qualifier, id := name.Split()
	scope := f.Pkg.Types.Scope()
	if qualifier != "" {
		pkg := imported(f, qualifier)
		if pkg == nil {
			return Final{}, fmt.Sprintf("final=%s: this file does not import package %s", name, qualifier)
		}
		scope = pkg.Scope()
	}
	obj := scope.Lookup(id)
	if obj == nil || qualifier != "" && !obj.Exported() {
		if near := annotations.Nearest(id, scope.Names()); near != "" {
			return Final{}, fmt.Sprintf("final=%s: %s is not declared; did you mean %s?", name, id, near)
		}
		return Final{}, fmt.Sprintf("final=%s: the package does not declare %s", name, id)
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
		return Final{}, fmt.Sprintf("final=%s: type %s does not implement error", name, obj.Name())
	case !byValue && !name.Pointer():
		return Final{}, fmt.Sprintf("final=%s: *%s implements error, the type itself does not: write final=*%s", name, obj.Name(), obj.Name())
	}
	if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && named.TypeParams().Len() > 0 {
		return Final{}, fmt.Sprintf("final=%s: type %s has type parameters", name, obj.Name())
	}
	return Final{Obj: obj, Pointer: name.Pointer()}, ""
}

// imported returns the package that the function's file imports under a name.
func imported(f *gosrc.Func, name string) *types.Package {
	for _, spec := range f.File.Syntax.Imports {
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil {
			for _, p := range f.Pkg.Types.Imports() {
				if p.Path() == gosrc.ImportPath(spec) && (spec.Name != nil || p.Name() == name) {
					return p
				}
			}
		}
	}
	return nil
}

// text returns the source from pos to the end of its line.
func text(f *gosrc.File, pos token.Pos) string {
	rest := string(f.Source[pos-f.Syntax.FileStart:])
	line, _, _ := strings.Cut(rest, "\n")
	return line
}
