// Dependencies: packages of other modules, type-checked from their source where workflows mention them.

package gosrc

import (
	"fmt"
	"go/parser"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/packages"

	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// dependency is a package of another module that is type-checked from its source.
type dependency struct {
	*Package
	bodies bool // workflows may reach into it; of all others the declarations are enough
}

// deepen type-checks the program anew if it has to know packages of other modules from their source.
func (l *loader) deepen() error {
	if l.cfg.Reached == nil || l.prog.broken || !l.importsForeign() {
		return nil
	}
	paths := l.cfg.Reached(l.prog)
	if len(paths) == 0 {
		return nil
	}
	if err := l.fromSource(paths); err != nil {
		return err
	}
	return l.typecheck() // what it has to say twice is said once
}

func (l *loader) importsForeign() bool {
	return slices.ContainsFunc(l.prog.Packages, func(pkg *Package) bool {
		return slices.ContainsFunc(pkg.imports, func(path string) bool { return !importpath.IsEngine(path) && l.foreign(l.listed[path]) })
	})
}

// fromSource takes packages of other modules from their source, and with them what they import: workflows may reach all
// of that. There is one universe of types, so whatever is imported by the author and builds on any of these is taken
// from its source as well, without its bodies.
func (l *loader) fromSource(paths []string) error {
	bodies := map[string]bool{}
	for _, path := range paths {
		l.reachable(path, bodies)
	}
	for _, path := range l.inOrder(bodies) {
		l.deps = append(l.deps, &dependency{Package: outsider(l.listed[path]), bodies: bodies[path]})
	}
	if err := l.parseDependencies(); err != nil {
		return err
	}
	return l.exportsOfDependencies()
}

// reachable enters a package and everything that it imports from outside of the standard library.
func (l *loader) reachable(path string, seen map[string]bool) {
	p := l.listed[path]
	if seen[path] || !l.foreign(p) {
		return
	}
	seen[path] = true
	for path := range p.Imports {
		l.reachable(path, seen)
	}
}

// foreign reports whether a package is from another module: neither the author's nor of the standard library.
func (l *loader) foreign(p *packages.Package) bool {
	return p != nil && p.Module != nil && l.local[p.PkgPath] == nil
}

// inOrder are the packages of a set and those of the author's imports that build on them, dependencies first.
func (l *loader) inOrder(set map[string]bool) (order []string) {
	builds := map[string]bool{}
	seen := map[string]bool{}
	var visit func(path string) bool
	visit = func(path string) bool {
		p := l.listed[path]
		if seen[path] || !l.foreign(p) {
			return builds[path]
		}
		seen[path] = true
		builds[path] = set[path]
		for _, imported := range slices.Sorted(maps.Keys(p.Imports)) {
			builds[path] = visit(imported) || builds[path]
		}
		if builds[path] {
			order = append(order, path)
		}
		return builds[path]
	}
	for _, pkg := range l.prog.Packages {
		for _, path := range pkg.Imports() {
			visit(path)
		}
	}
	return order
}

func outsider(p *packages.Package) *Package {
	return &Package{Path: p.PkgPath, Name: p.Name, Dir: p.Dir, goVersion: goVersion(p.Module)}
}

// parseDependencies parses the files of all of them at once.
func (l *loader) parseDependencies() error {
	var work errgroup.Group
	for _, d := range l.deps {
		listed := l.listed[d.Path]
		d.Files = make([]*File, len(listed.GoFiles))
		for i, name := range slices.Sorted(slices.Values(listed.GoFiles)) {
			work.Go(func() (err error) {
				d.Files[i], err = l.parseForeign(listed, name)
				return err
			})
		}
	}
	return work.Wait()
}

// parseForeign parses a file of another module under the name that it has on every machine.
func (l *loader) parseForeign(p *packages.Package, path string) (*File, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s is to be read to see what workflows do with it: %w", p.PkgPath, err)
	}
	syntax, err := parser.ParseFile(l.prog.Fset, publicName(p, path), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("%s does not compile: %w", p.PkgPath, err)
	}
	return &File{Path: path, Syntax: syntax, Source: src}, nil
}

// publicName is how a file of a released module is named in findings: golang.org/x/mod@v0.42.0/semver/semver.go. Files
// that the author can edit keep their names.
func publicName(p *packages.Package, path string) string {
	m := p.Module
	if m.Replace != nil {
		m = m.Replace
	}
	rel, err := filepath.Rel(m.Dir, path)
	if m.Version == "" || m.Dir == "" || err != nil || !filepath.IsLocal(rel) {
		return path
	}
	return m.Path + "@" + m.Version + "/" + filepath.ToSlash(rel)
}

// exportsOfDependencies asks for the export data of what they import besides.
func (l *loader) exportsOfDependencies() error {
	here := map[string]bool{"unsafe": true, "C": true}
	for _, d := range l.deps {
		here[d.Path] = true
	}
	needed := map[string]bool{}
	for _, d := range l.deps {
		for path := range l.listed[d.Path].Imports {
			if !here[path] && l.export[path] == "" {
				needed[path] = true
			}
		}
	}
	return l.addExports(slices.Sorted(maps.Keys(needed)))
}

// addExports asks the go command for export data.
func (l *loader) addExports(paths []string) error {
	if len(paths) == 0 {
		return nil
	}
	pkgs, err := l.load(packages.NeedName|packages.NeedExportFile, paths...)
	for _, p := range pkgs {
		l.export[p.PkgPath] = p.ExportFile
	}
	return err
}

// checkDependencies type-checks them. Those that do not check without a fault are left out of the program: what cannot
// be read in full is not known.
func (l *loader) checkDependencies() {
	for _, d := range l.deps {
		faults := 0
		l.prog.check(d.Package, d.syntax(), !d.bodies, func(types.Error) { faults++ })
		for _, f := range d.Files {
			f.GoVersion = d.Info.FileVersions[f.Syntax]
		}
		if d.bodies && faults == 0 {
			l.prog.Dependencies = append(l.prog.Dependencies, d.Package)
		}
	}
}
