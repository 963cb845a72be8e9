// Type-checking: in memory, and against the export data of everything that the program only imports.

package gosrc

import (
	"go/ast"
	"go/types"
	"runtime"
	"strings"

	"github.com/pawlhq/pawl/annotations"
)

// check type-checks a package with its stub, if it has one, and sets its Types and Info.
func (p *Program) check(pkg *Package, declarationsOnly bool, report func(types.Error)) {
	files := pkg.syntax()
	if pkg.Stub != nil {
		files = append(files, pkg.Stub)
	}
	pkg.Info = &types.Info{
		Types:        map[ast.Expr]types.TypeAndValue{},
		Instances:    map[*ast.Ident]types.Instance{},
		Defs:         map[*ast.Ident]types.Object{},
		Uses:         map[*ast.Ident]types.Object{},
		Implicits:    map[ast.Node]types.Object{},
		Selections:   map[*ast.SelectorExpr]*types.Selection{},
		Scopes:       map[ast.Node]*types.Scope{},
		FileVersions: map[*ast.File]string{},
	}
	pkg.Types = p.typecheck(p.universe, pkg, files, pkg.Info, declarationsOnly, report)
	p.universe.local[pkg.Path] = pkg.Types
	for _, f := range pkg.Files {
		f.GoVersion = pkg.Info.FileVersions[f.Syntax]
	}
}

func (p *Program) typecheck(u *universe, pkg *Package, files []*ast.File, info *types.Info, declarationsOnly bool, report func(types.Error)) *types.Package {
	config := types.Config{
		GoVersion:        pkg.goVersion,
		IgnoreFuncBodies: declarationsOnly,
		FakeImportC:      true,
		Importer:         u,
		Sizes:            types.SizesFor("gc", runtime.GOARCH),
		Error: func(err error) {
			if e, ok := err.(types.Error); ok && !strings.HasPrefix(e.Msg, "\t") { // a tab continues the error before
				report(e)
			}
		},
	}
	checked, _ := config.Check(pkg.Path, p.Fset, files, info)
	return checked
}

// annotate binds the directives of a package to the objects of its last type-check.
func (p *Program) annotate(pkg *Package) {
	pkg.Annotated, pkg.Pure = nil, map[*types.Func]string{}
	for _, file := range pkg.Files {
		for _, d := range file.directives {
			obj, ok := pkg.Info.Defs[d.name].(*types.Func)
			switch {
			case !ok: // redeclared: the type-checker has reported it
			case d.Kind == annotations.Pure:
				pkg.Pure[obj] = d.Reason
			default:
				f := function(pkg, file, d, obj)
				pkg.Annotated = append(pkg.Annotated, f)
				p.funcs[obj] = f
			}
		}
	}
}

func function(pkg *Package, file *File, d directive, obj *types.Func) *Func {
	f := &Func{Kind: d.Kind, Directive: d.Directive, Pos: d.pos, Obj: obj, Decl: d.decl, Syntax: d.sig, File: file, Pkg: pkg}
	if d.iface != nil {
		if name, ok := pkg.Info.Defs[d.iface].(*types.TypeName); ok {
			f.Iface, _ = name.Type().(*types.Named)
		}
	}
	return f
}

// explainTypeError cuts the type-checker's text into its first line and the rest.
func explainTypeError(msg string) (message, fix string) {
	message, rest, _ := strings.Cut(msg, "\n")
	if strings.HasSuffix(message, "; to add it:") { // the go command's advice, which the importer put in parentheses
		message, rest = strings.TrimSuffix(message, "; to add it:")+")", strings.TrimSuffix(rest, ")")
	}
	return message, strings.TrimSpace(rest)
}
