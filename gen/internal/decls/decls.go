// Package decls indexes what a program declares: functions with their bodies, and package variables with what gives
// them their first values.
//
// The index covers the author's packages, and those packages of other modules that are known from their source and that
// package stdlib says nothing about. Pawl's own packages are not in it.
package decls

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
	"github.com/pawlhq/pawl/gen/internal/importpath"
	"github.com/pawlhq/pawl/gen/internal/stdlib"
)

// Index holds the declarations of a program.
type Index struct {
	Prog     *gosrc.Program
	Packages map[*types.Package]*gosrc.Package
	Funcs    map[*types.Func]Func
	Vars     map[*types.Var]*Var
	// Errors are the error types of the author's packages, which activities may return. Errors of other modules arrive
	// as text.
	Errors []*types.Named

	external map[*gosrc.Package]bool
}

// Part is one declaration, with where it is.
type Part struct {
	Pkg  *gosrc.Package
	File *gosrc.File
	Decl ast.Decl
}

// Func is a function or method.
type Func struct {
	Pkg  *gosrc.Package
	File *gosrc.File
	Decl *ast.FuncDecl
	Pure bool // marked //pawl:pure
}

// Var is a package variable.
type Var struct {
	Pkg  *gosrc.Package
	File *gosrc.File
	Init ast.Expr // nil if there is none
	// Parts are further declarations that belong to the initialization: init functions that write the variable, and
	// variables that are made of it. See AddInit.
	Parts []Part
}

// New indexes a program.
func New(prog *gosrc.Program) *Index {
	x := &Index{
		Prog:     prog,
		Packages: map[*types.Package]*gosrc.Package{},
		Funcs:    map[*types.Func]Func{},
		Vars:     map[*types.Var]*Var{},
		external: map[*gosrc.Package]bool{},
	}
	for _, p := range prog.Packages {
		if p.Types != nil && !importpath.IsEngine(p.Path) { // a package with generated files alone has no types
			x.add(p)
			x.addErrors(p)
		}
	}
	for _, p := range prog.Dependencies {
		if stdlib.IsUnknownModule(p.Path) {
			x.external[p] = true
			x.add(p)
		}
	}
	return x
}

func (x *Index) add(p *gosrc.Package) {
	x.Packages[p.Types] = p
	for _, f := range p.Files {
		for _, d := range f.Syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				x.addFunc(p, f, d)
			case *ast.GenDecl:
				x.addVars(p, f, d)
			}
		}
	}
}

func (x *Index) addFunc(p *gosrc.Package, f *gosrc.File, d *ast.FuncDecl) {
	if fn, ok := p.Info.Defs[d.Name].(*types.Func); ok {
		_, pure := p.Pure[fn]
		x.Funcs[fn] = Func{Pkg: p, File: f, Decl: d, Pure: pure}
	}
}

func (x *Index) addVars(p *gosrc.Package, f *gosrc.File, d *ast.GenDecl) {
	if d.Tok != token.VAR {
		return
	}
	for _, spec := range d.Specs {
		spec := spec.(*ast.ValueSpec)
		for i, name := range spec.Names {
			if v, ok := p.Info.Defs[name].(*types.Var); ok {
				x.Vars[v] = &Var{Pkg: p, File: f, Init: Initializer(spec, i)}
			}
		}
	}
}

// Initializer returns the expression that gives the i-th name of a spec its value, or nil if there is none.
func Initializer(spec *ast.ValueSpec, i int) ast.Expr {
	switch len(spec.Values) {
	case 0:
		return nil
	case len(spec.Names):
		return spec.Values[i]
	default:
		return spec.Values[0] // one call with several results
	}
}

func (x *Index) addErrors(p *gosrc.Package) {
	for _, name := range p.Types.Scope().Names() {
		tn, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		n, ok := tn.Type().(*types.Named)
		if ok && !types.IsInterface(n) && gotypes.ImplementsError(types.NewPointer(n)) {
			x.Errors = append(x.Errors, n)
		}
	}
}

// AddInit makes a declaration part of the initialization of v. It does nothing if v is not in the index.
func (x *Index) AddInit(v *types.Var, part Part) {
	if d, ok := x.Vars[v]; ok && !slices.Contains(d.Parts, part) {
		d.Parts = append(d.Parts, part)
	}
}

// Each calls f with every declaration of the indexed packages, in the order of the program.
func (x *Index) Each(f func(Part)) {
	for _, p := range slices.Concat(x.Prog.Packages, x.Prog.Dependencies) {
		if x.Packages[p.Types] == nil {
			continue
		}
		for _, file := range p.Files {
			for _, d := range file.Syntax.Decls {
				f(Part{p, file, d})
			}
		}
	}
}

// Has reports whether an object is declared in an indexed package.
func (x *Index) Has(obj types.Object) bool {
	return obj.Pkg() != nil && x.Packages[obj.Pkg()] != nil
}

// IsAuthors reports whether a package is one of the author's.
func (x *Index) IsAuthors(p *types.Package) bool {
	return x.Packages[p] != nil && !x.external[x.Packages[p]]
}

// IsExternal reports whether a package belongs to another module.
func (x *Index) IsExternal(p *gosrc.Package) bool { return x.external[p] }

// IsInit reports whether a declaration is an init function.
func IsInit(d *ast.FuncDecl) bool { return d.Recv == nil && d.Name.Name == "init" }

// IsWorkflow reports whether an annotation, which may be nil, is a workflow's.
func IsWorkflow(f *gosrc.Func) bool { return f != nil && f.Kind == annotations.Workflow }

// IsOperation reports whether an annotation, which may be nil, is that of an activity or a step.
func IsOperation(f *gosrc.Func) bool {
	return f != nil && (f.Kind == annotations.Activity || f.Kind == annotations.Step)
}

// ReceivesActivities reports whether a method declared for t is annotated as an activity or a step.
func (x *Index) ReceivesActivities(t *types.Named) bool {
	for m := range t.Methods() {
		if IsOperation(x.Prog.Annotation(m)) {
			return true
		}
	}
	return false
}

// ReceivesWorkflows reports whether a method declared for t is a workflow.
func (x *Index) ReceivesWorkflows(t *types.Named) bool {
	for m := range t.Methods() {
		if IsWorkflow(x.Prog.Annotation(m)) {
			return true
		}
	}
	return false
}

// IsActivityInterface reports whether t is an interface with a method that is annotated.
func (x *Index) IsActivityInterface(t *types.Named) bool {
	iface, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range iface.Methods() {
		if x.Prog.Annotation(m) != nil {
			return true
		}
	}
	return false
}
