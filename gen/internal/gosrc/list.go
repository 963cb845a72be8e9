// Listing: what the go command knows of packages, and where the export data of everything outside the module lies.

package gosrc

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/pawlhq/pawl/gen/internal/importpath"
)

// list finds the packages. Where files from an earlier run confuse the go command, it is asked again without them.
func (l *loader) list() error {
	dir, err := filepath.Abs(l.cfg.Dir)
	if err != nil {
		return err
	}
	l.prog.Dir = dir
	if err := l.ask(); err != nil {
		return err
	}
	l.hideOldOutput()
	if len(l.hidden) > 0 {
		err = l.ask()
	}
	return errors.Join(err, l.setRoots())
}

// hideOldOutput hides what was generated before in packages that the go command cannot make sense of.
func (l *loader) hideOldOutput() {
	l.hidden = map[string][]byte{}
	for _, p := range l.listed {
		if len(p.Errors) == 0 || p.Dir == "" || p.Module != nil && !p.Module.Main {
			continue
		}
		names, _ := filepath.Glob(filepath.Join(p.Dir, "*pawl*.go"))
		for _, name := range names {
			if src, err := os.ReadFile(name); err == nil && IsGenerated(src) {
				l.hidden[name] = []byte("//go:build ignore\n\npackage ignore\n")
			}
		}
	}
}

// ask has the go command list the packages of the user, and the graph of everything in the module.
func (l *loader) ask() error {
	patterns := l.cfg.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	type answer struct {
		pkgs []*packages.Package
		err  error
	}
	asked := make(chan answer, 1)
	go func() {
		pkgs, err := l.load(packages.NeedName|packages.NeedFiles|packages.NeedModule, patterns...)
		asked <- answer{pkgs, err}
	}()
	graph, err := l.load(packages.NeedName|packages.NeedFiles|packages.NeedImports|packages.NeedDeps|packages.NeedModule, "work")
	roots := <-asked
	l.asked, l.listed = roots.pkgs, map[string]*packages.Package{}
	packages.Visit(slices.Concat(roots.pkgs, graph), nil, func(p *packages.Package) { l.listed[p.PkgPath] = p })
	return errors.Join(roots.err, err)
}

// setRoots takes the packages that the user asked for.
func (l *loader) setRoots() error {
	l.roots = map[string]bool{}
	var problems []error
	for _, p := range l.asked {
		if p.Module == nil || !p.Module.Main || len(p.GoFiles) == 0 && len(p.Errors) > 0 {
			problems = append(problems, unusable(p))
			continue
		}
		if real, linked := behindLink(p); linked {
			problems = append(problems, fmt.Errorf("%s is reached through a symbolic link, under a path that is not its own: call pawl for %s", p.PkgPath, real))
			continue
		}
		l.roots[p.PkgPath] = true
		if l.prog.Module == "" {
			l.prog.Module = p.Module.Path
		}
	}
	if names := modulesOf(l.asked); len(names) > 1 {
		problems = append(problems, fmt.Errorf("the packages are in several modules of a workspace (%s): call pawl for one at a time", strings.Join(names, ", ")))
	}
	if len(l.asked) == 0 {
		problems = append(problems, fmt.Errorf("no packages match %s", strings.Join(l.cfg.Patterns, " ")))
	}
	return errors.Join(problems...)
}

// behindLink is where a package's directory really lies, if the way from its module to it goes through a link. What is
// generated has the package's path in it, so one directory must not be two packages.
func behindLink(p *packages.Package) (real string, linked bool) {
	root, err := filepath.EvalSymlinks(p.Module.Dir)
	real, err2 := filepath.EvalSymlinks(p.Dir)
	path, err3 := filepath.Rel(p.Module.Dir, p.Dir)
	if errors.Join(err, err2, err3) != nil {
		return "", false
	}
	return real, filepath.Join(root, path) != real
}

// modulesOf are the main modules that packages are in, sorted.
func modulesOf(pkgs []*packages.Package) []string {
	names := map[string]bool{}
	for _, p := range pkgs {
		if p.Module != nil && p.Module.Main {
			names[p.Module.Path] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// unusable says why nothing can be generated for a package that the user asked for.
func unusable(p *packages.Package) error {
	switch {
	case len(p.Errors) > 0 && strings.Contains(p.Errors[0].Msg, "build constraints exclude all Go files"):
		return fmt.Errorf("%s: %s: choose a build that has some, with -tags or by GOOS and GOARCH", p.PkgPath, p.Errors[0].Msg)
	case len(p.Errors) > 0:
		return fmt.Errorf("%s: %s", p.PkgPath, p.Errors[0].Msg)
	}
	return fmt.Errorf("%s is not in the main module: call pawl in the module that it belongs to", p.PkgPath)
}

func (l *loader) load(mode packages.LoadMode, patterns ...string) ([]*packages.Package, error) {
	pkgs, err := packages.Load(&packages.Config{
		Context:    l.ctx,
		Mode:       mode,
		Dir:        l.prog.Dir,
		Env:        l.cfg.Env,
		BuildFlags: l.cfg.BuildFlags,
		Overlay:    l.hidden,
	}, patterns...)
	return pkgs, inPlain(err)
}

// inPlain leaves of an error of the go command what the go command said.
func inPlain(err error) error {
	if err == nil {
		return nil
	}
	_, said, found := strings.Cut(err.Error(), "stderr: ")
	if !found {
		return err
	}
	if said = strings.TrimSpace(said); strings.Contains(said, "go.mod file not found") {
		said += "\npawl works in modules: make one with go mod init, or call pawl in the directory of one"
	}
	return errors.New(said)
}

// generatedImports are the packages that generated code may import.
var generatedImports = []string{importpath.Pawl, importpath.ABI, "context", "embed", "errors", "slices", "time"}

// exports asks the go command for the export data of everything that is imported from outside.
func (l *loader) exports() error {
	needed := map[string]bool{}
	for _, pkg := range l.prog.Packages {
		for _, path := range pkg.imports {
			if l.local[path] == nil && path != "unsafe" && path != "C" {
				needed[path] = true
			}
		}
	}
	if !l.anythingAnnotated() {
		return nil
	}
	for _, path := range generatedImports {
		needed[path] = true
	}
	pkgs, err := l.load(packages.NeedName|packages.NeedExportFile, slices.Sorted(maps.Keys(needed))...)
	if err != nil {
		return err
	}
	l.export = map[string]string{}
	for _, p := range pkgs {
		l.export[p.PkgPath] = p.ExportFile
		if importpath.IsEngine(p.PkgPath) && p.ExportFile == "" {
			return l.missingRuntime(p)
		}
	}
	return nil
}

func (l *loader) anythingAnnotated() bool {
	return slices.ContainsFunc(l.prog.Packages, func(p *Package) bool { return len(p.Files) > 0 })
}

// missingRuntime says why generated code would not compile for want of the engine, or of what the engine needs.
func (l *loader) missingRuntime(p *packages.Package) error {
	said := l.inDependencies(p)
	fix := "\nadd it to the module: go get " + importpath.Pawl
	switch {
	case said == "":
		return fmt.Errorf("generated code needs %s, which does not compile: run go build %[1]s", p.PkgPath)
	case strings.Contains(said, "-mod=vendor"):
		fix = "\nvendor it: GOFLAGS=-mod=mod go generate, then go mod vendor"
	case strings.Contains(said, "missing go.sum entry"):
		fix = "\nor, where a tool directive or an import names the module already: go mod tidy" // the go command has said go get
	case !strings.Contains(said, importpath.Pawl):
		fix = "" // another module is what is missing
	}
	return fmt.Errorf("generated code needs %s, which cannot be loaded: %s%s", p.PkgPath, said, fix)
}

// inDependencies is the first thing that the go command has against a package or what it imports; empty if there is
// nothing.
func (l *loader) inDependencies(p *packages.Package) (said string) {
	pkgs := []*packages.Package{p}
	if len(p.Errors) == 0 {
		pkgs, _ = l.load(packages.NeedName|packages.NeedImports|packages.NeedDeps, p.PkgPath)
	}
	packages.Visit(pkgs, nil, func(p *packages.Package) {
		if said == "" && len(p.Errors) > 0 {
			said = p.Errors[0].Msg
		}
	})
	return said
}
