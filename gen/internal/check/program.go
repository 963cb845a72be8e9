package check

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// This file finds what the module declares: functions with their bodies, package variables with their initialisers.

// declaration is a function or method of the module.
type declaration struct {
	pkg  *gosrc.Package
	file *gosrc.File
	decl *ast.FuncDecl
	pure bool // marked //pawl:pure
}

// variable is a package variable of the module with what gives it its first value.
type variable struct {
	pkg   *gosrc.Package
	file  *gosrc.File
	decl  *ast.GenDecl
	spec  *ast.ValueSpec
	init  ast.Expr // nil if there is none
	inits []initCode
}

// initCode is a declaration of the module; as part of a variable's initialisation an init function that writes it, or
// another variable that is made of it.
type initCode struct {
	pkg  *gosrc.Package
	file *gosrc.File
	decl ast.Decl
}

// declare enters the functions and variables of a package.
func (c *checker) declare(p *gosrc.Package) {
	c.pkgs[p.Types] = p
	for _, f := range p.Files {
		for _, d := range f.Syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				c.declareFunc(p, f, d)
			case *ast.GenDecl:
				c.declareVars(p, f, d)
			}
		}
		c.collectAllows(p, f)
	}
	if !c.outside[p] { // errors of other modules arrive as their text
		c.collectErrorTypes(p)
	}
}

func (c *checker) declareFunc(p *gosrc.Package, f *gosrc.File, d *ast.FuncDecl) {
	if fn, ok := p.Info.Defs[d.Name].(*types.Func); ok {
		_, pure := p.Pure[fn]
		c.decls[fn] = declaration{pkg: p, file: f, decl: d, pure: pure}
	}
}

func (c *checker) declareVars(p *gosrc.Package, f *gosrc.File, d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			v, ok := p.Info.Defs[name].(*types.Var)
			if !ok {
				continue
			}
			c.vars[v] = variable{pkg: p, file: f, decl: d, spec: spec, init: initialiser(spec, i)}
		}
	}
}

// initialiser is the expression that gives the i-th name of a spec its value.
func initialiser(spec *ast.ValueSpec, i int) ast.Expr {
	switch len(spec.Values) {
	case 0:
		return nil
	case len(spec.Names):
		return spec.Values[i]
	default:
		return spec.Values[0] // one call with several results
	}
}

// collectErrorTypes enters the types of a package that are errors.
func (c *checker) collectErrorTypes(p *gosrc.Package) {
	for _, name := range p.Types.Scope().Names() {
		tn, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		named, ok := tn.Type().(*types.Named)
		if ok && !types.IsInterface(named) && gotypes.ImplementsError(types.NewPointer(named)) {
			c.errors = append(c.errors, named)
		}
	}
}

func isWorkflow(f *gosrc.Func) bool { return f != nil && f.Kind == annotations.Workflow }
func isOperation(f *gosrc.Func) bool {
	return f != nil && (f.Kind == annotations.Activity || f.Kind == annotations.Step)
}
