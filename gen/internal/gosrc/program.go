// Package gosrc is the Go front end: it loads the author's packages, finds their directives, and hands over a typed
// program. It alone knows go/packages.
package gosrc

import (
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
)

// Program is what the author wrote, loaded and type-checked together with the stubs that the author's code refers to.
type Program struct {
	Fset     *token.FileSet
	Dir      string     // where the compiler was called
	Module   string     // path of the main module
	Packages []*Package // every in-module package that annotated code reaches, dependencies first, otherwise by path

	// Dependencies are the packages of other modules that are known from their source, dependencies first: those that
	// workflows mention, and what these import. Their files have no directives.
	Dependencies []*Package

	funcs    map[*types.Func]*Func
	universe *universe
	broken   bool // something that the user asked for does not compile
}

// Package is one package of the module.
type Package struct {
	Path, Name, Dir string
	Root            bool     // asked for by the user
	Wanted          bool     // a root, or reached by one: its output is written and its findings are reported
	Files           []*File  // the author's files, by name: no tests, nothing that Pawl generated
	Generated       []string // files that Pawl wrote before, absolute
	Types           *types.Package
	Info            *types.Info
	Stub            *ast.File              // what Types and Info were checked with besides Files; its bodies call code that does not exist yet
	Annotated       []*Func                // activities, steps and workflows, in source order
	Pure            map[*types.Func]string // functions that the author declares deterministic, with the reasons
	imports         []string               // paths that the author's files import
	goVersion       string                 // language version of the module
}

// File is one file of the author.
type File struct {
	Path      string // absolute
	Syntax    *ast.File
	Source    []byte
	GoVersion string  // language version that the file is compiled with: "go1.26"
	Allows    []Allow // rules accepted in this file, in source order
	placed    []placed
}

// Allow accepts one rule on the statement or declaration that follows the directive, or that shares its line.
type Allow struct {
	Pos          token.Pos
	Rule, Reason string
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

// doc returns the author's comment on f, without directives.
func (f *Func) doc() string {
	if f.Decl == nil {
		return ""
	}
	return strings.TrimSpace(f.Decl.Doc.Text())
}

// Annotation is what obj was annotated as, or nil. An instance of a generic function is looked up as its origin.
func (p *Program) Annotation(obj *types.Func) *Func {
	if obj == nil {
		return nil
	}
	return p.funcs[obj.Origin()]
}

// Package is the package of a path, or nil if it is none of the module's that matter.
func (p *Program) Package(path string) *Package {
	if i := slices.IndexFunc(p.Packages, func(pkg *Package) bool { return pkg.Path == path }); i >= 0 {
		return p.Packages[i]
	}
	return nil
}

// Imports are the paths that the author's files import, sorted.
func (p *Package) Imports() []string { return slices.Sorted(slices.Values(p.imports)) }

// Base is the file's name in its directory.
func (f *File) Base() string { return filepath.Base(f.Path) }
