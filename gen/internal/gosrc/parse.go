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

	"github.com/pawlhq/pawl/annotations"
)

// moduleParser is the work of parsing the packages of one module.
type moduleParser struct {
	*listing
	fset     *token.FileSet
	findings *findings
	pkgs     map[string]*Package
}

// parse reads the annotated packages of the module, or all of them, what they import of it, and what imports any of these.
// Dependencies come first.
func parse(l *listing, fset *token.FileSet, found *findings, all bool) []*Package {
	m := &moduleParser{l, fset, found, map[string]*Package{}}
	for _, path := range slices.Sorted(maps.Keys(l.packages)) {
		if p := l.packages[path]; l.isOurs(p) && (all || annotated(p)) {
			m.parsePackage(p)
		}
	}
	m.importers()
	for path := range l.roots {
		if m.pkgs[path] == nil {
			m.nothingAnnotated(l.packages[path])
		}
	}
	for path := range l.roots {
		m.want(path)
	}
	l.local = map[string]bool{}
	for path := range m.pkgs {
		l.local[path] = true
	}
	return m.inOrder()
}

// mentionsPawl reports whether a source may have a directive, or what is meant as one.
func mentionsPawl(src []byte) bool {
	for line := range bytes.Lines(src) {
		if _, comment, ok := bytes.Cut(line, []byte("//")); ok && annotations.Is("//"+strings.TrimRight(string(comment), "\r\n")) {
			return true
		}
	}
	return false
}

// importers reads the packages of the module that import any of those read so far, for they may write their variables.
func (m *moduleParser) importers() {
	for again := true; again; {
		again = false
		for _, path := range slices.Sorted(maps.Keys(m.packages)) {
			p := m.packages[path]
			if m.pkgs[path] != nil || !m.isOurs(p) {
				continue
			}
			for imported := range p.Imports {
				if m.pkgs[imported] != nil {
					m.parsePackage(p)
					again = true
					break
				}
			}
		}
	}
}

// annotated looks for directives in the text of a package's files, which is much faster than parsing them.
func annotated(p *packages.Package) bool {
	return slices.ContainsFunc(p.GoFiles, func(name string) bool {
		src, err := os.ReadFile(name)
		return err == nil && mentionsPawl(src) && !IsGenerated(src)
	})
}

func (m *moduleParser) parsePackage(listed *packages.Package) {
	if m.pkgs[listed.PkgPath] != nil {
		return
	}
	pkg := &Package{
		Path: listed.PkgPath, Name: listed.Name, Dir: listed.Dir,
		Root: m.roots[listed.PkgPath], goVersion: goVersion(listed.Module),
	}
	m.pkgs[pkg.Path] = pkg
	for name := range m.hidden {
		if filepath.Dir(name) == pkg.Dir {
			pkg.Generated = append(pkg.Generated, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(listed.GoFiles)) {
		m.parseFile(pkg, name)
	}
	m.listErrors(pkg, listed)
	inTests(pkg, m.fset, m.findings)
	for _, path := range pkg.imports {
		if p := m.packages[path]; m.isOurs(p) {
			m.parsePackage(p)
		}
	}
}

// nothingAnnotated handles a root without directives, except perhaps in its tests: what was generated for it earlier is
// to be removed.
func (m *moduleParser) nothingAnnotated(listed *packages.Package) {
	pkg := &Package{Path: listed.PkgPath, Name: listed.Name, Dir: listed.Dir, Root: true, Wanted: true}
	inTests(pkg, m.fset, m.findings)
	for _, name := range listed.GoFiles {
		if src, err := os.ReadFile(name); err == nil && IsGenerated(src) {
			pkg.Generated = append(pkg.Generated, name)
		}
	}
	if len(pkg.Generated) > 0 {
		m.pkgs[pkg.Path] = pkg
	}
}

func (m *moduleParser) parseFile(pkg *Package, name string) {
	src, err := os.ReadFile(name)
	if err != nil {
		m.findings.add(pkg, token.Position{Filename: name}, RuleCompile, err.Error(), "")
		return
	}
	if IsGenerated(src) {
		pkg.Generated = append(pkg.Generated, name)
		return
	}
	syntax, err := parser.ParseFile(m.fset, name, src, parser.ParseComments|parser.SkipObjectResolution|parser.AllErrors)
	if err != nil {
		m.syntaxErrors(pkg, err)
		return
	}
	file := &File{Path: name, Syntax: syntax, Source: src}
	pkg.Files = append(pkg.Files, file)
	place(pkg, file, m.findings)
	for _, spec := range syntax.Imports {
		if path := ImportPath(spec); !slices.Contains(pkg.imports, path) {
			pkg.imports = append(pkg.imports, path)
		}
	}
}

func (m *moduleParser) syntaxErrors(pkg *Package, err error) {
	var list scanner.ErrorList
	if !errors.As(err, &list) {
		m.findings.compileError(pkg, token.Position{}, err.Error(), "")
	}
	for _, e := range list {
		m.findings.compileError(pkg, e.Pos, e.Msg, "")
	}
}

// listErrors reports what the go command found wrong, apart from what parsing and type-checking report better, and from
// what only concerns files that will be written again.
func (m *moduleParser) listErrors(pkg *Package, listed *packages.Package) {
	for _, e := range listed.Errors {
		pos := parsePosition(e.Pos)
		if e.Kind != packages.ListError || slices.Contains(pkg.Generated, pos.Filename) {
			continue
		}
		if pos.Filename == "" {
			pos.Filename = pkg.Dir
		}
		message, fix, _ := strings.Cut(strings.TrimSpace(e.Msg), "\n")
		m.findings.compileError(pkg, pos, strings.TrimSuffix(message, ":"), strings.TrimSpace(fix))
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
func (m *moduleParser) want(path string) {
	pkg := m.pkgs[path]
	if pkg == nil || pkg.Wanted {
		return
	}
	pkg.Wanted = true
	for _, p := range pkg.imports {
		m.want(p)
	}
}

// inOrder returns the packages, dependencies first, otherwise by path.
func (m *moduleParser) inOrder() (order []*Package) {
	seen := map[string]bool{}
	var visit func(path string)
	visit = func(path string) {
		pkg := m.pkgs[path]
		if pkg == nil || seen[path] {
			return
		}
		seen[path] = true
		for _, p := range slices.Sorted(slices.Values(pkg.imports)) {
			visit(p)
		}
		order = append(order, pkg)
	}
	for _, path := range slices.Sorted(maps.Keys(m.pkgs)) {
		visit(path)
	}
	return order
}

func goVersion(m *packages.Module) string {
	if m == nil || m.GoVersion == "" {
		return ""
	}
	return "go" + m.GoVersion
}

// ImportPath returns the path of an import.
func ImportPath(spec *ast.ImportSpec) string {
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	return path
}
