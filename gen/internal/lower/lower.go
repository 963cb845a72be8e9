// Package lower makes the copies of functions that run in a workflow: the author's text with the run passed on.
//
// The copy F__pawl of F takes the run as its first parameter and calls the copies, or the run's counterparts, of everything that
// needs the run. It is made by text edits, never by printing a syntax tree. No edit adds or removes a line inside a function, so one
// line directive above the copy maps every position to the author's file. Only a line that becomes too long for gofmt's layout is
// broken, and gets further directives.
package lower

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
)

// File is the lowered part of one file of the author.
type File struct {
	Pkg     *gosrc.Package
	Source  *gosrc.File
	Name    string // base name: flow.pawl.go
	Content []byte
	// What Content needs of the package's stubs, by name.
	Binders     []ir.Binder
	Dispatchers []ir.Dispatcher
}

// Files lowers every function of some packages of the program that the check found to need the run: one file for each
// file of the author that has any, in the order of the packages.
func Files(prog *gosrc.Program, pkgs []*gosrc.Package, res *check.Result) (files []File) {
	all := recoveringIn(prog)
	for _, pkg := range pkgs {
		for _, src := range pkg.Files {
			decls, forwarders := loweredIn(pkg, src, res), forwardersIn(prog, src, res)
			if len(decls)+len(forwarders) > 0 {
				files = append(files, lowerFile(prog, pkg, src, decls, forwarders, res, all))
			}
		}
	}
	return files
}

// loweredIn returns the functions of a file that need a copy.
func loweredIn(pkg *gosrc.Package, src *gosrc.File, res *check.Result) (decls []*ast.FuncDecl) {
	for _, d := range src.Syntax.Decls {
		if d, ok := d.(*ast.FuncDecl); ok {
			if fn, ok := pkg.Info.Defs[d.Name].(*types.Func); ok && res.Lowered[fn] {
				decls = append(decls, d)
			}
		}
	}
	return decls
}

func lowerFile(prog *gosrc.Program, pkg *gosrc.Package, src *gosrc.File, decls []*ast.FuncDecl, forwarders []check.Forwarder, res *check.Result, all recovering) File {
	l := &lowerer{
		prog: prog, pkg: pkg, file: src, info: pkg.Info, res: res, recovering: all,
		edits:   edits{src: src.Source, base: int(src.Syntax.FileStart)},
		binders: map[string]ir.Binder{}, dispatchers: map[string]ir.Dispatcher{},
		arms: map[ast.Node]bool{},
	}
	l.names = chooseNames(pkg, src)
	l.imports = newImports(l)
	out := File{Pkg: pkg, Source: src, Name: strings.TrimSuffix(filepath.Base(src.Path), ".go") + ".pawl.go"}
	var body bytes.Buffer
	for _, t := range forwarders { // first: after a copy, its line directive would apply to them
		l.writeForwarder(&body, t)
	}
	for _, d := range decls {
		l.function(d)
	}
	for _, d := range decls {
		l.write(&body, d)
	}
	out.Content = slices.Concat(l.header(), body.Bytes())
	out.Binders, out.Dispatchers = byName(l.binders), byName(l.dispatchers)
	return out
}

// function adds the edits of one function.
func (l *lowerer) function(d *ast.FuncDecl) {
	l.signature(d)
	l.disableDirectives(d)
	ast.Inspect(d, l.visit)
}

// signature gives a function its new name and the run as its first parameter.
func (l *lowerer) signature(d *ast.FuncDecl) {
	l.edits.after(d.Name.End(), check.Suffix)
	params := d.Type.Params
	run := fmt.Sprintf("%s *%s.Run", l.names.run, l.names.abi)
	if len(params.List) == 0 {
		l.edits.after(params.Opening+1, run)
		return
	}
	l.edits.after(params.Opening+1, run+l.comma(params.Opening+1))
	if len(params.List[0].Names) == 0 { // named and unnamed parameters do not mix
		for _, p := range params.List {
			l.edits.before(p.Type.Pos(), "_ ")
		}
	}
}

// disableDirectives turns the directives inside a function into ordinary comments, because they must not take effect twice.
func (l *lowerer) disableDirectives(d *ast.FuncDecl) {
	for _, g := range l.file.Syntax.Comments {
		for _, c := range g.List {
			if d.Pos() <= c.Pos() && c.End() <= d.End() && (annotations.Is(c.Text) || strings.HasPrefix(c.Text, "//go:")) {
				l.edits.after(c.Pos()+2, " ")
			}
		}
	}
}

// visit collects the edits of a function's body.
func (l *lowerer) visit(x ast.Node) bool {
	if x == nil {
		l.stack = l.stack[:len(l.stack)-1]
		return true
	}
	l.stack = append(l.stack, x)
	switch x := x.(type) {
	case *ast.SelectorExpr: // before its operand: edits around an operand are added before those in it
		l.stack = append(l.stack, x.Sel)
		l.identifier(x.Sel)
		l.stack = l.stack[:len(l.stack)-1]
	case *ast.Ident:
		if !l.qualified(x) {
			l.identifier(x)
		}
	case *ast.RangeStmt:
		l.rangeStmt(x)
	case *ast.ForStmt:
		if check.Spins(l.info, x) {
			l.edits.after(x.Body.Lbrace+1, fmt.Sprintf(" %s.Spin(%s);", l.names.abi, l.names.run))
		}
	case *ast.GoStmt:
		l.goStmt(x)
	case *ast.SendStmt:
		l.send(x)
	case *ast.UnaryExpr:
		l.receive(x)
	case *ast.SelectStmt:
		l.selectStmt(x)
	}
	return true
}

// write prints the copy of a function, with a doc comment, the linter comments of the original, and a line directive.
func (l *lowerer) write(b *bytes.Buffer, d *ast.FuncDecl) {
	fmt.Fprintf(b, "\n// %s%s is %s as a workflow runs it.\n//\n", d.Name.Name, check.Suffix, d.Name.Name)
	if d.Doc != nil {
		for _, c := range d.Doc.List {
			if strings.HasPrefix(c.Text, "//nolint") || strings.HasPrefix(c.Text, "//lint:") {
				fmt.Fprintln(b, c.Text)
			}
		}
	}
	file, line := filepath.Base(l.file.Path), l.prog.Fset.PositionFor(d.Pos(), false).Line
	fmt.Fprintf(b, "//line %s:%d:1\n%s\n", file, line, layout(l.edits.apply(d.Pos(), d.End()), file, line))
}

// header returns everything above the functions.
func (l *lowerer) header() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\n\n", gosrc.Header)
	if constraints := l.constraints(); len(constraints) > 0 {
		fmt.Fprintf(&b, "%s\n\n", strings.Join(constraints, "\n"))
	}
	fmt.Fprintf(&b, "package %s\n\n", l.file.Syntax.Name.Name)
	b.WriteString(l.imports.Decl())
	return b.Bytes()
}

// constraints returns the build constraints of the author's file.
func (l *lowerer) constraints() (lines []string) {
	for _, g := range l.file.Syntax.Comments {
		for _, c := range g.List {
			if c.Pos() < l.file.Syntax.Package && (constraint.IsGoBuild(c.Text) || constraint.IsPlusBuild(c.Text)) {
				lines = append(lines, c.Text)
			}
		}
	}
	return lines
}
