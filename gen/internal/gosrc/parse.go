// Parsing: the files of the packages that matter, in the order that type-checking needs.

package gosrc

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/pawlhq/pawl/gen/diag"
)

// parse reads the annotated packages of the module and what they import of it.
func (l *loader) parse() {
	l.local = map[string]*Package{}
	l.diags = map[*Package][]diag.Diagnostic{}
	l.broken = map[*Package]bool{}
	for _, path := range slices.Sorted(maps.Keys(l.listed)) {
		if p := l.listed[path]; l.ours(p) && (l.cfg.Unannotated || annotated(p)) {
			l.parsePackage(p)
		}
	}
	for path := range l.roots {
		if l.local[path] == nil {
			l.nothingAnnotated(l.listed[path])
		}
	}
	for path := range l.roots {
		l.want(path)
	}
}

// annotated looks for directives in the text of a package's files, which is much faster than parsing them.
func annotated(p *packages.Package) bool {
	return slices.ContainsFunc(p.GoFiles, func(name string) bool {
		src, err := os.ReadFile(name)
		return err == nil && bytes.Contains(src, []byte("pawl:")) && !IsGenerated(src)
	})
}

// IsGenerated reports whether Pawl wrote a file.
func IsGenerated(src []byte) bool { return bytes.HasPrefix(src, []byte(Header)) }

func (l *loader) parsePackage(listed *packages.Package) {
	if l.local[listed.PkgPath] != nil {
		return
	}
	pkg := &Package{
		Path: listed.PkgPath, Name: listed.Name, Dir: listed.Dir,
		Root: l.roots[listed.PkgPath], goVersion: goVersion(listed.Module),
	}
	l.local[pkg.Path] = pkg
	for name := range l.hidden {
		if filepath.Dir(name) == pkg.Dir {
			pkg.Generated = append(pkg.Generated, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(listed.GoFiles)) {
		l.parseFile(pkg, name)
	}
	l.listErrors(pkg, listed)
	for _, path := range pkg.imports {
		if p := l.listed[path]; l.ours(p) {
			l.parsePackage(p)
		}
	}
}

// nothingAnnotated notes a root that has nothing annotated, but maybe in its tests: what was generated for it before is to
// be removed.
func (l *loader) nothingAnnotated(listed *packages.Package) {
	pkg := &Package{Path: listed.PkgPath, Name: listed.Name, Dir: listed.Dir, Root: true, Wanted: true}
	l.inTests(pkg)
	for _, name := range listed.GoFiles {
		if src, err := os.ReadFile(name); err == nil && IsGenerated(src) {
			pkg.Generated = append(pkg.Generated, name)
		}
	}
	if len(pkg.Generated) > 0 {
		l.local[pkg.Path] = pkg
	}
}

func (l *loader) parseFile(pkg *Package, name string) {
	src, err := os.ReadFile(name)
	if err != nil {
		l.add(pkg, token.Position{Filename: name}, RuleCompile, err.Error(), "")
		return
	}
	if IsGenerated(src) {
		pkg.Generated = append(pkg.Generated, name)
		return
	}
	syntax, err := parser.ParseFile(l.prog.Fset, name, src, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if err != nil {
		l.syntaxErrors(pkg, err)
		return
	}
	file := &File{Path: name, Syntax: syntax, Source: src}
	pkg.Files = append(pkg.Files, file)
	l.place(pkg, file)
	for _, spec := range syntax.Imports {
		if path := importPath(spec); !slices.Contains(pkg.imports, path) {
			pkg.imports = append(pkg.imports, path)
		}
	}
}

func (l *loader) syntaxErrors(pkg *Package, err error) {
	l.broken[pkg] = true
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		l.add(pkg, token.Position{}, RuleCompile, err.Error(), "")
	}
	for _, e := range list {
		l.add(pkg, e.Pos, RuleCompile, e.Msg, "")
	}
}

// listErrors reports what the go command found wrong, apart from what parsing and type-checking say better, and from
// what only concerns files that will be written anew.
func (l *loader) listErrors(pkg *Package, listed *packages.Package) {
	for _, e := range listed.Errors {
		pos := parsePosition(e.Pos)
		if e.Kind != packages.ListError || slices.Contains(pkg.Generated, pos.Filename) {
			continue
		}
		if pos.Filename == "" {
			pos.Filename = pkg.Dir
		}
		l.broken[pkg] = true
		message, fix, _ := strings.Cut(strings.TrimSpace(e.Msg), "\n")
		l.add(pkg, pos, RuleCompile, strings.TrimSuffix(message, ":"), strings.TrimSpace(fix))
	}
}

// parsePosition reads file:line:col, of which the go command may leave out the end, or all.
func parsePosition(s string) token.Position {
	var p token.Position
	p.Filename = s
	numbers := []int{}
	for range 2 {
		i := strings.LastIndexByte(p.Filename, ':')
		if i < 0 {
			break
		}
		n, err := strconv.Atoi(p.Filename[i+1:])
		if err != nil {
			break
		}
		p.Filename, numbers = p.Filename[:i], append(numbers, n)
	}
	switch len(numbers) {
	case 1:
		p.Line = numbers[0]
	case 2:
		p.Line, p.Column = numbers[1], numbers[0]
	}
	if p.Filename == "-" {
		p.Filename = ""
	}
	return p
}

// want marks a package and what it imports as part of what the user asked for.
func (l *loader) want(path string) {
	pkg := l.local[path]
	if pkg == nil || pkg.Wanted {
		return
	}
	pkg.Wanted = true
	for _, p := range pkg.imports {
		l.want(p)
	}
}

// order puts dependencies first, and otherwise goes by path.
func (l *loader) order() {
	seen := map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		pkg := l.local[path]
		if pkg == nil || seen[path] {
			return
		}
		seen[path] = true
		for _, p := range slices.Sorted(slices.Values(pkg.imports)) {
			visit(p)
		}
		l.prog.Packages = append(l.prog.Packages, pkg)
	}
	for _, path := range slices.Sorted(maps.Keys(l.local)) {
		visit(path)
	}
}

func goVersion(m *packages.Module) string {
	if m == nil || m.GoVersion == "" {
		return ""
	}
	return "go" + m.GoVersion
}

func importPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return path
}
