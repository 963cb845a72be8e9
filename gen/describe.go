// Describing packages: what the front end found in them, with what follows from lowering.

package gen

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/pawlhq/pawl/annotations"
	"github.com/pawlhq/pawl/gen/diag"
	"github.com/pawlhq/pawl/gen/emit"
	"github.com/pawlhq/pawl/gen/gosrc"
	"github.com/pawlhq/pawl/gen/ir"
	"github.com/pawlhq/pawl/gen/lower"
)

// stub writes a package's generated file as far as it can be known before lowering: all that the author's code may
// refer to.
func stub(prog *gosrc.Program, pkg *gosrc.Package) ([]byte, error) {
	p := prog.Describe(pkg)
	p.Generator = Version
	return emit.Draft(p)
}

// takenNames reports generated names that the author has declared already.
func takenNames(prog *gosrc.Program) (found []diag.Diagnostic) {
	for _, pkg := range prog.Packages {
		if len(pkg.Annotated) == 0 || !pkg.Wanted {
			continue
		}
		p := prog.Describe(pkg)
		for _, name := range emit.Names(p) {
			if _, taken := slices.BinarySearch(p.Scope, name); taken {
				found = append(found, diag.Diagnostic{
					Pos:     prog.Fset.Position(pkg.Types.Scope().Lookup(name).Pos()),
					Rule:    gosrc.RuleName.ID,
					Message: fmt.Sprintf("%s is the name of something that pawl generates in package %s", name, pkg.Name),
					Fix:     "give it another name",
				})
			}
		}
	}
	return found
}

// described is a package of which a file is to be generated.
type described struct {
	*ir.Package
	source *gosrc.Package
}

// describe gives every package that has something annotated or lowered.
func (c *compilation) describe(lowered []lower.File) ([]described, error) {
	d, err := newCompleter(c)
	if err != nil {
		return nil, err
	}
	var out []described
	for _, pkg := range c.prog.Packages {
		if len(pkg.Annotated) == 0 && !slices.ContainsFunc(lowered, func(f lower.File) bool { return f.Pkg == pkg }) {
			continue
		}
		d.has[pkg.Path] = true
		p := d.complete(pkg)
		p.Helpers = helpers(pkg, lowered)
		out = append(out, described{p, pkg})
	}
	return out, nil
}

// completer adds to descriptions what follows from lowering.
type completer struct {
	*compilation
	has   map[string]bool // packages described so far; imports come first
	sites map[*types.Func]site
	sums  map[*gosrc.File]map[string]string // fingerprints of all functions
	whole map[*types.Func]bool              // functions of which replay depends on the whole text
}

// site is where a function of the module is declared.
type site struct {
	pkg  *gosrc.Package
	file *gosrc.File
	decl *ast.FuncDecl
	some bool // only some builds compile it
}

func newCompleter(c *compilation) (*completer, error) {
	d := &completer{compilation: c, has: map[string]bool{}, sites: map[*types.Func]site{}, sums: map[*gosrc.File]map[string]string{}}
	for _, pkg := range c.prog.Packages {
		for _, file := range pkg.Files {
			sums, err := annotations.Fingerprints(file.Source)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file.Path, err)
			}
			d.sums[file] = sums
			d.index(pkg, file)
		}
	}
	d.whole = d.deterministic()
	return d, nil
}

// index finds the functions that a file declares.
func (d *completer) index(pkg *gosrc.Package, file *gosrc.File) {
	for _, decl := range file.Syntax.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		if obj, ok := pkg.Info.Defs[f.Name].(*types.Func); ok {
			d.sites[obj] = site{pkg, file, f, file.Condition() != ""}
		}
	}
}

// body is the fingerprint of a whole function.
func (d *completer) body(fn *types.Func) string {
	site := d.sites[fn]
	return d.sums[site.file][annotations.FuncName(site.decl)+"{}"]
}

func (d *completer) complete(pkg *gosrc.Package) *ir.Package {
	p := d.prog.Describe(pkg)
	p.Generator = Version
	for _, path := range pkg.Imports() {
		if d.has[path] {
			p.Includes = append(p.Includes, ir.Import{Path: path, Name: d.prog.Package(path).Name})
		}
	}
	p.Errors = d.errors(pkg)
	for _, source := range d.sources(pkg) {
		if source.Condition == "" {
			p.Sources = append(p.Sources, source)
		} else {
			p.Guards = append(p.Guards, source)
		}
	}
	d.versions(pkg, p)
	return p
}

// errors are those of the package itself, and the exported ones of packages that have no generated file and that the
// package's durable code mentions.
func (d *completer) errors(pkg *gosrc.Package) []ir.Error {
	out := d.prog.Errors(pkg, nil)
	mentioned := d.mentioned(pkg)
	for _, path := range pkg.Imports() {
		other := d.prog.Package(path)
		if other == nil || d.has[path] {
			continue
		}
		out = append(out, d.prog.Errors(other, func(obj types.Object) bool { return obj.Exported() && mentioned[obj] })...)
	}
	return out
}

// mentioned are the objects that annotated and lowered functions of a package use.
func (d *completer) mentioned(pkg *gosrc.Package) map[types.Object]bool {
	used := map[types.Object]bool{}
	for fn, site := range d.sites {
		if site.pkg != pkg || d.prog.Annotation(fn) == nil && !d.check.Lowered[fn] {
			continue
		}
		ast.Inspect(site.decl, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[pkg.Info.Uses[id]] = true
			}
			return true
		})
	}
	return used
}

// sources are the package's files with the fingerprints of what its generated code, or a replay, depends on: the
// signatures of activities and steps, and the whole of every other function that workflow code reaches.
func (d *completer) sources(pkg *gosrc.Package) (out []ir.Source) {
	keys := d.sourceKeys(pkg)
	for _, file := range pkg.Files {
		sums := map[string]string{}
		for _, key := range keys[file] {
			sums[key] = d.sums[file][key]
		}
		if len(sums) > 0 {
			out = append(out, ir.Source{File: file.Base(), Condition: file.Condition(), Sums: sums})
		}
	}
	return out
}

func (d *completer) sourceKeys(pkg *gosrc.Package) map[*gosrc.File][]string {
	keys := map[*gosrc.File][]string{}
	for _, f := range pkg.Annotated {
		switch {
		case f.Iface != nil:
			keys[f.File] = append(keys[f.File], f.Iface.Obj().Name()+"."+f.Obj.Name())
		case f.Kind != annotations.Workflow:
			keys[f.File] = append(keys[f.File], annotations.FuncName(f.Decl))
		}
	}
	for fn := range d.whole {
		if site := d.sites[fn]; site.pkg == pkg {
			keys[site.file] = append(keys[site.file], annotations.FuncName(site.decl)+"{}")
		}
	}
	return keys
}

// deterministic are the functions of the module that replay depends on: those lowered, and those that they mention,
// directly or not, or may call behind an interface.
func (d *completer) deterministic() map[*types.Func]bool {
	reached := map[*types.Func]bool{}
	for fn := range d.check.Lowered {
		d.reach(fn.Origin(), reached)
	}
	return reached
}

// reach adds fn and what it mentions or may call, but nothing beyond an activity or step. From a file that only some builds compile
// it leads to others of that kind alone: what such a file uses of the rest must not show in files that all builds share.
func (d *completer) reach(fn *types.Func, reached map[*types.Func]bool) {
	from, ours := d.sites[fn]
	if f := d.prog.Annotation(fn); !ours || reached[fn] || f != nil && f.Kind != annotations.Workflow {
		return
	}
	reached[fn] = true
	follow := func(to *types.Func) {
		if !from.some || d.sites[to.Origin()].some {
			d.reach(to.Origin(), reached)
		}
	}
	for _, to := range d.check.Behind[fn] {
		follow(to)
	}
	ast.Inspect(from.decl, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if used, ok := from.pkg.Info.Uses[id].(*types.Func); ok {
				follow(used)
			}
		}
		return true
	})
}

// versions gives each workflow a version that changes with the code it reaches.
func (d *completer) versions(pkg *gosrc.Package, p *ir.Package) {
	workflows := p.Workflows
	for _, f := range pkg.Annotated {
		if f.Kind == annotations.Workflow {
			workflows[0].Version = d.version(f)
			workflows = workflows[1:]
		}
	}
}

// version hashes what a workflow reaches in the module, apart from functions that only some builds compile: a version
// is the same on every system.
func (d *completer) version(f *gosrc.Func) string {
	reached := map[*types.Func]bool{}
	for _, fn := range append(d.check.Reached[f.Obj], f.Obj) {
		d.reach(fn.Origin(), reached)
	}
	lines := []string{"generator " + Version}
	for fn := range reached {
		if !d.sites[fn].some {
			lines = append(lines, fn.FullName()+" "+d.body(fn))
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:6])
}
