package distribution_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/format"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/pawlhq/pawl/golden/internal/corpus"
)

// This file turns the tests of packages of the standard library into programs.

// packages are the packages whose tests are tried.
var packages = []string{"context", "iter", "sync", "time"}

var tryPackages = flag.Bool("distribution.packages", false, "try the tests of packages "+strings.Join(packages, ", ")+" as programs")

// TestPackages runs the tests of packages as they are and lowered.
func TestPackages(t *testing.T) {
	if !*tryPackages {
		t.Skip("it needs -distribution.packages")
	}
	m := newModule(t, nil)
	for _, folder := range []string{"native", "lowered"} {
		shim, err := os.ReadFile("testing/testing.go")
		if err != nil {
			t.Fatal(err)
		}
		m.write(t, folder+"/testing/testing.go", shim)
	}
	var programs []program
	for _, pkg := range packages {
		p := program{name: pkg + ".go"}
		if tests := m.writeTests(t, pkg); tests != corpus.Tests[pkg] {
			t.Errorf("package %s has %d tests that can be tried, and golden/internal/corpus says %d", pkg, tests, corpus.Tests[pkg])
		}
		programs = append(programs, p)
	}
	findings := m.lower(t, programs)
	m.build(t, "native")
	m.build(t, "lowered")
	for _, p := range programs {
		if err := m.compare(t, p, findings[p.id()]); err != nil {
			t.Errorf("%s: lowered, it %v", p.name, err)
		}
	}
}

// writeTests writes the tests of a package as a program, and returns how many there are.
func (m module) writeTests(t *testing.T, pkg string) int {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	s := suite{fset: token.NewFileSet(), files: map[string]*ast.File{}}
	s.std = imports{importer.ForCompiler(s.fset, "source", nil).(types.ImporterFrom), s.fset, map[string]*types.Package{}}
	names, _ := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "src", pkg, "*_test.go"))
	for _, name := range names {
		s.add(t, name)
	}
	s.prune(t)
	tests := s.tests()
	for _, folder := range []string{"native", "lowered"} {
		for name, file := range s.files {
			m.write(t, path.Join(folder, pkg, strings.TrimSuffix(name, "_test.go")+".go"), s.source(t, file, folder))
		}
		main := "main"
		if folder == "lowered" {
			main = originalMain
		}
		var b bytes.Buffer
		fmt.Fprintf(&b, "package main\n\nimport \"example.com/programs/%s/testing\"\n\nfunc %s() {\n", folder, main)
		for _, name := range tests {
			fmt.Fprintf(&b, "\ttesting.Main(%q, %s)\n", name, name)
		}
		b.WriteString("}\n")
		m.write(t, path.Join(folder, pkg, "suite.go"), b.Bytes())
	}
	return len(tests)
}

// suite is what is left of the tests of a package.
type suite struct {
	fset  *token.FileSet
	files map[string]*ast.File // by base name
	std   imports
}

// add adds a file, if it is one of the external tests of the package that compile here. Only its tests and what they need
// are kept.
func (s *suite) add(t *testing.T, name string) {
	t.Helper()
	if here, err := build.Default.MatchFile(filepath.Split(name)); err != nil || !here {
		return
	}
	file, err := parser.ParseFile(s.fset, name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(file.Name.Name, "_test") {
		return
	}
	file.Name.Name = "main"
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && (f.Body == nil || corpus.LeftOut[f.Name.Name] != "" || f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Benchmark") || strings.HasPrefix(f.Name.Name, "Example") || f.Name.Name == "init"))
	})
	s.files[filepath.Base(name)] = file
}

// prune removes the declarations that do not compile in a program: they need what only a test can see.
func (s *suite) prune(t *testing.T) {
	t.Helper()
	for range 50 {
		bad := s.check(t)
		if len(bad) == 0 {
			return
		}
		for _, file := range s.files {
			file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
				return slices.ContainsFunc(bad, func(pos token.Pos) bool { return d.Pos() <= pos && pos < d.End() && !isImport(d) })
			})
		}
	}
	t.Fatal("the tests never compile")
}

func isImport(d ast.Decl) bool {
	g, ok := d.(*ast.GenDecl)
	return ok && g.Tok == token.IMPORT
}

// check returns the positions of type errors. Imports that are not used are removed.
func (s *suite) check(t *testing.T) (bad []token.Pos) {
	t.Helper()
	conf := types.Config{Importer: s.std, Error: func(err error) {
		if err, ok := err.(types.Error); ok {
			if !strings.Contains(err.Msg, "imported and not used") {
				bad = append(bad, err.Pos)
			}
		}
	}}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Implicits: map[ast.Node]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	conf.Check("main", s.fset, slices.Collect(maps.Values(s.files)), info)
	for _, file := range s.files {
		s.dropImports(file, info)
	}
	return bad
}

// dropImports removes the imports of a file that it does not use.
func (s *suite) dropImports(file *ast.File, info *types.Info) {
	used := map[string]bool{}
	for id, obj := range info.Uses {
		if id.Pos() < file.FileStart || id.Pos() > file.FileEnd {
			continue
		}
		if pkg, ok := obj.(*types.PkgName); ok {
			used[pkg.Imported().Path()] = true
		} else if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			used[obj.Pkg().Path()] = true // by a dot import
		}
	}
	for _, d := range file.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.IMPORT {
			g.Specs = slices.DeleteFunc(g.Specs, func(spec ast.Spec) bool {
				name, _ := strconv.Unquote(spec.(*ast.ImportSpec).Path.Value)
				return !used[name] || internal(name)
			})
		}
	}
	file.Decls = slices.DeleteFunc(file.Decls, func(d ast.Decl) bool {
		g, ok := d.(*ast.GenDecl)
		return ok && g.Tok == token.IMPORT && len(g.Specs) == 0
	})
}

// internal reports whether a program must not import a package.
func internal(name string) bool { return slices.Contains(strings.Split(name, "/"), "internal") }

// imports imports the standard library, with another package testing.
type imports struct {
	std  types.ImporterFrom
	fset *token.FileSet
	shim map[string]*types.Package // package testing, once it is known
}

func (i imports) Import(name string) (*types.Package, error) {
	if internal(name) {
		return nil, fmt.Errorf("%s is internal", name)
	}
	if name != "testing" {
		return i.std.ImportFrom(name, ".", 0)
	}
	if i.shim[name] != nil {
		return i.shim[name], nil
	}
	file, err := parser.ParseFile(i.fset, "testing/testing.go", nil, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: i.std}
	i.shim[name], err = conf.Check("testing", i.fset, []*ast.File{file}, nil)
	return i.shim[name], err
}

// tests returns the names of the tests, in the order of the files.
func (s *suite) tests() (names []string) {
	for _, base := range slices.Sorted(maps.Keys(s.files)) {
		for _, d := range s.files[base].Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Type.Params.NumFields() == 1 && f.Name.Name != "TestMain" {
				names = append(names, f.Name.Name)
			}
		}
	}
	return names
}

// source prints a file for a folder of the module.
func (s *suite) source(t *testing.T, file *ast.File, folder string) []byte {
	t.Helper()
	for _, spec := range file.Imports {
		if name := strings.Trim(spec.Path.Value, `"`); path.Base(name) == "testing" {
			spec.Path.Value = strconv.Quote("example.com/programs/" + folder + "/testing")
		}
	}
	file.Comments = nil
	var b bytes.Buffer
	if err := format.Node(&b, s.fset, file); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
