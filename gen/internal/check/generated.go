package check

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
)

// This file is about names that collide with those of generated code.

// Suffix ends the name of every generated twin.
const Suffix = "__pawl"

const reservedCure = "choose a name that does not end in " + Suffix

func reserved(name string) bool { return strings.HasSuffix(name, Suffix) }

// checkNames reports them in all packages that have generated code.
func (c *checker) checkNames() {
	generated := c.generated()
	for _, p := range c.prog.Packages {
		if !generated[p.Types] {
			continue
		}
		for _, f := range p.Files {
			c.checkDeclared(f)
			for _, spec := range f.Syntax.Imports {
				if pkg := dotImport(p, spec); pkg != nil && generated[pkg] {
					c.found = append(c.found, diag.Diagnostic{
						Pos: c.position(spec.Pos()), Rule: dotTwice,
						Message: "imports package " + pkg.Name() + " with a dot, but code is generated for both packages, with names such as PawlRegistration in each",
						Fix:     "import it with its name: import " + strconv.Quote(pkg.Path()),
					})
				}
			}
		}
	}
}

// checkDeclared reports functions and methods with names of twins. Inside of functions the scan finds such names.
func (c *checker) checkDeclared(f *gosrc.File) {
	for _, d := range f.Syntax.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && reserved(d.Name.Name) {
			c.found = append(c.found, diag.Diagnostic{
				Pos: c.position(d.Name.Pos()), Rule: reservedName,
				Message: "declares " + d.Name.Name + ", a name of generated code", Fix: reservedCure,
			})
		}
	}
}

// generated are the packages that have something annotated or lowered.
func (c *checker) generated() map[*types.Package]bool {
	has := map[*types.Package]bool{}
	for _, p := range c.prog.Packages {
		if p.Types != nil && len(p.Annotated) > 0 {
			has[p.Types] = true
		}
	}
	for n := range c.lowered {
		if n.fn != nil {
			has[n.fn.Pkg()] = true
		}
	}
	return has
}

// dotImport is the package that an import makes the names of visible without a qualifier; nil if it does not.
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
