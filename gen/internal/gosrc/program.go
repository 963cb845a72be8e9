// Package gosrc is the Go front end of the compiler: it loads the author's packages, finds their directives, and
// type-checks them. It alone knows go/packages.
//
// A [Loader] works in stages, which are called in this order:
//
//	Parse      lists and parses the packages, and finds the directives
//	Declare    type-checks the declarations of one package, dependencies first, and AddStub adds
//	           the declarations of its generated file
//	TypeCheck  type-checks everything
//	Deepen     type-checks it again, with some packages of other modules from their source
//
// The result is a [Program], and what the stages found wrong with the author's code.
package gosrc

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/gotypes"
)

// Program is what the author wrote, type-checked together with the stubs that the author's code refers to.
type Program struct {
	Fset     *token.FileSet
	Dir      string     // where the compiler was called
	Module   string     // path of the main module
	Packages []*Package // every package of the module that matters, dependencies first, otherwise by path
	Broken   []*Package // packages of the module that don't compile, or import one that does not: only their declarations are known

	// Dependencies are packages of other modules that are type-checked from source, dependencies first: the packages that
	// workflows mention, and what these import. Directives in their files have no meaning.
	Dependencies []*Package

	funcs    map[*types.Func]*Func // the annotated functions
	universe *universe
}

// Package is one package of the program.
type Package struct {
	Path, Name, Dir string
	Root            bool     // the user asked for it
	Wanted          bool     // a root, or imported by one: its output is written and its findings are reported
	Files           []*File  // the author's files, by name: without tests and without what Pawl generated
	Generated       []string // files that Pawl wrote earlier, absolute
	Types           *types.Package
	Info            *types.Info
	Stub            *ast.File              // type-checked together with Files; its bodies call code that doesn't exist yet
	Annotated       []*Func                // activities, steps and workflows, in source order
	Pure            map[*types.Func]string // functions that the author declares deterministic, with the reasons
	imports         []string               // paths that the author's files import
	goVersion       string                 // language version of the module
}

// File is one file of the author.
type File struct {
	Path       string // absolute
	Syntax     *ast.File
	Source     []byte
	GoVersion  string  // language version that the file is compiled with: "go1.26"
	Allows     []Allow // rules accepted in this file, in source order
	Continues  []Continue
	directives []directive
}

// directive is one that declares something, together with what it is for.
type directive struct {
	annotations.Directive
	pos   token.Pos
	name  *ast.Ident    // of the function or method
	decl  *ast.FuncDecl // nil for a method of an interface
	iface *ast.Ident    // name of the interface; nil for a function
	sig   *ast.FuncType
}

// Allow accepts one rule for the statement or declaration that follows the directive, or that is on the same line.
type Allow struct {
	Pos          token.Pos
	Rule, Reason string
}

// Continue marks the return statement below it, with which a workflow continues as new.
type Continue struct {
	Pos token.Pos
	end token.Pos // of its comment
}

// Marks reports whether a statement is the one below the directive.
func (c Continue) Marks(fset *token.FileSet, stmt ast.Stmt) bool {
	return c.end < stmt.Pos() && fset.PositionFor(c.end, false).Line+1 == fset.PositionFor(stmt.Pos(), false).Line
}

// Continued reports whether a statement is below a directive that marks it.
func (f *File) Continued(fset *token.FileSet, stmt ast.Stmt) bool {
	return slices.ContainsFunc(f.Continues, func(c Continue) bool { return c.Marks(fset, stmt) })
}

// Func is an annotated function, method or interface method.
type Func struct {
	Kind      annotations.Kind
	Directive annotations.Directive
	Pos       token.Pos // of the directive
	Obj       *types.Func
	Decl      *ast.FuncDecl // nil for a method of an interface
	File      *File
	Pkg       *Package
	Iface     *types.Named // the interface, for a method of one; else nil
	Syntax    *ast.FuncType
}

// Annotation returns what obj is annotated as, or nil. An instance of a generic function has the annotation of its
// origin.
func (p *Program) Annotation(obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	return p.funcs[obj.Origin()]
}

// Package returns the package of a path, or nil if the program has none.
func (p *Program) Package(path string) *Package {
	if i := slices.IndexFunc(p.Packages, func(pkg *Package) bool { return pkg.Path == path }); i >= 0 {
		return p.Packages[i]
	}
	return nil
}

// At returns a finding at a position.
func (p *Program) At(pos token.Pos, rule diag.Rule, message, fix string) diag.Diagnostic {
	return diag.Diagnostic{Pos: p.Fset.Position(pos), Rule: rule.ID, Message: message, Fix: fix}
}

// Short returns a position as generated code mentions it: base name and line.
func (p *Program) Short(pos token.Pos) string {
	at := p.Fset.Position(pos)
	return fmt.Sprintf("%s:%d", at.Filename[strings.LastIndexAny(at.Filename, `/\`)+1:], at.Line)
}

// Imports returns the paths that the author's files import, sorted.
func (p *Package) Imports() []string { return slices.Sorted(slices.Values(p.imports)) }

// HasDirectives reports whether anything in the package is annotated, correctly or not.
func (p *Package) HasDirectives() bool {
	return slices.ContainsFunc(p.Files, func(f *File) bool { return len(f.directives) > 0 })
}

func (p *Package) syntax() []*ast.File {
	files := make([]*ast.File, 0, len(p.Files)+1)
	for _, f := range p.Files {
		files = append(files, f.Syntax)
	}
	return files
}

// Base returns the file's name in its directory.
func (f *File) Base() string { return filepath.Base(f.Path) }

// Name returns the function's name as Go programmers write it: Checkout, Flow.Deliver.
func (f *Func) Name() string {
	if t := f.Type(); t != nil {
		return t.Obj().Name() + "." + f.Obj.Name()
	}
	return f.Obj.Name()
}

// Registered returns the name that identifies the function in every history.
func (f *Func) Registered() string {
	if name := f.Directive.Options.Name; name != "" {
		return name
	}
	return f.Pkg.Path + "." + f.Name()
}

// Type returns the type whose method f is; nil for a function.
func (f *Func) Type() *types.Named {
	if f.Iface != nil {
		return f.Iface
	}
	recv := f.Obj.Signature().Recv()
	if recv == nil {
		return nil
	}
	return gotypes.Named(recv.Type())
}

// DeclaredNames returns the names that a specification of types, constants or variables declares.
func DeclaredNames(spec ast.Spec) []*ast.Ident {
	switch s := spec.(type) {
	case *ast.TypeSpec:
		return []*ast.Ident{s.Name}
	case *ast.ValueSpec:
		return s.Names
	}
	return nil // an import
}
