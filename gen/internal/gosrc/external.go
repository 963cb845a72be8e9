// This file type-checks packages of other modules from their source where workflows reach them.

package gosrc

import (
	"fmt"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"
	"golang.org/x/tools/go/packages"
)

// external is a package of another module that is type-checked from its source.
type external struct {
	*Package
	bodies bool // workflows may reach into it; of all others the declarations are enough
}

// readExternal parses packages of other modules, and what they import: workflows may reach all of that. There is one
// universe of types, so whatever the author imports that builds on any of these is parsed as well, for its declarations.
func readExternal(l *listing, prog *Program, paths []string) (all []*external, err error) {
	reached := map[string]bool{}
	for _, path := range paths {
		l.reachable(path, reached)
	}
	builtOn := l.buildingOn(reached, prog.Packages)
	needed := map[string]bool{}
	for _, path := range builtOn {
		p := l.packages[path]
		all = append(all, &external{
			Package: &Package{Path: p.PkgPath, Name: p.Name, Dir: p.Dir, goVersion: goVersion(p.Module)},
			bodies:  reached[path],
		})
		for imported := range p.Imports {
			needed[imported] = true
		}
	}
	if err := l.parseExternal(all, prog.Fset); err != nil {
		return nil, err
	}
	for _, path := range builtOn {
		delete(needed, path)
	}
	_, err = l.addExports(needed)
	return all, err
}

// reachable adds a package of another module, and all of other modules that it imports.
func (l *listing) reachable(path string, seen map[string]bool) {
	if seen[path] || !l.isExternal(path) {
		return
	}
	seen[path] = true
	for path := range l.packages[path].Imports {
		l.reachable(path, seen)
	}
}

// buildingOn returns the packages of a set, and the packages in the program's import graph that depend on them, with
// dependencies first.
func (l *listing) buildingOn(set map[string]bool, pkgs []*Package) (order []string) {
	builds := map[string]bool{}
	seen := map[string]bool{}
	var visit func(path string) bool
	visit = func(path string) bool {
		if seen[path] || !l.isExternal(path) {
			return builds[path]
		}
		seen[path] = true
		builds[path] = set[path]
		for _, imported := range slices.Sorted(maps.Keys(l.packages[path].Imports)) {
			builds[path] = visit(imported) || builds[path]
		}
		if builds[path] {
			order = append(order, path)
		}
		return builds[path]
	}
	for _, pkg := range pkgs {
		for _, path := range pkg.Imports() {
			visit(path)
		}
	}
	return order
}

// parseExternal parses the files of packages in parallel.
func (l *listing) parseExternal(all []*external, fset *token.FileSet) error {
	var work errgroup.Group
	for _, e := range all {
		listed := l.packages[e.Path]
		e.Files = make([]*File, len(listed.GoFiles))
		for i, name := range slices.Sorted(slices.Values(listed.GoFiles)) {
			work.Go(func() (err error) {
				e.Files[i], err = parseReleased(fset, listed, name)
				return err
			})
		}
	}
	return work.Wait()
}

// parseReleased parses a file of another module under the name that it has on every machine.
func parseReleased(fset *token.FileSet, p *packages.Package, path string) (*File, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("workflows reach into %s, but its source cannot be read: %w", p.PkgPath, err)
	}
	syntax, err := parser.ParseFile(fset, publicName(p, path), src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("%s does not compile: %w", p.PkgPath, err)
	}
	return &File{Path: path, Syntax: syntax, Source: src}, nil
}

// publicName returns the name of a file of a released module for use in findings, such as
// golang.org/x/mod@v0.42.0/semver/semver.go. Files that the author can edit keep their names.
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

// checkExternal type-checks external packages in a new universe. Those with errors are left out of the program: what
// cannot be read in full is not known.
func (p *Program) checkExternal(all []*external, list *listing) {
	p.universe = newUniverse(p.Fset, list)
	for _, e := range all {
		correct := true
		p.check(e.Package, !e.bodies, func(types.Error) { correct = false })
		if e.bodies && correct {
			p.Dependencies = append(p.Dependencies, e.Package)
		}
	}
}
