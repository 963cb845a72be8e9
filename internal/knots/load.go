// Loading packages, and finding what their files use of each other.

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// pkg is a package and the uses between its files.
type pkg struct {
	path  string
	files []string                              // base names, in the order of go list; neither tests nor generated files
	uses  map[string]map[string]map[string]bool // user, then used file, then the names used
}

// listed is what go list prints about a package.
type listed struct {
	Dir, ImportPath, Export string
	GoFiles, CgoFiles       []string
	DepOnly                 bool
}

// load returns the packages that match the patterns of go list in dir. It compiles what they import, as go vet does.
func load(dir string, patterns ...string) ([]*pkg, error) {
	all, err := list(dir, patterns)
	if err != nil {
		return nil, err
	}
	exports := map[string]string{}
	for _, l := range all {
		exports[l.ImportPath] = l.Export
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, runtime.Compiler, func(path string) (io.ReadCloser, error) {
		return os.Open(exports[path])
	})
	var packages []*pkg
	for _, l := range all {
		if l.DepOnly || len(l.GoFiles) == 0 {
			continue
		}
		p, err := count(fset, imports, l)
		if err != nil {
			return nil, fmt.Errorf("package %s: %w", l.ImportPath, err)
		}
		packages = append(packages, p)
	}
	return packages, nil
}

func list(dir string, patterns []string) ([]*listed, error) {
	args := append([]string{"list", "-deps", "-export", "-json=Dir,ImportPath,Export,GoFiles,CgoFiles,DepOnly", "--"}, patterns...)
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	var all []*listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		l := &listed{}
		if err := dec.Decode(l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}

// count type-checks a package and records which file uses which.
func count(fset *token.FileSet, imports types.Importer, l *listed) (*pkg, error) {
	p := &pkg{path: l.ImportPath, uses: map[string]map[string]map[string]bool{}}
	var files []*ast.File
	for _, name := range l.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(l.Dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		if !ast.IsGenerated(f) {
			p.files = append(p.files, name)
			p.uses[name] = map[string]map[string]bool{}
		}
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{
		Importer:    imports,
		FakeImportC: len(l.CgoFiles) > 0,
	}
	if _, err := conf.Check(l.ImportPath, fset, files, info); err != nil {
		return nil, err
	}
	// PositionFor and not Position: a //line comment does not move a declaration to another file.
	file := func(pos token.Pos) string { return filepath.Base(fset.PositionFor(pos, false).Filename) }
	for id, obj := range info.Uses {
		if obj.Pkg() == nil || obj.Pkg().Path() != l.ImportPath || !obj.Pos().IsValid() {
			continue
		}
		// A name of the same package that another file declares is a package-level name, a method or a field.
		p.use(file(id.Pos()), file(obj.Pos()), obj.Name())
	}
	return p, nil
}

// use records that one file uses a name of another. Files that don't count are left out.
func (p *pkg) use(from, to, name string) {
	if from == to || p.uses[from] == nil || p.uses[to] == nil {
		return
	}
	if p.uses[from][to] == nil {
		p.uses[from][to] = map[string]bool{}
	}
	p.uses[from][to][name] = true
}
