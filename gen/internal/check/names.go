// Rule: names must not collide with those of generated code.

package check

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

const (
	reservedName = "PWL238"
	dotTwice     = "PWL239"
)

var reservedNameRule = rule{
	docs: []diag.Rule{
		{ID: reservedName, Title: "reserved name", Doc: `
Names that end in __pawl belong to generated code. Choose another one.`},
		{ID: dotTwice, Title: "dot import of a package with generated code", Doc: `
Packages with annotations, or with functions that workflows run durably, contain generated code. Some of its names are the
same in each package: PawlRegistration, for example. With a dot import of one such package in another they collide. Import
the package with its name.`},
	},
	visit: func(v *visitor, x ast.Node) {
		if id, ok := x.(*ast.Ident); ok && isReserved(id.Name) && v.info.Defs[id] != nil {
			v.report(id.Pos(), reservedName, otherName, "declares %s, a name of generated code", id.Name)
		}
	},
	program: func(p *pass) {
		generated := withGeneratedCode(p)
		for _, pkg := range p.index.Prog.Packages {
			if generated[pkg.Types] {
				for _, f := range pkg.Files {
					checkDeclared(p, f)
					checkDotImports(p, pkg, f, generated)
				}
			}
		}
	},
}

const otherName = "choose a name that does not end in " + Suffix

func isReserved(name string) bool { return strings.HasSuffix(name, Suffix) }

// checkDeclared reports functions and methods with reserved names. Inside functions that workflows reach, the visitor
// finds such names.
func checkDeclared(p *pass, f *gosrc.File) {
	for _, d := range f.Syntax.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && isReserved(d.Name.Name) {
			p.found = append(p.found, diag.Diagnostic{
				Pos: p.position(d.Name.Pos()), Rule: reservedName, Fix: otherName,
				Message: "declares " + d.Name.Name + ", a name of generated code",
			})
		}
	}
}

func checkDotImports(p *pass, pkg *gosrc.Package, f *gosrc.File, generated map[*types.Package]bool) {
	for _, spec := range f.Syntax.Imports {
		if dot := dotImport(pkg, spec); dot != nil && generated[dot] {
			p.found = append(p.found, diag.Diagnostic{
				Pos: p.position(spec.Pos()), Rule: dotTwice, Fix: "import it with its name: import " + strconv.Quote(dot.Path()),
				Message: "imports package " + dot.Name() + " with a dot, but both packages have generated code, with names such as PawlRegistration in each",
			})
		}
	}
}

// withGeneratedCode are the packages in which something is annotated or lowered.
func withGeneratedCode(p *pass) map[*types.Package]bool {
	has := map[*types.Package]bool{}
	for _, pkg := range p.index.Prog.Packages {
		if pkg.Types != nil && len(pkg.Annotated) > 0 {
			has[pkg.Types] = true
		}
	}
	for n := range p.graph.Lowered {
		if n.Func != nil {
			has[n.Func.Pkg()] = true
		}
	}
	return has
}

// dotImport is the package whose names an import makes visible without a qualifier; nil if it makes none.
func dotImport(p *gosrc.Package, spec *ast.ImportSpec) *types.Package {
	if spec.Name == nil || spec.Name.Name != "." {
		return nil
	}
	path, _ := strconv.Unquote(spec.Path.Value)
	for _, pkg := range p.Types.Imports() {
		if pkg.Path() == path {
			return pkg
		}
	}
	return nil
}
