// The stages of a compilation, in their order.

package gen

import (
	"context"
	"errors"
	"fmt"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/internal/check"
	"github.com/pawlhq/pawl/gen/internal/describe"
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/lower"
	"github.com/pawlhq/pawl/gen/internal/sources"
	"github.com/pawlhq/pawl/internal/lowerall"
)

// compilation is the state of one Generate or Check.
type compilation struct {
	loader      *gosrc.Loader
	prog        *gosrc.Program
	description map[*gosrc.Package]*ir.Package // of what is annotated
	check       *check.Result
	sound       []*gosrc.Package // can have output
	result      *Result
}

// analyze runs the stages up to the check. checkOnly says that it is the last one.
func analyze(ctx context.Context, cfg Config, checkOnly bool) (*compilation, error) {
	all := lowerall.Asked(ctx)
	loader, err := gosrc.Parse(ctx, gosrc.Config{
		Dir: cfg.Dir, Patterns: cfg.Patterns, Env: cfg.Env, BuildFlags: cfg.BuildFlags, Unannotated: all, CheckOnly: checkOnly,
	})
	if err != nil {
		return nil, err
	}
	c := &compilation{
		loader: loader, prog: loader.Program,
		description: map[*gosrc.Package]*ir.Package{}, result: &Result{Dir: loader.Program.Dir},
	}
	c.result.Sources = c.files()
	if err := c.stub(); err != nil {
		return nil, err
	}
	loader.TypeCheck()
	if !all && loader.ImportsExternal() {
		if err := loader.Deepen(check.Unknown(c.prog)); err != nil {
			return nil, err
		}
	}
	c.report(slices.Concat(loader.Findings(), describe.Check(c.prog)))
	if all {
		c.check = check.Everything(c.prog)
	} else {
		c.check = check.Run(c.prog)
		c.report(c.wanted(c.check.Diagnostics))
		c.result.Remarks = c.wanted(c.check.Remarks)
		c.result.Accepted = c.accepted()
	}
	return c, nil
}

// generate runs the stages after the check, for the packages that can have output.
func (c *compilation) generate() error {
	c.sound = c.soundPackages()
	lowered := lower.Files(c.prog, c.sound, c.check)
	packages, err := c.complete(lowered)
	if err != nil {
		return err
	}
	files, err := c.emit(packages, lowered)
	if err != nil {
		return err
	}
	if err := c.compare(files); err != nil {
		return err
	}
	if len(c.result.Stale()) > 0 { // what is not stale was verified when it was written
		c.verify(files)
	}
	return nil
}

// report adds findings to the result.
func (c *compilation) report(found []diag.Diagnostic) {
	c.result.Diagnostics = diag.Sort(append(c.result.Diagnostics, found...))
}

// stub describes what is annotated, dependencies first, and declares all of the generated code that the author's code
// may refer to.
func (c *compilation) stub() error {
	for _, pkg := range c.prog.Packages {
		c.loader.Declare(pkg)
		if !pkg.HasDirectives() {
			continue
		}
		p, complete := describe.Package(c.prog, pkg)
		p.Generator = Version
		src, err := emit.Draft(p)
		if err != nil {
			return err
		}
		if err := c.loader.AddStub(pkg, src); err != nil {
			return err
		}
		if !complete { // until the generated types were declared
			p, _ = describe.Package(c.prog, pkg)
			p.Generator = Version
		}
		c.description[pkg] = p
		if pkg.Wanted && len(pkg.Annotated) > 0 {
			c.report(takenNames(c.prog, pkg, p))
		}
	}
	return nil
}

// files returns the names of the author's files.
func (c *compilation) files() (names []string) {
	for _, p := range c.prog.Packages {
		for _, f := range p.Files {
			names = append(names, f.Path)
		}
	}
	return names
}

// wanted returns the findings about what the user asked for.
func (c *compilation) wanted(found []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(found, func(d diag.Diagnostic) bool {
		return slices.ContainsFunc(c.prog.Packages, func(p *gosrc.Package) bool {
			return !p.Wanted && p.Dir == filepath.Dir(d.Pos.Filename)
		})
	})
}

// accepted returns the acceptances in what the user asked for.
func (c *compilation) accepted() (all []Acceptance) {
	for _, a := range c.check.Accepted {
		if slices.ContainsFunc(c.prog.Packages, func(p *gosrc.Package) bool { return p.Wanted && p.Dir == filepath.Dir(a.Pos.Filename) }) {
			all = append(all, Acceptance(a))
		}
	}
	return all
}

// described is a package that a file is generated for.
type described struct {
	*ir.Package
	source *gosrc.Package
}

// complete returns every package with output in which something is annotated or lowered, with what follows from lowering.
func (c *compilation) complete(lowered []lower.File) (out []described, err error) {
	index, err := sources.NewIndex(c.prog, c.check)
	if err != nil {
		return nil, err
	}
	has := map[string]bool{} // paths of packages so far; imports come first
	for _, pkg := range c.sound {
		own := slices.DeleteFunc(slices.Clone(lowered), func(f lower.File) bool { return f.Pkg != pkg })
		if len(pkg.Annotated)+len(own) == 0 {
			continue
		}
		has[pkg.Path] = true
		p := c.description[pkg]
		if p == nil { // it has helpers of workflows only
			p, _ = describe.Package(c.prog, pkg)
			p.Generator = Version
		}
		for _, path := range pkg.Imports() {
			if has[path] {
				p.Includes = append(p.Includes, ir.Import{Path: path, Name: c.prog.Package(path).Name})
			}
		}
		p.Errors = c.errors(pkg, has, index.Mentioned(pkg))
		p.Sources, p.Guards = index.Sources(pkg)
		p.Binders, p.Dispatchers = lower.Binders(own), lower.Dispatchers(own)
		for i := range p.Workflows {
			p.Workflows[i].Version = index.Version(p.Workflows[i].Registered, Version)
		}
		out = append(out, described{p, pkg})
	}
	return out, nil
}

// errors returns the errors of the package itself, and the exported ones that its durable code mentions of packages
// without a generated file.
func (c *compilation) errors(pkg *gosrc.Package, has map[string]bool, mentioned map[types.Object]bool) []ir.Error {
	out := describe.Errors(pkg, nil)
	for _, path := range pkg.Imports() {
		if other := c.prog.Package(path); other != nil && !has[path] {
			out = append(out, describe.Errors(other, func(obj types.Object) bool { return obj.Exported() && mentioned[obj] })...)
		}
	}
	return out
}

// emit writes the generated files of every package, and adds its lowered ones, by absolute name.
func (c *compilation) emit(packages []described, lowered []lower.File) (map[string][]byte, error) {
	stubs := make([][]byte, len(packages))
	var work errgroup.Group
	for i, p := range packages {
		work.Go(func() (err error) {
			stubs[i], err = emit.File(p.Package)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for i, p := range packages {
		files[filepath.Join(p.source.Dir, gosrc.StubFile)] = stubs[i]
		for _, source := range p.Guards {
			content, err := emit.Guard(p.Package, source)
			if err != nil {
				return nil, err
			}
			files[filepath.Join(p.source.Dir, source.Guard())] = content
		}
	}
	for _, f := range lowered {
		files[filepath.Join(f.Pkg.Dir, f.Name)] = f.Content
	}
	return files, nil
}

// compare compares the files with the ones on disk, and finds output of earlier runs that is no longer needed.
func (c *compilation) compare(files map[string][]byte) error {
	for _, name := range c.outputNames(files) {
		f := File{Path: name, Content: files[name]}
		old, err := os.ReadFile(name)
		switch {
		case err == nil && !gosrc.IsGenerated(old):
			return fmt.Errorf("%s was not written by pawl, which needs the name: rename it", diag.Rel(name, c.prog.Dir))
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			return err
		case err == nil:
			f.Old = old
		}
		c.result.Files = append(c.result.Files, f)
	}
	return nil
}

// outputNames returns the names of the generated files, old and new, of the packages that can have output.
func (c *compilation) outputNames(files map[string][]byte) []string {
	names := map[string]bool{}
	for _, pkg := range c.sound {
		for _, name := range pkg.Generated {
			names[name] = true
		}
		for name := range files {
			if filepath.Dir(name) == pkg.Dir {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// verify type-checks the files together with the author's code. A package for which that fails gets no output.
func (c *compilation) verify(files map[string][]byte) {
	found := c.prog.Verify(c.sound, files)
	if len(found) == 0 {
		return
	}
	c.report(found)
	c.sound = c.soundPackages()
	c.result.Files = slices.DeleteFunc(c.result.Files, func(f File) bool {
		return !slices.ContainsFunc(c.sound, func(pkg *gosrc.Package) bool { return pkg.Dir == filepath.Dir(f.Path) })
	})
}
