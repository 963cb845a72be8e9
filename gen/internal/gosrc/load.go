// The loader and its stages; see the package comment.

package gosrc

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// StubFile is the name of the file that Pawl generates for a package.
const StubFile = "pawl.gen.go"

// Loader is the work on one program.
type Loader struct {
	Program  *Program
	list     *listing
	findings *findings
}

// Parse lists and parses the packages that match the patterns, with everything annotated in their module: what is
// lowered in a package that several workflows share does not depend on which of them the user asked for. An error means
// that there is no program at all.
func Parse(ctx context.Context, cfg Config) (*Loader, error) {
	list, err := list(ctx, cfg)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	found := newFindings(fset)
	pkgs := parse(list, fset, found, cfg.Unannotated)
	prog := &Program{Fset: fset, Dir: list.dir, Module: list.module, Packages: pkgs, funcs: map[*types.Func]*Func{}}
	if err := list.exportsFor(pkgs); err != nil {
		return nil, err
	}
	prog.universe = newUniverse(fset, list)
	return &Loader{Program: prog, list: list, findings: found}, nil
}

// Declare type-checks the declarations of a package, without the bodies of its functions. Packages that it imports come
// first.
func (l *Loader) Declare(pkg *Package) {
	if len(pkg.Files) > 0 {
		l.Program.check(pkg, true, func(types.Error) {})
		l.Program.annotate(pkg)
	}
}

// AddStub adds the declarations that the generated file of a package will have and the author has not made already, and
// type-checks the package's declarations again.
func (l *Loader) AddStub(pkg *Package, src []byte) (err error) {
	pkg.Stub, err = parser.ParseFile(l.Program.Fset, stubName(pkg), src, parser.SkipObjectResolution)
	if err != nil {
		return fmt.Errorf("%s: %w", pkg.Path, err)
	}
	pkg.Stub.Decls = slices.DeleteFunc(pkg.Stub.Decls, func(d ast.Decl) bool { return declares(pkg, d) })
	l.Declare(pkg)
	return nil
}

// declares reports whether the author declares what a declaration of the stub declares.
func declares(pkg *Package, decl ast.Decl) bool {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name != "init" && pkg.Types.Scope().Lookup(d.Name.Name) != nil
		}
		t := pkg.Types.Scope().Lookup(receiverName(d.Recv.List[0].Type))
		if t == nil {
			return false
		}
		member, _, _ := types.LookupFieldOrMethod(t.Type(), true, pkg.Types, d.Name.Name)
		return member != nil
	case *ast.GenDecl:
		return slices.ContainsFunc(d.Specs, func(s ast.Spec) bool {
			return slices.ContainsFunc(DeclaredNames(s), func(id *ast.Ident) bool { return pkg.Types.Scope().Lookup(id.Name) != nil })
		})
	}
	return false
}

// receiverName returns the name of the type in a receiver T or *T.
func receiverName(t ast.Expr) string {
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return t.(*ast.Ident).Name
}

// TypeCheck type-checks all packages. Packages that don't compile leave the program, with everything that imports them:
// there is nothing reliable to say about code that has no types.
func (l *Loader) TypeCheck() {
	for _, pkg := range l.Program.Packages {
		if len(pkg.Files) > 0 {
			l.typeCheck(pkg)
		}
	}
	gone := map[string]bool{}
	l.Program.Packages = slices.DeleteFunc(l.Program.Packages, func(pkg *Package) bool {
		gone[pkg.Path] = l.findings.broken[pkg] || slices.ContainsFunc(pkg.imports, func(path string) bool { return gone[path] })
		if gone[pkg.Path] {
			l.Program.Broken = append(l.Program.Broken, pkg)
		}
		return gone[pkg.Path]
	})
}

// typeCheck type-checks a package with its stub. Errors inside the stub are not the author's: it calls lowered code,
// which does not exist yet.
func (l *Loader) typeCheck(pkg *Package) {
	stub := stubName(pkg)
	l.Program.check(pkg, false, func(e types.Error) {
		if pos := e.Fset.Position(e.Pos); pos.Filename != stub {
			message, fix := explainTypeError(e.Msg)
			l.findings.compileError(pkg, pos, message, fix)
		}
	})
	l.Program.annotate(pkg)
}

// Compiles reports whether every package that the user asked for compiles.
func (l *Loader) Compiles() bool {
	return !slices.ContainsFunc(l.Program.Broken, func(p *Package) bool { return p.Wanted })
}

// ImportsExternal reports whether the program imports anything from other modules, apart from Pawl's own packages.
func (l *Loader) ImportsExternal() bool {
	return slices.ContainsFunc(l.Program.Packages, func(pkg *Package) bool {
		return slices.ContainsFunc(pkg.imports, func(path string) bool {
			return !importpath.IsEngine(path) && l.list.isExternal(path)
		})
	})
}

// Deepen type-checks the program again, with packages of other modules from their source. It does nothing if paths is
// empty.
func (l *Loader) Deepen(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	external, err := readExternal(l.list, l.Program, paths)
	if err != nil {
		return err
	}
	l.Program.checkExternal(external, l.list)
	l.TypeCheck()
	return nil
}

// Findings returns what is wrong with the packages that the user asked for. The program is complete only if there is
// nothing.
func (l *Loader) Findings() []diag.Diagnostic { return l.findings.wanted() }

func stubName(pkg *Package) string { return filepath.Join(pkg.Dir, StubFile) }
