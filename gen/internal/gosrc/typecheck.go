// Type-checking: in memory, dependencies first, with the stubs that the author's code may refer to.

package gosrc

import (
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/gen/diag"
)

// StubFile is the name of the file with a package's stubs and module.
const StubFile = "pawl.gen.go"

// universe imports packages: those being compiled by their latest types, all others from export data.
type universe struct {
	local  map[string]*types.Package
	export types.Importer
}

func (u *universe) Import(path string) (*types.Package, error) {
	if p := u.local[path]; p != nil {
		return p, nil
	}
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	return u.export.Import(path)
}

// lookup opens the export data of a package for the importer.
func (l *loader) lookup(path string) (io.ReadCloser, error) {
	if file := l.export[path]; file != "" {
		return os.Open(file)
	}
	if p := l.listed[path]; p != nil && len(p.Errors) > 0 {
		return nil, errors.New(p.Errors[0].Msg)
	}
	return nil, errors.New("it does not compile, or is not in go.mod")
}

// typecheck checks every package twice: its declarations, to write the stubs from them, and then all of it.
func (l *loader) typecheck() error {
	l.prog.universe = &universe{map[string]*types.Package{}, importer.ForCompiler(l.prog.Fset, "gc", l.lookup)}
	l.checkDependencies()
	for _, pkg := range l.prog.Packages {
		if len(pkg.Files) == 0 {
			continue
		}
		stub, err := l.stub(pkg)
		if err != nil {
			return fmt.Errorf("%s: %w", pkg.Path, err)
		}
		pkg.Stub = stub
		l.checkAll(pkg, stub)
		l.annotate(pkg)
		l.inTests(pkg)
		l.prog.index(pkg)
	}
	l.dropBroken()
	for _, pkg := range l.prog.Packages {
		l.report(pkg, l.prog.checkFuncs(pkg))
	}
	return nil
}

// stub type-checks the declarations of a package and has its stubs written from them; nil if there are none.
func (l *loader) stub(pkg *Package) (*ast.File, error) {
	if !slices.ContainsFunc(pkg.Files, func(f *File) bool { return len(f.placed) > 0 }) || l.cfg.Stub == nil {
		return nil, nil
	}
	l.prog.check(pkg, pkg.syntax(), true, func(types.Error) {})
	l.annotate(pkg)
	l.prog.index(pkg)
	src, err := l.cfg.Stub(l.prog, pkg)
	if err != nil || src == nil {
		return nil, err
	}
	return parser.ParseFile(l.prog.Fset, filepath.Join(pkg.Dir, StubFile), src, parser.SkipObjectResolution)
}

// checkAll type-checks a package with its stubs. Errors inside the stubs are not the author's: they call lowered code,
// which does not exist yet.
func (l *loader) checkAll(pkg *Package, stub *ast.File) {
	files := pkg.syntax()
	stubName := filepath.Join(pkg.Dir, StubFile)
	if stub != nil {
		files = append(files, stub)
	}
	l.prog.check(pkg, files, false, func(e types.Error) {
		pos := e.Fset.Position(e.Pos)
		if pos.Filename == stubName {
			return
		}
		l.broken[pkg] = true
		message, fix := explainTypeError(e.Msg)
		l.add(pkg, pos, RuleCompile, message, fix)
	})
	for _, f := range pkg.Files {
		f.GoVersion = pkg.Info.FileVersions[f.Syntax]
	}
}

// explainTypeError turns the type-checker's text into a first line and the rest.
func explainTypeError(msg string) (message, fix string) {
	message, rest, _ := strings.Cut(msg, "\n")
	if strings.HasSuffix(message, "; to add it:") { // the go command's advice, which the importer put in parentheses
		message, rest = strings.TrimSuffix(message, "; to add it:")+")", strings.TrimSuffix(rest, ")")
	}
	return message, strings.TrimSpace(rest)
}

// dropBroken forgets packages that do not compile and that the user did not ask for, with what imports them: their
// output waits until they are asked for.
func (l *loader) dropBroken() {
	gone := map[string]bool{}
	l.prog.Packages = slices.DeleteFunc(l.prog.Packages, func(pkg *Package) bool {
		broken := l.broken[pkg] || slices.ContainsFunc(pkg.imports, func(path string) bool { return gone[path] })
		gone[pkg.Path] = broken && !pkg.Wanted
		return gone[pkg.Path]
	})
	l.prog.broken = slices.ContainsFunc(l.prog.Packages, func(p *Package) bool { return l.broken[p] })
}

// check type-checks files as package pkg and makes the result its Types and Info.
func (p *Program) check(pkg *Package, files []*ast.File, declarationsOnly bool, report func(types.Error)) {
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

func (p *Package) syntax() []*ast.File {
	files := make([]*ast.File, 0, len(p.Files)+1)
	for _, f := range p.Files {
		files = append(files, f.Syntax)
	}
	return files
}

// index makes the annotated functions of a package known to the program.
func (p *Program) index(pkg *Package) {
	if p.funcs == nil {
		p.funcs = map[*types.Func]*Func{}
	}
	for _, f := range pkg.Annotated {
		p.funcs[f.Obj] = f
	}
}

// Verify type-checks what the user asked for with output in place of the stubs: contents by file, absolute. What does
// not compile comes back at the author's line, where the output says which one that is. The program stays as it was.
func (p *Program) Verify(output map[string][]byte) []diag.Diagnostic {
	var found []diag.Diagnostic
	parsed, err := p.parseOutput(output)
	if err != nil {
		return []diag.Diagnostic{unsound(token.Position{}, err.Error())}
	}
	u := &universe{maps.Clone(p.universe.local), p.universe.export}
	for _, pkg := range p.Packages {
		if pkg.Wanted && len(pkg.Files) > 0 {
			files := append(pkg.syntax(), parsed[pkg.Dir]...)
			u.local[pkg.Path] = p.typecheck(u, pkg, files, nil, false, func(e types.Error) {
				found = append(found, unsound(e.Fset.Position(e.Pos), e.Msg))
			})
		}
	}
	return diag.Sort(found)
}

// parseOutput parses generated files, and sorts them by directory and name.
func (p *Program) parseOutput(output map[string][]byte) (map[string][]*ast.File, error) {
	names := slices.Sorted(maps.Keys(output))
	files := make([]*ast.File, len(names))
	var work errgroup.Group
	for i, name := range names {
		work.Go(func() (err error) {
			files[i], err = parser.ParseFile(p.Fset, name, output[name], parser.SkipObjectResolution|parser.ParseComments)
			return err
		})
	}
	err := work.Wait()
	byDir := map[string][]*ast.File{}
	for i, name := range names {
		byDir[filepath.Dir(name)] = append(byDir[filepath.Dir(name)], files[i])
	}
	return byDir, err
}

func unsound(pos token.Position, message string) diag.Diagnostic {
	message, _, _ = strings.Cut(message, "\n")
	return diag.Diagnostic{
		Pos: pos, Rule: RuleOutput.ID, Message: "the code generated for this does not compile: " + message,
		Fix: "nothing was written; this is a fault of pawl: please report it with this line of code",
	}
}

// Compiles reports whether every package that the user asked for compiles.
func (p *Program) Compiles() bool { return !p.broken }
