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
	"github.com/pawlhq/pawl/gen/internal/emit"
	"github.com/pawlhq/pawl/gen/internal/gosrc"
	"github.com/pawlhq/pawl/gen/internal/ir"
	"github.com/pawlhq/pawl/gen/internal/lower"
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
		own := slices.DeleteFunc(slices.Clone(lowered), func(f lower.File) bool { return f.Pkg != pkg })
		p.Binders, p.Dispatchers = lower.Binders(own), lower.Dispatchers(own)
		out = append(out, described{p, pkg})
	}
	return out, nil
}

// completer adds to descriptions what follows from lowering.
type completer struct {
	*compilation
	has   map[string]bool // packages described so far; imports come first
	sites map[types.Object]site
	sums  map[*gosrc.File]map[string]string // fingerprints of all that is declared
	whole map[types.Object]bool             // that of which replay depends on the whole text
}

// site is where something of the module is declared: a function, a type, a constant or a variable of a package.
type site struct {
	pkg  *gosrc.Package
	file *gosrc.File
	decl ast.Node
	key  string // of its whole text among the fingerprints
	some bool   // only some builds compile it
}

func newCompleter(c *compilation) (*completer, error) {
	d := &completer{compilation: c, has: map[string]bool{}, sites: map[types.Object]site{}, sums: map[*gosrc.File]map[string]string{}}
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

// index finds what a file declares.
func (d *completer) index(pkg *gosrc.Package, file *gosrc.File) {
	enter := func(name *ast.Ident, decl ast.Node, key string) {
		if obj := pkg.Info.Defs[name]; obj != nil {
			d.sites[obj] = site{pkg, file, decl, key, file.Condition() != ""}
		}
	}
	for _, decl := range file.Syntax.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			enter(decl.Name, decl, annotations.FuncName(decl)+"{}")
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				for _, name := range annotations.DeclaredNames(spec) {
					enter(name, spec, annotations.DeclName(decl.Tok, name.Name))
				}
			}
		}
	}
}

// text is the fingerprint of the whole text of something.
func (d *completer) text(obj types.Object) string {
	site := d.sites[obj]
	return d.sums[site.file][site.key]
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
	for obj, site := range d.sites {
		fn, ok := obj.(*types.Func)
		if !ok || site.pkg != pkg || d.prog.Annotation(fn) == nil && !d.check.Lowered[fn] {
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
// signatures of activities and steps, and the whole of every other function that workflow code reaches, and of the types,
// constants and variables in all of these.
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
	for obj := range d.whole {
		if site := d.sites[obj]; site.pkg == pkg {
			keys[site.file] = append(keys[site.file], site.key)
		}
	}
	return keys
}

// deterministic is what of the module replay depends on: the functions that are lowered, what activities and steps take
// and give, and what all of these mention, directly or not, or may call behind an interface.
func (d *completer) deterministic() map[types.Object]bool {
	reached := map[types.Object]bool{}
	for fn := range d.check.Lowered {
		d.reach(fn.Origin(), reached)
	}
	for _, pkg := range d.prog.Packages {
		for _, f := range pkg.Annotated {
			if f.Iface != nil {
				d.reach(f.Iface.Obj(), reached)
			} else {
				d.reach(f.Obj, reached)
			}
		}
	}
	return reached
}

// reach adds something and what it mentions or may call. Of an activity or step that is what its signature mentions, and
// of the type that has them nothing: its fields are in the workers alone. From a file that only some builds compile it
// leads to others of that kind alone: what such a file uses of the rest must not show in files that all builds share.
func (d *completer) reach(obj types.Object, reached map[types.Object]bool) {
	from, ours := d.sites[obj]
	if !ours || reached[obj] || d.receives(obj) {
		return
	}
	fn, _ := obj.(*types.Func)
	text := from.decl
	if f := d.prog.Annotation(fn); f != nil && f.Kind != annotations.Workflow {
		text = from.decl.(*ast.FuncDecl).Type
	} else {
		reached[obj] = true
	}
	follow := func(to types.Object) {
		if !from.some || d.sites[to].some {
			d.reach(to, reached)
		}
	}
	for _, to := range d.check.MayCall[fn] {
		follow(to.Origin())
	}
	ast.Inspect(text, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			follow(origin(from.pkg.Info.Uses[id]))
		}
		return true
	})
}

// origin is the generic function that another one is an instance of, and anything else itself.
func origin(obj types.Object) types.Object {
	if fn, ok := obj.(*types.Func); ok {
		return fn.Origin()
	}
	return obj
}

// receives reports whether something is a type with activities, and no workflows.
func (d *completer) receives(obj types.Object) (activities bool) {
	t, ok := obj.Type().(*types.Named)
	if _, isType := obj.(*types.TypeName); !ok || !isType {
		return false
	}
	for m := range t.Methods() {
		if f := d.prog.Annotation(m); f != nil && f.Kind == annotations.Workflow {
			return false
		} else if f != nil {
			activities = true
		}
	}
	return activities
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

// version hashes what a workflow reaches in the module, apart from what only some builds compile: a version
// is the same on every system.
func (d *completer) version(f *gosrc.Func) string {
	reached := map[types.Object]bool{}
	for _, fn := range append(d.check.Reached[f.Obj], f.Obj) {
		d.reach(fn.Origin(), reached)
	}
	lines := []string{"generator " + Version}
	for obj := range reached {
		if site := d.sites[obj]; !site.some {
			lines = append(lines, site.pkg.Path+" "+site.key+" "+d.text(obj))
		}
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	return hex.EncodeToString(sum[:6])
}
